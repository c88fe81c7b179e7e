"""Kraken keys that the sandbox hands out, and the check of what they sign.

The check is written apart from coach's own signer. A nonce has to rise with every request of a key,
for ever; a request whose nonce does not is refused and changes nothing.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs

READS = ("query-funds", "query-closed-trades", "query-ledger", "create-ws-token")
SECRET_BYTES = 64


@dataclass(slots=True)
class KrakenGrant:
    """What the broker keeps of a key: its secret, what it may do, and the last nonce."""

    secret: bytes = field(repr=False)
    permissions: tuple[str, ...]
    nonce: int = 0


def new_kraken_key(*, can_trade: bool, can_transfer: bool) -> tuple[str, str, KrakenGrant]:
    """Return the two lines that a user writes down, the public half, and what the broker keeps."""
    public, secret = secrets.token_urlsafe(42), secrets.token_bytes(SECRET_BYTES)
    more = ["modify-trades"] * can_trade + ["withdraw-funds"] * can_transfer
    text = f"{public}\n{base64.b64encode(secret).decode()}\n"
    return text, public, KrakenGrant(secret, (*READS, *more))


def refusal_of(grant: KrakenGrant | None, path: str, body: bytes, signature: str) -> str:
    """Return the error of a request that is not to be answered, empty for a good one."""
    if grant is None:
        return "EAPI:Invalid key"
    nonces = parse_qs(body.decode("utf-8", "replace")).get("nonce", [])
    if len(nonces) != 1 or not nonces[0].isdecimal():
        return "EAPI:Invalid nonce"
    inner = hashlib.sha256(nonces[0].encode() + body).digest()
    expected = hmac.digest(grant.secret, path.encode() + inner, "sha512")
    if not hmac.compare_digest(base64.b64encode(expected).decode(), signature):
        return "EAPI:Invalid signature"
    if int(nonces[0]) <= grant.nonce:
        return "EAPI:Invalid nonce"
    grant.nonce = int(nonces[0])
    return ""
