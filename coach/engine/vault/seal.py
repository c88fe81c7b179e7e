"""CS1, the form in which a secret is stored: AES-256-GCM under a key that is used once.

    "CS1" · algorithm (1) · DEK id (16) · salt (32) · commitment (32) · nonce (12) · text and tag

HKDF-SHA512 derives the record's key and a commitment to it from the tenant's data key (DEK) and the
salt. The commitment is compared first, because AES-GCM alone lets one text open under two keys.
The tag also covers where the secret belongs: a sealed value that is moved to another tenant, user,
connection, broker, field or version does not open. Promises: nothing is returned unless all of it
is authentic. Refusals: no other algorithm, no compression, no plain fallback.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

from coach.errors import SealBroken

MAGIC = b"CS1\x01"
INFO = b"coach/seal/v1|"
ID_BYTES, KEY_BYTES, SALT_BYTES, NONCE_BYTES, TAG_BYTES = 16, 32, 32, 12, 16
SALT_FROM = len(MAGIC) + ID_BYTES
COMMIT_FROM = SALT_FROM + SALT_BYTES
NONCE_FROM = COMMIT_FROM + KEY_BYTES
HEADER_BYTES = NONCE_FROM + NONCE_BYTES
OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a sealed secret belongs; `version` counts how often the place was sealed."""

    tenant: str
    user: str
    connection: str
    broker: str
    field: str
    version: int


@dataclass(frozen=True, slots=True)
class DataKey:
    """A tenant's data key; it prints as its id alone."""

    id: bytes
    key: bytearray

    def __repr__(self) -> str:
        return f"DataKey({self.id.hex()})"


def seal(
    key: DataKey,
    context: SealContext,
    plain: bytes,
    random: Callable[[int], bytes] = token_bytes,
) -> bytes:
    """Return the sealed form of `plain`, OVERHEAD_BYTES longer than it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = random(SALT_BYTES), random(NONCE_BYTES)
    record_key, commitment = _derive(key, salt)
    header = MAGIC + key.id + salt + commitment + nonce
    return header + AESGCM(record_key).encrypt(nonce, plain, _bound(header, context))


def unseal(key: DataKey, context: SealContext, sealed: bytes) -> bytes:
    """Return what was sealed; SealBroken where the form, the key, the place or a bit is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(sealed) < OVERHEAD_BYTES or not sealed.startswith(MAGIC):
        raise _broken(context, key.id, "it is not in a form that this coach knows")
    if key_id_of(sealed) != key.id:
        raise _broken(context, key.id, "it names another data key")
    header = sealed[:HEADER_BYTES]
    record_key, commitment = _derive(key, sealed[SALT_FROM:COMMIT_FROM])
    if not hmac.compare_digest(commitment, sealed[COMMIT_FROM:NONCE_FROM]):
        raise _broken(context, key.id, "its data key is not the one that sealed it")
    try:
        return AESGCM(record_key).decrypt(
            sealed[NONCE_FROM:HEADER_BYTES], sealed[HEADER_BYTES:], _bound(header, context)
        )
    except InvalidTag:
        raise _broken(context, key.id, "it was changed, or moved here from elsewhere") from None


def key_id_of(sealed: bytes) -> bytes:
    """Return the id of the data key that a sealed value names."""
    return sealed[len(MAGIC) : SALT_FROM]


def length_prefixed(*parts: bytes) -> bytes:
    """Return the parts, each after its length in four bytes: no two lists give the same bytes."""
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def _derive(key: DataKey, salt: bytes) -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives.hashes import SHA512
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    both = HKDF(SHA512(), 2 * KEY_BYTES, salt, INFO + key.id).derive(key.key)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _bound(header: bytes, context: SealContext) -> bytes:
    names = (context.tenant, context.user, context.connection, context.broker, context.field)
    return length_prefixed(header, *(name.encode() for name in names), context.version.to_bytes(8))


def _broken(context: SealContext, key_id: bytes, reason: str) -> SealBroken:
    return SealBroken(
        remedy="replace_secret",
        secret=f"{context.field} of {context.connection}",
        reason=reason,
        dek_id=key_id.hex(),
    )
