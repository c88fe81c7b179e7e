"""The facts of an entry that was too large, which two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.wording.facts import limit, measure, money

if TYPE_CHECKING:
    from coach.wording.facts import FactText


class SizeFacts(TypedDict):
    """How many times the median the entry was, how many it may be, and what was compared."""

    ratio: float
    limit: float
    margin: float
    median: str
    notional: str
    quote: str
    entries_before: int


def size_texts(facts: SizeFacts) -> dict[str, FactText]:
    """Return the facts in words."""
    return {
        "ratio": measure(facts["ratio"]),
        "size": money(facts["notional"], facts["quote"]),
        "median": money(facts["median"], facts["quote"]),
        "limit": limit(facts["limit"]),
    }
