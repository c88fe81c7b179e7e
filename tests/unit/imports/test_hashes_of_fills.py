"""A book's hash covers every fact of every fill, and their order."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.imports.match import Matching
from coach.model.accounts import Account, AccountId, UserId
from coach.model.fills import BookFill, FillKey, Symbol

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = FillKey(b"0123456789abcdef")
BUY = BookFill(KEY, "buy", Decimal(2), Decimal(100), Decimal("0.1"), "USD", NINE, "o1", "")
LATER = BUY._replace(key=FillKey(b"fedcba9876543210"))
ACCOUNT = Account(AccountId(1), "kraken", "kraken", shorts=True)


def hashed(*fills: BookFill) -> str:
    matching = Matching(UserId("u"), ACCOUNT, Symbol("ETH-USD"))
    for fill in fills:
        matching.take(fill)
    return matching.ended(ACCOUNT).fills_sha256


@pytest.mark.parametrize(
    "other",
    [
        BUY._replace(key=FillKey(b"0123456789abcdeF")),
        BUY._replace(side="sell"),
        BUY._replace(quantity=Decimal(3)),
        BUY._replace(price=Decimal(101)),
        BUY._replace(fee=Decimal("0.2")),
        BUY._replace(fee_currency="ETH"),
        BUY._replace(at=NINE.replace(microsecond=1)),
        BUY._replace(order_id="o2"),
        BUY._replace(margin="opening"),
    ],
    ids=BookFill._fields,
)
def test_another_fact_gives_another_hash(other: BookFill) -> None:
    assert hashed(other) != hashed(BUY)


def test_another_order_gives_another_hash() -> None:
    assert hashed(BUY, LATER) != hashed(LATER, BUY)


def test_equal_fills_give_one_hash_whatever_objects_they_are_made_of() -> None:
    """A text that is shared within the process, and one that was read from somewhere."""
    read = BUY._replace(order_id=b"o1".decode(), fee_currency=b"USD".decode())
    assert hashed(read) == hashed(BUY)
