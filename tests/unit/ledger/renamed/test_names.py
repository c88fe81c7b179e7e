"""A fill of an earlier name, in the units of the last one: its money stays what it was."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.ledger.renamed.names import EarlierName, in_last_units, under_last_name
from coach.engine.ledger.restate import in_quote
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol

AT = datetime(2026, 3, 10, tzinfo=UTC)
RENAME = Split(AT.replace(day=12), 2, 1, Decimal(0), Decimal(0))
LATER = Split(AT.replace(day=14), 5, 1, Decimal(0), Decimal(0))
NAMED = EarlierName(Symbol("MATIC-USD"), (RENAME,))


def bought(coin: str) -> BookFill:
    numbers = (Decimal(10), Decimal("0.5"), Decimal(1))
    return BookFill(FillKey(b"1"), "buy", *numbers, coin, AT, "")


@pytest.mark.parametrize(
    ("coin", "fee"), [("MATIC", "2 POL"), ("USD", "1 USD"), ("BNB", "1 BNB"), ("", "1 ")]
)
def test_a_fee_in_the_coin_is_one_in_its_last_name(coin: str, fee: str) -> None:
    found = under_last_name(bought(coin), NAMED, "POL")
    assert f"{found.quantity:f} {found.price:f}" == "20 0.25"
    assert f"{found.fee:f} {found.fee_currency}" == fee
    before = in_quote(bought(coin), "MATIC", "USD")
    after = in_quote(found, "POL", "USD")
    assert after.fee == before.fee
    assert after.quantity * after.price == before.quantity * before.price


def test_splits_of_all_names_count_once() -> None:
    old, new = bought("USD"), bought("USD")._replace(key=FillKey(b"2"))
    earlier = {old.key: NAMED._replace(splits=(RENAME, LATER))}
    found = [f"{one.quantity:f}" for one in in_last_units([old, new], [LATER], earlier)]
    assert found == ["100", "50"]
