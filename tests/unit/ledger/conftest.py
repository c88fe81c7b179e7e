"""Fills written as a reader would: `09:00 buy 1 @ 100 fee 0.001 BTC order A`, one a line."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.ledger.book import Book
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import RoundTrip

LINE = re.compile(
    r"(?P<time>\d\d:\d\d(:\d\d)?) (?P<side>buy|sell) +(?P<quantity>\S+) +@ (?P<price>\S+)"
    r"( +fee (?P<fee>\S+)( (?P<coin>[A-Z]+))?)?( order (?P<order>\S+))?$"
)


@pytest.fixture
def fills(request: pytest.FixtureRequest) -> list[BookFill]:
    """The fills of the test's docstring, on one day; a fee is in USD unless it says otherwise."""
    lines = [line.strip() for line in (request.function.__doc__ or "").splitlines()]
    matches = [LINE.match(line) for line in lines if line[:2].isdigit()]
    return [_read(number, match) for number, match in enumerate(matches, 1)]


def _read(number: int, match: re.Match[str] | None) -> BookFill:
    assert match, "a line of the docstring is no fill"
    return BookFill(
        key=FillKey(b"fill %d" % number),
        side="buy" if match["side"] == "buy" else "sell",
        quantity=Decimal(match["quantity"]),
        price=Decimal(match["price"]),
        fee=Decimal(match["fee"] or 0),
        fee_currency=match["coin"] or "USD",
        at=datetime.fromisoformat(f"2026-03-30T{match['time']}").replace(tzinfo=UTC),
        order_id=match["order"] or "",
    )


@pytest.fixture
def spot(fills: list[BookFill]) -> tuple[Book, list[RoundTrip]]:
    """The book of an account without shorts, and the trips it closed."""
    return _ledger(fills, shorts=False)


@pytest.fixture
def margin(fills: list[BookFill]) -> tuple[Book, list[RoundTrip]]:
    """The book of an account that may go short, and the trips it closed."""
    return _ledger(fills, shorts=True)


def _ledger(fills: list[BookFill], *, shorts: bool) -> tuple[Book, list[RoundTrip]]:
    book = Book(Account(AccountId(7), "main", "generic", shorts), Symbol("BTC-USD"))
    trips = [book.add(fill) for fill in fills]
    return book, [trip for trip in trips if trip is not None]
