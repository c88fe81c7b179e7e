"""A fill that the trader left out: it is kept, and counts for nothing until it is taken back."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from coach.errors import Invalid
from coach.model.fills import FillKey, Side, Symbol
from coach.values import dataclass

LONGEST_REASON: Final = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class LeftOutFill:
    """That a fill was left out, why, and since when; `taken_back_at` is None while that stands.

    It says what the fill said then, so that it can be read while no import holds the fill. `n` are
    1, 2, 3… of each user.
    """

    n: int
    account: str
    key: FillKey
    reason: str
    left_out_at: datetime
    taken_back_at: datetime | None
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    at: datetime


def checked_reason(text: str) -> str:
    """Return a reason as it is kept: on one line; Invalid where it is empty or too long."""
    kept = " ".join(text.split())
    if not kept:
        raise Invalid("reason", "which is empty here", "why the fill does not count")
    if len(kept) > LONGEST_REASON:
        allowed = f"at most {LONGEST_REASON:,} characters"
        raise Invalid("reason", f"not {len(kept):,}", allowed, hint="say it shorter")
    if "\0" in kept or any("\ud800" <= sign <= "\udfff" for sign in kept):
        raise Invalid("reason", "not bytes that are no text", "text in UTF-8")
    return kept
