"""A CDP key as Coinbase hands it out, and the token it signs for one request.

Coinbase's download is a JSON file with `name` (or `id`) and `privateKey`: an EC key as PEM (ES256),
or an Ed25519 key as PEM or as 32 or 64 bytes in base64 (EdDSA). A token is good for two minutes and
for one method, host and path; the query is not part of it.

The secret lives inside the private-key object alone: no text, repr or error carries it.
"""

import base64
import binascii
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from coach.errors import Invalid

LIFETIME_S = 120
SEED_BYTES = 32
SEED_AND_PUBLIC_BYTES = 64
WHERE_TO_GET_ONE = "give the whole JSON file that Coinbase offers when the key is made"

Algorithm = Literal["ES256", "EdDSA"]
PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class CdpKey:
    """A key's public name and the private half that signs."""

    name: str
    private: PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """Return how this key signs."""
        return "EdDSA" if isinstance(self.private, Ed25519PrivateKey) else "ES256"


def read_key(text: str) -> CdpKey:
    """Read the JSON file of a CDP key, or raise UsageError without a word of what it held."""
    if "-----BEGIN" in text and not text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise _no_key("not a private key alone, without the key's name")
    document = _json_object(text)
    if document is None:
        raise _no_key("not other text")
    name = document.get("name") or document.get("id")
    secret = document.get("privateKey")
    if not isinstance(name, str) or not isinstance(secret, str) or not name.isprintable():
        raise _no_key("with a name (or id) and a privateKey")
    private = _private_key(secret)
    if private is None:
        raise _no_key("whose privateKey is a P-256 or Ed25519 PEM, or 32 or 64 bytes in base64")
    return CdpKey(name, private)


def _no_key(reason: str) -> Invalid:
    return Invalid("key_file", reason, "the JSON file of a Coinbase key", hint=WHERE_TO_GET_ONE)


def sign(key: CdpKey, method: str, host: str, path: str, now: datetime) -> str:
    """Return a token for one request; `host` carries the port if there is one."""
    return _token(key, now, {"uri": f"{method} {host}{path}"})


def sign_channel(key: CdpKey, now: datetime) -> str:
    """Return a token that subscribes to a channel; a message takes one of its own."""
    return _token(key, now, {})


def _token(key: CdpKey, now: datetime, purpose: dict[str, str]) -> str:
    not_before = int(now.timestamp())
    claims = {
        "sub": key.name,
        "iss": "cdp",
        "nbf": not_before,
        "exp": not_before + LIFETIME_S,
        **purpose,
    }
    headers = {"kid": key.name, "nonce": secrets.token_hex(16)}
    return jwt.encode(claims, key.private, algorithm=key.algorithm, headers=headers)


def _json_object(text: str) -> dict[str, object] | None:
    """Return the object, or None outside of any `except`: a JSON error keeps the text it read."""
    document: object = None
    with suppress(ValueError, RecursionError):
        document = json.loads(text.removeprefix("\ufeff"))
    return document if isinstance(document, dict) else None


def _private_key(secret: str) -> PrivateKey | None:
    whole = secret.replace("\\n", "\n").strip()
    return _from_pem(whole) if whole.startswith("-----BEGIN") else _from_base64(whole)


def _from_pem(pem: str) -> PrivateKey | None:
    try:
        private = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(private, Ed25519PrivateKey):
        return private
    if isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        return private
    return None


def _from_base64(text: str) -> PrivateKey | None:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) not in (SEED_BYTES, SEED_AND_PUBLIC_BYTES):
        return None
    return Ed25519PrivateKey.from_private_bytes(raw[:SEED_BYTES])
