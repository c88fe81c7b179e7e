"""A Kraken API key, and how it signs a request.

Kraken shows two texts when a key is made, the API key and the private key, and offers no file. They
are taken on two lines, in this order, or as JSON with `key` and `secret`. A signature is good for
one path, one nonce and one body, byte for byte (HMAC-SHA512 over the path and a SHA-256).

The secret stands in no repr, and no error carries it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import dataclass, field

from coach.errors import Invalid

SECRET_BYTES = 64
LONGEST_KEY = 200
SHORTEST_KEY = 20
NAME_LENGTH = 12
LINES = 2
KEY_NAMES = ("key", "apiKey", "api_key")
SECRET_NAMES = ("secret", "privateKey", "private_key")
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
    public, secret = _halves(text.removeprefix("\ufeff").strip())
    if not _is_public(public):
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


def _halves(text: str) -> tuple[str, str]:
    if text.startswith("{"):
        document: object = None
        with suppress(ValueError, RecursionError):
            document = json.loads(text)
        fields = document if isinstance(document, dict) else {}
        return _first(fields, KEY_NAMES), _first(fields, SECRET_NAMES)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0], lines[1]) if len(lines) == LINES else ("", "")


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str:
    values = (fields.get(name) for name in names)
    return next((value for value in values if isinstance(value, str)), "").strip()


def _is_public(text: str) -> bool:
    plain = text.isascii() and text.isprintable() and not set(text) & set(" \"'")
    return plain and SHORTEST_KEY <= len(text) <= LONGEST_KEY


def _decoded(secret: str) -> bytes | None:
    try:
        raw = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == SECRET_BYTES else None


def _no_key(reason: str) -> Invalid:
    return Invalid("key_file", reason, "the two halves of a Kraken key", hint=WHERE_TO_GET_ONE)
