"""The same trades through the API and through a statement are counted once, and that is said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from coach.brokers.base import SourceInfo
from coach.engine.api import imports, trades
from coach.engine.api.session import Session
from coach.engine.imports.run import ImportOrder, run_import
from coach.engine.imports.sync.fetch import FetchedSource
from coach.engine.imports.turn import import_lock
from coach.engine.store import accounts
from coach.engine.store.imports import runs
from coach.engine.store.promises import labels
from coach.model.accounts import Run
from coach.model.fills import Fill, Side, Symbol
from coach.model.labels import Label

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
def told(session: Session) -> Teller:
    """Import fills as this source tells them."""

    def tell(info: SourceInfo, fills: tuple[Fill, ...], account: str = "coinbase") -> Run:
        kept = accounts.ensure_account(
            session.connection, session.user.id, account, info.broker, shorts=info.shorts
        )
        run_id = runs.run_id("test", info.name, account, repr(fills))
        order = ImportOrder(session.user, kept, FetchedSource(info, fills, ()), run_id, info.name)
        with import_lock(session.connection, session.user):
            return run_import(session.connection, order, session.clock, lambda _: None)

    return tell


def net(session: Session) -> Decimal:
    return trades.profit(session).totals["USD"].net


def test_a_statement_after_the_api_adds_nothing_and_says_so(session: Session, told: Teller) -> None:
    told(API, TOLD_BY_API)
    run = told(HISTORY, TOLD_BY_HISTORY)
    assert (run.new, run.known) == (0, 2)
    assert "2 of these fills came before from coinbase-api" in run.warnings[0]
    assert net(session) == Decimal("8.999")


def test_the_better_source_stands_whichever_came_first(session: Session, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY)
    assert net(session) == 9
    run = told(API, TOLD_BY_API)
    assert (run.new, run.known) == (0, 2)
    assert net(session) == Decimal("8.999")


def test_a_longer_statement_does_not_wake_the_twins(session: Session, told: Teller) -> None:
    told(API, TOLD_BY_API)
    told(HISTORY, TOLD_BY_HISTORY)
    later = fill(60, "buy", "105", "h3")
    run = told(HISTORY, (*TOLD_BY_HISTORY, later))
    assert (run.new, run.known) == (1, 2)
    assert net(session) == Decimal("8.999")


def test_undoing_the_api_import_brings_the_statement_back(session: Session, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY)
    run = told(API, TOLD_BY_API)
    undone = imports.undo(session, run.id)
    assert (undone.removed, undone.restored) == (0, 2)
    assert net(session) == 9


def test_two_equal_fills_are_two_twins(session: Session, told: Teller) -> None:
    told(API, (fill(0, "buy", "100", "e1"), fill(0, "buy", "100", "e2")))
    run = told(HISTORY, (fill(0, "buy", "100", "h1"), fill(0, "buy", "100", "h2")))
    assert run.new == 0
    assert trades.profit(session).rows[0].position.open_quantity == 2


def test_fills_a_minute_apart_are_no_twins(told: Teller) -> None:
    told(API, (fill(0, "buy", "100", "e1"),))
    assert told(HISTORY, (fill(1, "buy", "100", "h1"),)).new == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_sources_does_not_matter(
    session: Session, told: Teller, order: tuple[int, ...]
) -> None:
    tellings = [
        (API, TOLD_BY_API),
        (HISTORY, TOLD_BY_HISTORY[:1]),
        (HISTORY, (*TOLD_BY_HISTORY, fill(60, "buy", "105", "h3"))),
    ]
    for place in order:
        told(*tellings[place])
    assert net(session) == Decimal("8.999")
    assert trades.profit(session).rows[0].position.open_quantity == 1


def told_fill(line: str, name: str = "", symbol: str = "ADA-USD") -> Fill:
    """Read `09:00:00.5 buy 10.7 @ 0.47 fee 0.02`."""
    clock, side, quantity, _, price, *fee = line.split()
    numbers = (Decimal(quantity), Decimal(price), Decimal(fee[1] if fee else 0))
    at = datetime.fromisoformat(f"2026-03-02T{clock}+00:00")
    quote = symbol.rpartition("-")[2]
    return Fill(
        Symbol(symbol), "buy" if side == "buy" else "sell", *numbers, quote, at, 0, "", name, 1
    )


OLD_DOWNLOAD = (
    told_fill("09:00:00 buy 10.7 @ 0.45 fee 0.025"),  # total 4.84
    told_fill("10:00:00 sell 10.7 @ 0.47 fee 0.019"),  # total 5.01
)
NEW_DOWNLOAD = (
    told_fill("09:00:00 buy 10.7 @ 0.4502 fee 0.01927", "i1"),
    told_fill("10:00:00 sell 10.7 @ 0.4698 fee 0.02011", "i2"),
)
REPORT_OF_FILLS = (
    told_fill("09:00:00.412 buy 10.7 @ 0.4502 fee 0.01927", "f1"),
    told_fill("10:00:00.031 sell 10.7 @ 0.4698 fee 0.02011", "f2"),
)
FILLS = SourceInfo("coinbase-fills", "coinbase-fills", "coinbase", "coinbase", 20, shorts=False)


def quantities(session: Session) -> list[Decimal]:
    rows = session.connection.execute("select quantity from fill order by quantity")
    return [quantity for (quantity,) in rows]


def nameless(fills: tuple[Fill, ...]) -> tuple[Fill, ...]:
    return tuple(one._replace(native_id="") for one in fills)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_downloads_of_all_ages_and_a_report_of_fills_tell_one_trade(
    session: Session, told: Teller, order: tuple[int, ...]
) -> None:
    """
    09:00 buy 10.7 @ 0.4502, total 4.83641, printed as 0.45 and 4.84
    10:00 sell 10.7 @ 0.4698, total 5.00675, printed as 0.47 and 5.01
    """
    tellings = [
        (HISTORY, OLD_DOWNLOAD),
        (HISTORY, nameless(NEW_DOWNLOAD)),
        (HISTORY, NEW_DOWNLOAD),
        (FILLS, REPORT_OF_FILLS),
    ]
    for place in order:
        told(*tellings[place])
    (trip,) = trades.round_trips(session)
    assert (trip.trip.fills, net(session)) == (2, Decimal("0.17034"))
    assert trip.trip.opened_at.microsecond == 412_000


@pytest.mark.parametrize("word", ["acme", "redacted", "6.15E+14"])
@pytest.mark.parametrize("exact_first", [True, False])
def test_a_word_in_place_of_ids_hides_no_fill_that_is_known_by_its_id(
    session: Session, told: Teller, word: str, *, exact_first: bool
) -> None:
    exact = (*REPORT_OF_FILLS, told_fill("11:00:00 buy 3 @ 0.5", "f3"))
    masked = tuple(one._replace(native_id=word) for one in exact)
    told(FILLS, exact if exact_first else masked)
    run = told(FILLS, masked if exact_first else exact)
    assert (run.new, run.known) == (0, 3)
    assert quantities(session) == [3, Decimal("10.7"), Decimal("10.7")]


def test_equal_fills_under_two_ids_are_two_fills(session: Session, told: Teller) -> None:
    told(FILLS, REPORT_OF_FILLS[:1])
    assert told(FILLS, (REPORT_OF_FILLS[0]._replace(native_id="f9"),)).new == 1
    assert quantities(session) == [Decimal("10.7")] * 2


def test_of_two_prints_of_one_source_the_more_precise_stands(
    session: Session, told: Teller
) -> None:
    told(HISTORY, NEW_DOWNLOAD)
    run = told(HISTORY, OLD_DOWNLOAD)
    assert (run.new, run.known) == (0, 2)
    assert run.warnings == (
        "2 of these fills came before from coinbase-history under other ids: each is counted once",
    )
    assert net(session) == Decimal("0.17034")


def test_two_fills_of_one_import_are_no_twins_however_alike(told: Teller) -> None:
    """A later part of the file holds the rounded one again, and another beside it."""
    coarse, fine = OLD_DOWNLOAD[0], nameless(NEW_DOWNLOAD)[0]
    told(HISTORY, (coarse, fine))
    run = told(HISTORY, (coarse, fine, told_fill("09:00:00 buy 10.7 @ 0.4501 fee 0.01927")))
    assert (run.new, run.known) == (1, 2)


@pytest.mark.parametrize(
    "other",
    [
        "09:00:00 buy 10.7 @ 0.4502 fee 0.05",  # the total is a cent off
        "09:00:00 buy 10.8 @ 0.4482 fee 0.0",  # the total is 4.84, the quantity another
        "09:00:02 buy 10.7 @ 0.4502 fee 0.01927",
        "09:00:00 sell 10.7 @ 0.4502 fee 0.01927",
    ],
)
def test_what_differs_beyond_the_printed_digits_is_no_twin(told: Teller, other: str) -> None:
    told(HISTORY, OLD_DOWNLOAD)
    assert told(FILLS, (told_fill(other, "f1"),)).new == 1


def test_the_nearest_are_paired_where_several_may_be(session: Session, told: Teller) -> None:
    """Two purchases in one second print as one price; their totals tell them apart."""
    exact = (
        told_fill("09:00:00 buy 10.7 @ 0.4698 fee 0.02", "f1"),
        told_fill("09:00:00 buy 10.7 @ 0.4719 fee 0.02", "f2"),
    )
    printed = (
        told_fill("09:00:00 buy 10.7 @ 0.47 fee 0.041"),  # total 5.07
        told_fill("09:00:00 buy 10.7 @ 0.47 fee 0.021"),  # total 5.05
    )
    told(HISTORY, printed)
    run = told(FILLS, exact[:1])
    assert (run.new, run.known) == (0, 1)
    told(FILLS, exact)
    assert trades.profit(session).rows[0].position.open_cost == Decimal("10.11619")
    assert trades.profit(session).rows[0].position.open_quantity == Decimal("21.4")


ORDER = told_fill("09:00:00 sell 14 @ 140.03 fee 3.94", "h1", "SOL-USD")  # total 1956.48
EXECUTIONS = (
    told_fill("09:00:00.2 sell 10 @ 140 fee 2.8", "f1", "SOL-USD"),
    told_fill("09:00:00.3 sell 4 @ 140.1 fee 1.1208", "f2", "SOL-USD"),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_order_in_one_row_and_its_executions_in_several_count_once(
    session: Session, told: Teller, order: tuple[int, ...]
) -> None:
    tellings = [(HISTORY, (ORDER,)), (FILLS, EXECUTIONS[:1]), (FILLS, EXECUTIONS)]
    runs = {place: told(*tellings[place]) for place in order}
    assert quantities(session) == [4, 10]
    imports.undo(session, runs[2].id)
    assert quantities(session) == [10, 14]  # an execution that does not make up the order
    imports.undo(session, runs[1].id)
    assert quantities(session) == [14]


def test_an_order_and_its_executions_are_said(told: Teller) -> None:
    told(FILLS, EXECUTIONS)
    (warning,) = told(HISTORY, (ORDER,)).warnings
    assert warning == (
        "1 of these fills are sums of smaller ones that came before from coinbase-fills: each is"
        " counted once"
    )


def test_an_order_whose_money_is_not_that_of_its_executions_is_pointed_out(told: Teller) -> None:
    told(FILLS, EXECUTIONS)
    run = told(HISTORY, (ORDER._replace(fee=Decimal("9.94")),))
    (warning,) = run.warnings
    assert run.new == 1
    assert (
        "1 of these fills and fills from coinbase-fills have the quantity of one order" in warning
    )


def test_rows_of_two_orders_in_one_second_are_told_apart(session: Session, told: Teller) -> None:
    more = (
        told_fill("09:00:00.5 sell 3 @ 141 fee 0.8", "f3", "SOL-USD"),
        told_fill("09:00:00.6 sell 2 @ 141 fee 0.6", "f4", "SOL-USD"),
    )
    order = told_fill("09:00:00 sell 5 @ 141 fee 1.4", "h2", "SOL-USD")
    told(HISTORY, (ORDER, order))
    run = told(FILLS, (*EXECUTIONS, *more))
    assert (run.new, run.known) == (0, 4)
    assert quantities(session) == [2, 3, 4, 10]


@pytest.mark.parametrize("api_first", [True, False])
def test_a_sale_under_the_other_name_of_its_market_is_no_second_sale(
    session: Session, told: Teller, *, api_first: bool
) -> None:
    """Coinbase has one book for BTC-USD and BTC-USDC, and labels a trade by either."""
    tellings = [
        (API, (told_fill("11:00:00 sell 0.02 @ 65000 fee 7.8", "e1", "BTC-USDC"),)),
        (HISTORY, (told_fill("11:00:00 sell 0.02 @ 65000 fee 7.8", "u2", "BTC-USD"),)),
    ]
    runs = [told(*telling) for telling in (tellings if api_first else reversed(tellings))]
    assert (runs[1].new, runs[1].known) == (0, 1)
    assert "the same market: each is counted once, in BTC-USDC" in runs[1].warnings[0]
    assert [row.position.symbol for row in trades.profit(session).rows] == ["BTC-USDC"]


def test_names_of_a_market_are_the_broker_s_own(told: Teller) -> None:
    binance = SourceInfo("binance-trades", "binance-trades", "binance", "binance", 20, shorts=False)
    other = SourceInfo("binance-api", "binance-api", "binance", "binance", 30, shorts=False)
    told(binance, (told_fill("11:00:00 sell 1 @ 65000", "", "BTC-USDC"),), "binance")
    assert told(other, (told_fill("11:00:00 sell 1 @ 65000", "7", "BTC-USD"),), "binance").new == 1


def test_an_answer_follows_its_trade_to_the_better_source(session: Session, told: Teller) -> None:
    told(HISTORY, OLD_DOWNLOAD)
    (trip,) = trades.round_trips(session)
    label = Label(trip.trip.id, "revenge", "yes", False, 1.0, session.clock(), "")
    labels.put(session.connection, session.user.id, label)
    run = told(FILLS, REPORT_OF_FILLS)
    (renamed,) = trades.round_trips(session)
    (answer,) = labels.labels(session.connection, session.user.id)
    assert answer.trade_id == renamed.trip.id != trip.trip.id
    imports.undo(session, run.id)
    (answer,) = labels.labels(session.connection, session.user.id)
    assert answer.trade_id == trip.trip.id


def test_the_same_fills_in_another_account_are_kept_but_pointed_out(told: Teller) -> None:
    told(API, TOLD_BY_API)
    run = told(HISTORY, TOLD_BY_HISTORY, account="second")
    assert run.new == 2
    assert "look the same as fills in account 'coinbase'" in run.warnings[0]


def test_a_sell_without_a_buy_earns_nothing(session: Session, told: Teller) -> None:
    told(HISTORY, TOLD_BY_HISTORY[1:])
    profit = trades.profit(session)
    assert profit.totals["USD"].net == 0
    assert [line.quantity for line in profit.unknown] == [1]
    assert "no known buy for 1 sale" in profit.warnings[0]


def test_a_statement_without_ids_and_one_with_ids_tell_the_same_fills(
    session: Session, told: Teller
) -> None:
    nameless = tuple(one._replace(native_id="") for one in TOLD_BY_HISTORY)
    told(HISTORY, nameless)
    run = told(HISTORY, TOLD_BY_HISTORY)
    assert (run.new, run.known) == (0, 2)
    assert "under other ids" in run.warnings[0]
    assert net(session) == 9


@pytest.mark.parametrize("spot_first", [True, False])
def test_a_spot_source_makes_the_account_spot_whichever_came_first(
    session: Session, told: Teller, *, spot_first: bool
) -> None:
    """The generic file alone would open a short with its sale from flat."""
    generic = SourceInfo("generic", "generic", "generic", "coinbase", 10, shorts=True)
    sale = (fill(0, "sell", "100", "g1"),)
    tellings = [(generic, sale), (API, (fill(60, "buy", "90", "e1"),))]
    for info, fills in reversed(tellings) if spot_first else tellings:
        told(info, fills)
    profit = trades.profit(session)
    assert [line.quantity for line in profit.unknown] == [1]
    assert profit.rows[0].position.open_quantity == 1
