"""A Kraken API key, and how it signs a request.

Kraken shows two texts when a key is made, the API key and the private key, and offers no file. A
signature is good for one path, one nonce and one body, byte for byte (HMAC-SHA512 over the path and
a SHA-256).

The secret stands in no repr, and no error carries it.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from coach.brokers.key_halves import NAME_LENGTH, halves, is_half
from coach.errors import Invalid

SECRET_BYTES = 64
WHERE_TO_GET_ONE = (
    "write the API key on one line and the private key on the next, as Kraken shows them when the "
    "key is made"
)


@dataclass(frozen=True, slots=True)
class KrakenKey:
    """The public half that is sent, and the private half that signs."""

    public: str = field(repr=False)
    private: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Return the beginning of the public half, by which Kraken lists its keys."""
        return self.public[:NAME_LENGTH]


def read_key(text: str) -> KrakenKey:
    """Read a key, or raise Invalid without a word of what the text held."""
    public, secret = halves(text)
    if not is_half(public):
        raise _no_key("without an API key and a private key")
    private = _decoded(secret)
    if private is None:
        raise _no_key(f"whose private key is no base64 of {SECRET_BYTES} bytes")
    return KrakenKey(public, private)


def sign(key: KrakenKey, path: str, nonce: int, body: bytes) -> str:
    """Return the signature of a request to a path, for the very bytes of its body."""
    digest = hashlib.sha256(str(nonce).encode() + body).digest()
    mac = hmac.new(key.private, path.encode() + digest, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()


def _decoded(secret: str) -> bytes | None:
    try:
        raw = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == SECRET_BYTES else None


def _no_key(reason: str) -> Invalid:
    return Invalid("key_file", reason, "the two halves of a Kraken key", hint=WHERE_TO_GET_ONE)
