"""The example of docs/trades.md is what the ledger says."""

from decimal import Decimal
from pathlib import Path

from coach.engine.ledger.book import Book
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, Symbol
from coach.model.trades import RoundTrip, outcome

PAGE = Path(__file__).parents[3] / "docs" / "trades.md"


def cents(*amounts: Decimal) -> list[str]:
    return [f"{amount:.2f}" for amount in amounts]


def test_the_trade_of_the_page(spot: tuple[Book, list[RoundTrip]]) -> None:
    """
    09:00 buy  0.5 @ 60000 fee 18.00
    09:40 buy  0.5 @ 61000 fee 18.30
    11:15 sell 0.8 @ 62000 fee 29.76
    13:05 sell 0.2 @ 59000 fee 7.08
    """
    _, [trip] = spot
    gross, fees, net = cents(trip.gross, trip.fees, trip.net)
    assert f"gross **{gross}**, fees **{fees}**, net **{net}**" in PAGE.read_text("utf-8")
    assert (trip.entry, trip.exit) == (Decimal(60_500), Decimal(61_400))
    assert outcome(trip.net, trip.fees) == "win"


def test_its_position_at_noon_by_both_methods(fills: list[BookFill]) -> None:
    """
    09:00 buy  0.5 @ 60000 fee 18.00
    09:40 buy  0.5 @ 61000 fee 18.30
    11:15 sell 0.8 @ 62000 fee 29.76
    """
    book = Book(Account(AccountId(1), "main", "generic", False), Symbol("BTC-USD"))
    for fill in fills:
        book.add(fill)
    for noon in (book.position("fifo"), book.position("average")):
        row = " | ".join(cents(noon.gross, noon.fees, noon.net, noon.open_cost))
        assert row in PAGE.read_text("utf-8")


def test_its_fee_in_the_coin(spot: tuple[Book, list[RoundTrip]]) -> None:
    """
    09:00 buy  0.5    @ 60000 fee 0.0005 BTC
    09:10 sell 0.4995 @ 60000
    """
    [trip] = spot[1]
    assert (trip.quantity, trip.fees) == (Decimal("0.4995"), Decimal(30))
