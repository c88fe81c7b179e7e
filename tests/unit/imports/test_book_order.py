"""Owned coins and margin are two books, each with an order of its own within an instant."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.imports.book_order import Instant, in_turn
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.engine.store.fills import StoredFill
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Symbol

if TYPE_CHECKING:
    from coach.model.fills import Margin, Side

SPOT = Account(AccountId(1), "kraken", "kraken", shorts=False)
ETHER = Symbol("ETH-USD")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def stored(line: str) -> StoredFill:
    """Read `buy 5 #id [opening]`."""
    word, quantity, name, *kind = line.split()
    side: Side = "buy" if word == "buy" else "sell"
    margin: Margin = "opening" if kind else ""
    fill = BookFill(
        FillKey(line.encode()),
        side,
        Decimal(quantity),
        Decimal(100),
        Decimal(0),
        "USD",
        NINE,
        "",
        margin,
    )
    return StoredFill(fill, 0, name[1:], 0)


def taken(*lines: str) -> list[tuple[str, int]]:
    instant = Instant([stored(line) for line in lines])
    turns = in_turn(instant, SymbolBooks(SPOT, ETHER), SPOT, ETHER)
    return [(one.stored.fill.key.decode(), one.turn) for one in turns]


def test_a_side_in_each_book_is_no_question_of_order() -> None:
    lines = ("buy 5 #2", "sell 5 #1 opening")
    assert taken(*lines) == [(line, 0) for line in lines]


def test_both_sides_on_margin_are_ordered_as_in_an_account_with_shorts() -> None:
    lines = ("buy 1 #7", "buy 5 #9 opening", "sell 5 #8 opening")
    assert taken(*lines) == [(lines[0], 0), (lines[2], 1), (lines[1], 2)]


def test_both_sides_of_owned_coins_wait_for_their_purchase() -> None:
    lines = ("sell 5 #b", "buy 5 #a", "sell 2 #8 opening")
    assert taken(*lines) == [(lines[2], 0), (lines[1], 1), (lines[0], 2)]
