"""Keys the sandbox hands out, and the check of the tokens they sign.

Two forms of claims are taken, because both are seen to work at Coinbase: the official SDK's
(`iss` cdp and one `uri`), and ccxt's (`iss` coinbase-cloud with `aud` retail_rest_api_proxy, or
`aud` cdp_service with a list of `uris`). A token may be used again within its two minutes:
no document of Coinbase says that its nonce is remembered.
"""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Kind = Literal["ES256", "EdDSA"]
LONGEST_LIFE_S = 120
CLOCKS_DIFFER_S = 10
ISSUERS: dict[str, tuple[str | None, ...]] = {
    "cdp": (None, "cdp_service"),
    "coinbase-cloud": (None, "retail_rest_api_proxy"),
}
CHECKED_HERE = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What the broker keeps of a key: its public half and what it may do."""

    name: str
    kind: Kind
    public: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    can_trade: bool
    can_transfer: bool


def new_key(kind: Kind, *, can_trade: bool, can_transfer: bool) -> tuple[str, Grant]:
    """Return the JSON text that a user downloads, and what the broker keeps."""
    if kind == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
        raw = private.private_bytes_raw() + private.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw
        )
        name = str(uuid.uuid4())
        text = {"id": name, "privateKey": base64.b64encode(raw).decode()}
        return _download(text), Grant(name, kind, private.public_key(), can_trade, can_transfer)
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    name = f"organizations/{uuid.uuid4()}/apiKeys/{uuid.uuid4()}"
    text = {"name": name, "privateKey": pem.decode()}
    return _download(text), Grant(name, kind, curve.public_key(), can_trade, can_transfer)


def _download(fields: dict[str, str]) -> str:
    return json.dumps(fields, indent=3) + "\n"


def granted(
    token: str, request: str | None, grants: dict[str, Grant], now: datetime
) -> Grant | None:
    """Return the grant that signed a token for `request` ("GET host/path"), or None.

    A token for a channel is for no request.
    """
    try:
        header = jwt.get_unverified_header(token)
        grant = grants.get(str(header.get("kid")))
        if grant is None or header.get("alg") != grant.kind or not header.get("nonce"):
            return None
        claims = jwt.decode(token, grant.public, algorithms=[grant.kind], options=CHECKED_HERE)  # type: ignore[arg-type]
    except jwt.PyJWTError:
        return None
    holds = _names_the_key(claims, grant) and _in_time(claims, now) and _meant(claims, request)
    return grant if holds else None


def _names_the_key(claims: dict[str, object], grant: Grant) -> bool:
    audience = claims.get("aud")
    if isinstance(audience, list):
        audience = audience[0] if len(audience) == 1 else ""
    return claims.get("sub") == grant.name and audience in ISSUERS.get(str(claims.get("iss")), ())


def _in_time(claims: dict[str, object], now: datetime) -> bool:
    not_before, expires = claims.get("nbf"), claims.get("exp")
    if not isinstance(not_before, int) or not isinstance(expires, int):
        return False
    moment = now.timestamp()
    short = expires - not_before <= LONGEST_LIFE_S
    return short and not_before - CLOCKS_DIFFER_S <= moment < expires


def _meant(claims: dict[str, object], request: str | None) -> bool:
    uris = claims.get("uris")
    return request in uris if isinstance(uris, list) else claims.get("uri") == request
