"""The fact of an entry in a symbol, which two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.wording.facts import words

if TYPE_CHECKING:
    from coach.wording.facts import FactText


class SymbolFacts(TypedDict):
    """The symbol that was traded."""

    symbol: str
    margin: int


def symbol_texts(facts: SymbolFacts) -> dict[str, FactText]:
    """Return the fact in words."""
    return {"symbol": words(facts["symbol"])}
