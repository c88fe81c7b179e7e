"""Binance keys that the sandbox hands out, and the check of what they sign.

The check is written apart from the library that coach signs with. A request is good for a while
around its own time stamp, by the broker's clock.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

KEY_LENGTH = 64
USUAL_WINDOW_MS, LONGEST_WINDOW_MS = 5_000, 60_000
AHEAD_MS = 1_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

Refusal = tuple[int, int, str]
"""A status, Binance's own code, and its words."""


@dataclass(frozen=True, slots=True)
class BinanceGrant:
    """What the broker keeps of a key: its secret, and what it may do beside reading."""

    secret: str = field(repr=False)
    can_trade: bool
    can_transfer: bool


def new_binance_key(*, can_trade: bool, can_transfer: bool) -> tuple[str, str, BinanceGrant]:
    """Return the two lines that a user writes down, the public half, and what the broker keeps."""
    public, secret = (
        "".join(secrets.choice(LETTERS) for _ in range(KEY_LENGTH)) for _ in ("key", "secret")
    )
    return f"{public}\n{secret}\n", public, BinanceGrant(secret, can_trade, can_transfer)


def refusal_of(
    grant: BinanceGrant | None, query: str, fields: Mapping[str, str], now: datetime
) -> Refusal | None:
    """Return why a signed request is not to be answered; None for a good one."""
    if grant is None:
        return 401, -2015, "Invalid API-key, IP, or permissions for action."
    signed, _, signature = query.rpartition("&signature=")
    expected = hmac.new(grant.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        return 400, -1022, "Signature for this request is not valid."
    sent, window = fields.get("timestamp", ""), fields.get("recvWindow", str(USUAL_WINDOW_MS))
    if not sent.isdecimal() or not window.isdecimal() or int(window) > LONGEST_WINDOW_MS:
        return 400, -1102, "Mandatory parameter 'timestamp' was not sent or malformed."
    late_ms = int(now.timestamp() * 1000) - int(sent)
    if late_ms <= -AHEAD_MS:
        return 400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."
    if late_ms > int(window):
        return 400, -1021, "Timestamp for this request is outside of the recvWindow."
    return None
