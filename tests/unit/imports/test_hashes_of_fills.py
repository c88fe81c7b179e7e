"""A book's hash covers every fact of every fill, and their order."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.imports.fill_chain import FILLS_A_LINK, FillChain
from coach.engine.imports.match import Matching
from coach.engine.ledger.identity import words_of_book_fill
from coach.model.accounts import Account, AccountId, UserId
from coach.model.fills import BookFill, FillKey, Symbol

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = FillKey(b"0123456789abcdef")
BUY = BookFill(KEY, "buy", Decimal(2), Decimal(100), Decimal("0.1"), "USD", NINE, "o1", "")
LATER = BUY._replace(key=FillKey(b"fedcba9876543210"))
ACCOUNT = Account(AccountId(1), "kraken", "kraken", shorts=True)


ETHER = Symbol("ETH-USD")


def hashed(*fills: BookFill) -> str:
    matching = Matching(UserId("u"), ACCOUNT, ETHER)
    for fill in fills:
        matching.take(fill, words_of_book_fill(ETHER, fill, nanos=0))
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


def test_digits_that_say_nothing_give_no_other_hash() -> None:
    """A file writes 2.00, the table keeps 2."""
    assert hashed(BUY._replace(quantity=Decimal("2.00"))) == hashed(BUY)


@pytest.mark.parametrize("stopped_after", [0, 1, FILLS_A_LINK - 1, FILLS_A_LINK, FILLS_A_LINK + 1])
def test_a_chain_that_went_on_has_the_hash_of_one_that_never_stopped(stopped_after: int) -> None:
    whole, first, second = FillChain(), FillChain(), FillChain()
    many = [
        BUY._replace(key=FillKey(bytes([number]) * 16)) for number in range(2 * FILLS_A_LINK + 3)
    ]
    for fill in many:
        whole.take(fill, "words")
    for fill in many[:stopped_after]:
        first.take(fill, "words")
    second.go_on_from(first.saved())
    for fill in many[stopped_after:]:
        second.take(fill, "words")
    assert second.sha256() == whole.sha256()
