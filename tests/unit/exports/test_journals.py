"""A journal balances to the last digit, whatever coins are called."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.exports.journals import (
    EXACT,
    GAINS,
    JOURNALS,
    OF_BEANCOUNT,
    postings,
)
from coach.engine.exports.lots import (
    AS_TRADED,
    FillLots,
    FillsAndLots,
    LotSplit,
    Restatements,
    lots_of,
)
from coach.engine.ledger.exact import rounded
from coach.engine.ledger.symbol_books import SymbolBooks
from coach.engine.store.exports.fills import ListedFill
from coach.model.accounts import Account, AccountId
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Side, Symbol

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


def matched(*fills: ListedFill, digits: int = EXACT) -> FillsAndLots:
    """Return fills with their lots, each under a key of its own, a minute apart."""
    apart = [
        one._replace(key=FillKey(n.to_bytes(16, "big")), at=AT + timedelta(minutes=n))
        for n, one in enumerate(fills)
    ]
    return list(lots_of(apart, {}, digits))


sides = st.sampled_from(["buy", "sell"])
fees = st.tuples(
    st.decimals(min_value=-1, max_value=1, places=4), st.sampled_from(["", "USD", "BTC", "BNB"])
)
small = st.decimals(min_value=Decimal("0.01"), max_value=9, places=3)
histories = st.lists(st.tuples(sides, small, small, fees), max_size=12)


def history(
    rows: list[tuple[Side, Decimal, Decimal, tuple[Decimal, str]]], digits: int = EXACT
) -> FillsAndLots:
    return matched(
        *(
            fill(side=side, coin=coin)._replace(quantity=quantity, price=price, fee=fee)
            for side, quantity, price, (fee, coin) in rows
        ),
        digits=digits,
    )


@pytest.mark.parametrize("digits", [EXACT, OF_BEANCOUNT])
@given(st.lists(st.tuples(sides, amounts, amounts, fees), max_size=6))
def test_every_coin_sums_to_nothing(
    digits: int, rows: list[tuple[Side, Decimal, Decimal, tuple[Decimal, str]]]
) -> None:
    for one, lots in history(rows, digits):
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        with localcontext(prec=digits):
            for part in postings(one, lots, digits):
                at = part.counts_at
                worth = part.quantity if at is None else part.quantity * at
                sums[part.price_coin or part.coin] += worth
        assert set(sums.values()) <= {Decimal(0)}


@pytest.mark.parametrize("shorts", [True, False])
@given(histories)
def test_the_gains_are_the_gross_profit_that_coach_counts(
    shorts: bool,
    rows: list[tuple[Side, Decimal, Decimal, tuple[Decimal, str]]],
) -> None:
    account = Account(AccountId(1), "my account", "csv", shorts=shorts)
    books = SymbolBooks(account, Symbol("BTC-USD"))
    fills = [one for one, _ in history(rows)]
    for one in fills:
        rest = (one.quantity, one.price, one.fee, one.fee_currency, one.at, one.order_id)
        books.add(BookFill(one.key, one.side, *rest))
    unknown: defaultdict[tuple[str, FillKey], Decimal] = defaultdict(Decimal)
    for line in books.unknown:
        unknown[line.account, line.key] += line.quantity
    gains = sum(
        (
            -part.quantity
            for one, lots in lots_of(fills, unknown, EXACT)
            for part in postings(one, lots)
            if part.account == GAINS
        ),
        Decimal(0),
    )
    counted = [position.gross for position in books.positions("fifo")]
    assert rounded(gains) == sum(counted, Decimal(0))


def test_a_sale_takes_the_first_lots_at_their_price() -> None:
    """
    23:30 buy  BTC 1 @ 100
    23:31 buy  BTC 1 @ 110
    23:32 sell BTC 1.5 @ 120
    """
    *_, (one, lots) = matched(
        fill(price="100"), fill(price="110"), fill(side="sell", quantity="1.5", price="120")
    )
    found = postings(one, lots)
    assert [(part.account[-1], str(part.quantity), part.counts_at) for part in found] == [
        ("BTC-USD", "-1", Decimal(100)),
        ("BTC-USD", "-0.5", Decimal(110)),
        ("USD", "180.0", None),
        ("Gains", "-25.0", None),
    ]


def test_a_sale_of_coins_that_were_never_bought_is_in_no_lot() -> None:
    one = fill(side="sell")
    [(_, lots)] = lots_of([one], {(one.account, one.key): one.quantity}, EXACT)
    assert [(part.account[-1], part.lot) for part in postings(one, lots)] == [
        ("BTC", None),
        ("USD", None),
    ]


def test_a_fee_is_an_expense_in_its_own_coin() -> None:
    [(one, lots)] = matched(fill(fee="0.1", coin="BNB"))
    found = postings(one, lots)
    assert [(one.account[-1], one.quantity, one.coin) for one in found] == [
        ("BTC-USD", Decimal(1), "BTC"),
        ("USD", Decimal("-100.5"), "USD"),
        ("Fees", Decimal("0.1"), "BNB"),
        ("BNB", Decimal("-0.1"), "BNB"),
    ]


@pytest.mark.parametrize(("after", "quantity"), [(1, "2"), (3, "6")])
def test_a_new_name_ends_lots_and_opens_them_at_the_same_cost(after: int, quantity: str) -> None:
    """
    23:30 buy  BTC 2 @ 100
    00:30 BTC is named NEW, and a split of NEW comes after all
    01:30 sell NEW 1 @ 120
    """
    hour, none = timedelta(hours=1), Decimal(0)
    bought = fill(price="100", quantity="2")
    sold = fill("NEW-USD", "sell", quantity="1", price="120")
    sold = sold._replace(key=FillKey(b"2"), at=AT + 2 * hour)
    renames = {bought.account: (Rename("BTC", "NEW", Split(AT + hour, after, 1, none, none)),)}
    splits = {(bought.account, "NEW"): (Split(AT + 9 * hour, 2, 1, none, none),)}
    moved = {(bought.account, bought.key)}
    every = list(lots_of([bought, sold], {}, EXACT, Restatements(splits, renames, moved)))
    for one, lots in every:
        total = sum((part.quantity * (part.counts_at or 1) for part in postings(one, lots)), none)
        assert abs(total) < Decimal("1E-20")
    _, (_, named), (one, closing), (_, split) = every
    assert isinstance(named, LotSplit)
    assert [f"{lot.quantity:f}" for lot in named.opened] == [quantity]
    assert named.renamed == "NEW-USD"
    assert isinstance(closing, FillLots)
    assert [lot.opening.key for lot in closing.closed] == [bought.key]
    assert isinstance(split, LotSplit)
    assert not split.renamed
    left = list(lots_of([bought], {}, EXACT, Restatements(splits, renames)))
    assert len(left) == 1


@pytest.mark.parametrize("form", JOURNALS)
def test_days_are_those_of_the_user(tmp_path: Path, form: str) -> None:
    name, write = JOURNALS[form]
    assert write(tmp_path / name, [fill()], {}, AS_TRADED, "Europe/Berlin") == 1
    assert "\n2026-03-02 * " in (tmp_path / name).read_text()


def test_two_coins_that_beancount_would_spell_alike_stay_two(tmp_path: Path) -> None:
    name, write = JOURNALS["beancount"]
    write(tmp_path / name, [fill("A$B-USD"), fill("A*B-USD")], {}, AS_TRADED, "UTC")
    spelled = {
        line.split()[2] for line in (tmp_path / name).read_text().splitlines() if " @ " in line
    }
    assert len(spelled) == 2
