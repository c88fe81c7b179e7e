"""The key of keys (KEK) of an installation, and the former ones that older backups need.

A data key is wrapped by AES-256-GCM under a symmetric KEK, bound to its tenant and id. It is not
encrypted to an age recipient: whoever knows a recipient could wrap a data key of their own and
read all that is sealed from then on. Age only protects this ring where it lies.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

from coach.engine.vault.seal import KEY_BYTES, NONCE_BYTES, TAG_BYTES, length_prefixed
from coach.errors import KekUnavailable
from coach.model.canonical import canonical_json

WRAP_LABEL = b"coach/wrap/v1"
ID_LABEL = b"coach/kek/v1|"
RING_VERSION = 1
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class WrapContext:
    """Which data key is wrapped, and whose."""

    tenant: str
    dek_id: bytes
    purpose: str = "seal"


@dataclass(frozen=True, slots=True)
class KekRing:
    """Keys by their ids; the current one wraps, all unwrap. It prints as ids alone."""

    current: str
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"KekRing({self.current}, {len(self.keys)} keys)"


def kek_id(key: bytes) -> str:
    """Return the id of a KEK, which follows from the key."""
    return sha256(ID_LABEL + key).hexdigest()[:16]


def new_ring(random: Callable[[int], bytes] = token_bytes) -> KekRing:
    """Return a ring with one new key."""
    key = random(KEY_BYTES)
    return KekRing(kek_id(key), {kek_id(key): key})


def with_new_key(ring: KekRing, random: Callable[[int], bytes] = token_bytes) -> KekRing:
    """Return the ring with a further key, which is the current one from now on."""
    added = new_ring(random)
    return KekRing(added.current, {**ring.keys, **added.keys})


def without_former(ring: KekRing) -> KekRing:
    """Return the ring with its current key alone."""
    return KekRing(ring.current, {ring.current: ring.keys[ring.current]})


def ring_text(ring: KekRing) -> bytes:
    """Return the ring as JSON, to be encrypted."""
    keys = {name: b64encode(key).decode() for name, key in ring.keys.items()}
    whole = {"version": RING_VERSION, "current": ring.current, "keys": keys}
    return canonical_json(whole)


def ring_in(text: bytes, place: str) -> KekRing:
    """Return the ring in its JSON; KekUnavailable where it is none, and it is never quoted."""
    try:
        whole = json.loads(text)
        keys = {name: b64decode(key, validate=True) for name, key in whole["keys"].items()}
        ring = KekRing(whole["current"], keys)
        sound = whole["version"] == RING_VERSION and ring.current in keys
        sound = sound and all(kek_id(key) == name for name, key in keys.items())
        sound = sound and all(len(key) == KEY_BYTES for key in keys.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise KekUnavailable(remedy="restore_keys", what=f"{place} holds no ring of keys")
    return ring


def wrap(ring: KekRing, dek: bytes | bytearray, context: WrapContext) -> bytes:
    """Return a data key wrapped by the current KEK."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = token_bytes(NONCE_BYTES)
    cipher = AESGCM(ring.keys[ring.current])
    return nonce + cipher.encrypt(nonce, dek, _wrap_bound(ring.current, context))


def unwrap(ring: KekRing, wrapped: bytes, by: str, context: WrapContext) -> bytearray:
    """Return a data key; KekUnavailable where the KEK is not here or did not wrap this."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = ring.keys.get(by)
    if key is None:
        what = f"the key {by}, which wrapped the data keys of this database, is not here"
        raise KekUnavailable(remedy="restore_keys", what=what)
    try:
        nonce, text = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return bytearray(AESGCM(key).decrypt(nonce, text, _wrap_bound(by, context)))
    except (InvalidTag, ValueError):
        what = f"the data key {context.dek_id.hex()} was changed, or moved here from elsewhere"
        raise KekUnavailable(remedy="restore_keys", what=what) from None


def _wrap_bound(by: str, context: WrapContext) -> bytes:
    names = (by, context.tenant, context.purpose)
    return length_prefixed(WRAP_LABEL, context.dek_id, *(name.encode() for name in names))
