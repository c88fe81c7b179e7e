"""A journal balances to the last digit, whatever coins are called."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.exports.journals import EXACT, JOURNALS, postings
from coach.engine.store.exports.fills import ListedFill
from coach.model.fills import FillKey, Side, Symbol

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
amounts = st.decimals(min_value=0, max_value=10**12, places=18)


def fill(
    symbol: str = "BTC-USD",
    side: Side = "buy",
    quantity: str = "1",
    price: str = "100.5",
    fee: str = "0",
    coin: str = "",
) -> ListedFill:
    numbers = Decimal(quantity), Decimal(price), Decimal(fee)
    key = FillKey(bytes(16))
    rest = (None, AT, 0, 'an "order"', "t;1", "")
    return ListedFill(key, "my account", Symbol(symbol), side, *numbers, coin, *rest)  # type: ignore[arg-type]


@given(amounts, amounts, st.decimals(min_value=-5, max_value=5, places=18))
def test_every_coin_sums_to_nothing(quantity: Decimal, price: Decimal, fee: Decimal) -> None:
    one = fill(side="sell", coin="BNB")._replace(quantity=quantity, price=price, fee=fee)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    with localcontext(prec=EXACT):
        for part in postings(one):
            worth = part.quantity if part.price is None else part.quantity * part.price
            sums[part.price_coin or part.coin] += worth
    assert set(sums.values()) <= {Decimal(0)}


def test_a_fee_is_an_expense_in_its_own_coin() -> None:
    found = postings(fill(fee="0.1", coin="BNB"))
    assert [(one.account[-1], one.quantity, one.coin) for one in found] == [
        ("BTC", Decimal(1), "BTC"),
        ("USD", Decimal("-100.5"), "USD"),
        ("Fees", Decimal("0.1"), "BNB"),
        ("BNB", Decimal("-0.1"), "BNB"),
    ]


@pytest.mark.parametrize("form", JOURNALS)
def test_days_are_those_of_the_user(tmp_path: Path, form: str) -> None:
    name, write = JOURNALS[form]
    assert write(tmp_path / name, [fill()], "Europe/Berlin") == 1
    assert "\n2026-03-02 * " in (tmp_path / name).read_text()


def test_two_coins_that_beancount_would_spell_alike_stay_two(tmp_path: Path) -> None:
    name, write = JOURNALS["beancount"]
    write(tmp_path / name, [fill("A$B-USD"), fill("A*B-USD")], "UTC")
    spelled = {
        line.split()[2] for line in (tmp_path / name).read_text().splitlines() if " @ " in line
    }
    assert len(spelled) == 2
