"""The same trades through the API and through a statement are counted once, and that is said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from coach.brokers.base import SourceInfo
from coach.engine.api import imports, trades
from coach.engine.api.desk import Desk
from coach.engine.jobs.connecting import Fetched
from coach.engine.jobs.importing import Order, import_lock, run_import
from coach.engine.store import accounts, runs
from coach.model.accounts import Run
from coach.model.fills import Fill, Side, Symbol

API = SourceInfo("coinbase-api", "coinbase-api", "coinbase", "coinbase", 30, shorts=False)
HISTORY = SourceInfo(
    "coinbase-history", "coinbase-history", "coinbase", "coinbase", 10, shorts=False
)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

Teller = Callable[..., Run]


def fill(minute: float, side: Side, price: str, name: str, quantity: str = "1") -> Fill:
    at = NINE + timedelta(minutes=minute)
    numbers = (Decimal(quantity), Decimal(price), Decimal("0.5"))
    return Fill(Symbol("BTC-USD"), side, *numbers, "USD", at, 0, "", name, 1)


TOLD_BY_API = (fill(0.005, "buy", "100.001", "entry-1"), fill(10, "sell", "110", "entry-2"))
TOLD_BY_HISTORY = (fill(0, "buy", "100", "h1"), fill(10, "sell", "110", "h2"))


@pytest.fixture
def told(desk: Desk) -> Teller:
    """Import fills as this source tells them."""

    def tell(info: SourceInfo, fills: tuple[Fill, ...], account: str = "coinbase") -> Run:
        kept = accounts.ensure_account(
            desk.connection, desk.user.id, account, info.broker, shorts=info.shorts
        )
        run_id = runs.run_id("test", info.name, account, repr(fills))
        order = Order(desk.user, kept, Fetched(info, fills, ()), run_id, info.name)
        with import_lock(desk.connection, desk.user):
            return run_import(desk.connection, order, desk.clock, lambda _: None)

    return tell


def net(desk: Desk) -> Decimal:
    return trades.profit(desk).totals["USD"].net


def test_a_statement_after_the_api_adds_nothing_and_says_so(desk: Desk, told: Teller) -> None:
    told(API, TOLD_BY_API)
    run = told(HISTORY, TOLD_BY_HISTORY)
    assert (run.new, run.known) == (0, 2)
    assert "2 of these fills came before from coinbase-api" in run.warnings[0]
    assert net(desk) == Decimal("8.999")


def test_the_better_source_stands_whichever_came_first(desk: Desk, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY)
    assert net(desk) == 9
    run = told(API, TOLD_BY_API)
    assert (run.new, run.known) == (0, 2)
    assert net(desk) == Decimal("8.999")


def test_a_longer_statement_does_not_wake_the_twins(desk: Desk, told: Teller) -> None:
    told(API, TOLD_BY_API)
    told(HISTORY, TOLD_BY_HISTORY)
    later = fill(60, "buy", "105", "h3")
    run = told(HISTORY, (*TOLD_BY_HISTORY, later))
    assert (run.new, run.known) == (1, 2)
    assert net(desk) == Decimal("8.999")


def test_undoing_the_api_import_brings_the_statement_back(desk: Desk, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY)
    run = told(API, TOLD_BY_API)
    undone = imports.undo(desk, run.id)
    assert (undone.removed, undone.restored) == (0, 2)
    assert net(desk) == 9


def test_two_equal_fills_are_two_twins(desk: Desk, told: Teller) -> None:
    told(API, (fill(0, "buy", "100", "e1"), fill(0, "buy", "100", "e2")))
    run = told(HISTORY, (fill(0, "buy", "100", "h1"), fill(0, "buy", "100", "h2")))
    assert run.new == 0
    assert trades.profit(desk).rows[0].position.open_quantity == 2


def test_fills_a_minute_apart_are_no_twins(told: Teller) -> None:
    told(API, (fill(0, "buy", "100", "e1"),))
    assert told(HISTORY, (fill(1, "buy", "100", "h1"),)).new == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_sources_does_not_matter(
    desk: Desk, told: Teller, order: tuple[int, ...]
) -> None:
    tellings = [
        (API, TOLD_BY_API),
        (HISTORY, TOLD_BY_HISTORY[:1]),
        (HISTORY, (*TOLD_BY_HISTORY, fill(60, "buy", "105", "h3"))),
    ]
    for place in order:
        told(*tellings[place])
    assert net(desk) == Decimal("8.999")
    assert trades.profit(desk).rows[0].position.open_quantity == 1


def test_the_same_fills_in_another_account_are_kept_but_pointed_out(told: Teller) -> None:
    told(API, TOLD_BY_API)
    run = told(HISTORY, TOLD_BY_HISTORY, account="second")
    assert run.new == 2
    assert "look the same as fills in account 'coinbase'" in run.warnings[0]


def test_a_sell_without_a_buy_earns_nothing(desk: Desk, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY[1:])
    profit = trades.profit(desk)
    assert profit.totals["USD"].net == 0
    assert [line.quantity for line in profit.unknown] == [1]
    assert "no known buy for 1 sale" in profit.warnings[0]


def test_a_statement_without_ids_and_one_with_ids_tell_the_same_fills(
    desk: Desk, told: Teller
) -> None:
    nameless = tuple(one._replace(native_id="") for one in TOLD_BY_HISTORY)
    told(HISTORY, nameless)
    run = told(HISTORY, TOLD_BY_HISTORY)
    assert (run.new, run.known) == (0, 2)
    assert "under other ids" in run.warnings[0]
    assert net(desk) == 9


@pytest.mark.parametrize("spot_first", [True, False])
def test_a_spot_source_makes_the_account_spot_whichever_came_first(
    desk: Desk, told: Teller, *, spot_first: bool
) -> None:
    """The generic file alone would open a short with its sale from flat."""
    generic = SourceInfo("generic", "generic", "generic", "coinbase", 10, shorts=True)
    sale = (fill(0, "sell", "100", "g1"),)
    tellings = [(generic, sale), (API, (fill(60, "buy", "90", "e1"),))]
    for info, fills in reversed(tellings) if spot_first else tellings:
        told(info, fills)
    profit = trades.profit(desk)
    assert [line.quantity for line in profit.unknown] == [1]
    assert profit.rows[0].position.open_quantity == 1
