"""The same executions told by several sources, in any order, cut or repetition, count once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coach.brokers.base import SourceInfo
from coach.engine.imports.read import ImportTally
from coach.model.accounts import Run
from coach.model.fills import Fill, Side, Symbol

examples = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CENT = Decimal("0.01")


class FillStore(Protocol):
    def clear(self) -> None: ...
    def bring(self, info: SourceInfo, fills: Sequence[Fill]) -> tuple[Run, ImportTally]: ...
    def undo(self, run: Run) -> None: ...
    def standing(self) -> list[tuple[str, str, Decimal, Decimal]]: ...


class Execution(NamedTuple):
    number: int
    second: int
    side: Side
    quantity: Decimal
    price: Decimal


class Teller(NamedTuple):
    """A source: whether it has ids, whether it rounds, whether it tells the fee."""

    info: SourceInfo
    prefix: str
    rounds: bool


def coinbase(name: str, rank: int) -> SourceInfo:
    return SourceInfo(f"coinbase-{name}", f"coinbase-{name}", "coinbase", "coinbase", rank, False)


Part = tuple[Teller, list[Fill]]
TELLERS = [
    Teller(coinbase("api", 30), "entry-", rounds=False),
    Teller(coinbase("fills", 20), "f", rounds=False),
    Teller(coinbase("history", 10), "h", rounds=False),
    Teller(coinbase("history", 10), "", rounds=True),
    Teller(coinbase("history", 10), "", rounds=False),
    Teller(SourceInfo("generic", "generic", "generic", "coinbase", 10, True), "g", rounds=False),
]


def told(teller: Teller, one: Execution) -> Fill:
    """Return an execution as a source tells it, rounded ones with the fee that gives the total."""
    price, at = one.price, NINE + timedelta(seconds=one.second)
    fee = one.quantity * price * Decimal("0.004")
    if teller.rounds:
        total = one.quantity * price + (fee if one.side == "buy" else -fee)
        price = price.quantize(CENT)
        missing = total.quantize(CENT) - one.quantity * price
        fee = missing if one.side == "buy" else -missing
    name = teller.prefix and f"{teller.prefix}{one.number}"
    return Fill(
        Symbol("ADA-USD"), one.side, one.quantity, price, fee, "USD", at, 0, "", name, one.number
    )


@st.composite
def executions(draw: st.DrawFn, seconds_apart: int) -> list[Execution]:
    second, made = 0, []
    prices = st.sampled_from([Decimal("0.4698"), Decimal("0.4702"), Decimal("0.47")])
    for number in range(draw(st.integers(1, 5))):
        second += draw(st.integers(seconds_apart, max(1, seconds_apart)))
        side: Side = draw(st.sampled_from(["buy", "sell"]))
        price = draw(prices | st.decimals("0.41", "0.49", places=4))
        quantity = draw(st.sampled_from([Decimal("10.7"), Decimal("300.123")]))
        made.append(Execution(number, second, side, quantity, price))
    return made


imports = st.lists(
    st.tuples(st.sampled_from(TELLERS), st.integers(0, 4), st.integers(1, 5)),
    min_size=2,
    max_size=5,
)


def bring_all(store: FillStore, parts: Sequence[Part]) -> list[Run]:
    store.clear()
    return [store.bring(teller.info, rows)[0] for teller, rows in parts]


def check_orders(store: FillStore, parts: list[Part], data: st.DataObject) -> None:
    """Import the parts in two orders, and take one of them back."""
    bring_all(store, parts)
    standing = store.standing()
    assert len(standing) == len({row.line for _, rows in parts for row in rows})
    order = data.draw(st.permutations(parts))
    runs = bring_all(store, order)
    assert store.standing() == standing
    gone = data.draw(st.integers(0, len(parts) - 1))
    store.undo(runs[gone])
    after = store.standing()
    bring_all(store, order[:gone] + order[gone + 1 :])
    assert after == store.standing()


@examples
@given(made=executions(seconds_apart=3), pieces=imports, data=st.data())
def test_pieces_of_several_sources_count_each_execution_once(
    fill_store: FillStore,
    made: list[Execution],
    pieces: list[tuple[Teller, int, int]],
    data: st.DataObject,
) -> None:
    parts = [
        (teller, [told(teller, one) for one in made[begin : begin + length]])
        for teller, begin, length in pieces
        if begin < len(made)
    ]
    assume(parts)
    check_orders(fill_store, parts, data)


@examples
@given(
    made=executions(seconds_apart=0),
    tellers=st.lists(st.sampled_from(TELLERS), min_size=2, max_size=4, unique=True),
    data=st.data(),
)
def test_executions_of_one_second_are_told_apart_by_their_money(
    fill_store: FillStore, made: list[Execution], tellers: list[Teller], data: st.DataObject
) -> None:
    parts = [(teller, [told(teller, one) for one in made]) for teller in tellers]
    check_orders(fill_store, parts, data)
