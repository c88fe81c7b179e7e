"""Candles from a file and from the sandbox, kept in a real database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import Address, serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from coach.engine.api import accounts, candles
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.candles import CandleFileNaming, CandlePlaces, FetchRequest, SymbolRequest
from coach.engine.api.jobs import periodic_work
from coach.engine.api.jobs.workplace import Workplace
from coach.engine.api.promises import plans
from coach.engine.api.session import Session
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, load
from coach.engine.market.objects import open_objects
from coach.engine.periodic.possible import PeriodicWishes
from coach.engine.store import candles as stored
from coach.errors import NoCandlesNow, NotFound, NoTruth, UsageError
from coach.model.candles import HOUR, QUARTER, CandleWindow
from coach.model.fills import Symbol
from coach.model.market import SourceWishes
from coach.model.times import SECOND_US, microseconds
from tests.integration.engine.conftest import Importer

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=16)
BTC, ALIAS = SymbolRequest(Symbol("BTC-USD")), SymbolRequest(Symbol("BTC-USDC"))
HEADER = "time,symbol,open,high,low,close,volume"
Connected = Callable[..., None]


def nobody(_done: int, _total: int | None) -> None:
    """Watch no progress."""


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=3)


@pytest.fixture
def places(session: Session, tmp_path: Path) -> Iterator[CandlePlaces]:
    hot = PostgresHotStore(session.connect)
    yield CandlePlaces(open_objects(Folder(tmp_path / "objects")), hot, SourceWishes())
    hot.close()


@pytest.fixture
def connected(session: Session, world: SandboxWorld) -> Iterator[Connected]:
    """Return a function that connects a sandbox under a plan, in the place of the one before."""
    with ExitStack() as stack:

        def connect(**plan: Any) -> None:  # noqa: ANN401 -- a plan's own fields
            session.connection.execute("delete from connection")
            good = stack.enter_context(serve(world, lambda: NOW, Address(), SandboxPlan()))
            made = SandboxPlan.model_validate({"per_second": 0, **plan})
            server = stack.enter_context(serve(world, lambda: NOW, Address(), made))
            accounts.connect(session, "coinbase", issue_key(world), "sandbox", good.url)
            session.connection.execute("update connection set base_url = %s", [server.url])

        yield connect


def kept(session: Session) -> list[tuple[object, ...]]:
    rows = stored.weeks(session.connection, session.user.id)
    return [(*row.series, row.week, row.sha256, row.complete) for row in rows]


def fetch(
    session: Session,
    places: CandlePlaces,
    *wanted: SymbolRequest,
    **more: Any,  # noqa: ANN401
) -> "candles.FetchTally":
    request = FetchRequest(tuple(wanted), more.pop("since", SINCE), NOW, **more)
    return candles.fetch(session, places, request, nobody)


def test_the_candles_around_ones_own_trades_hold_their_prices(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected()
    sync(session, "sandbox", SyncRequest(SINCE))
    tally = candles.fetch(session, places, FetchRequest(), nobody)
    assert not tally.missed
    shelf = CandleShelf(session.connection, places.objects, session.user.id)
    rows = session.connection.execute("select symbol, price, at from fill").fetchall()
    assert rows
    for symbol, price, at in rows:
        start = microseconds(at) // (QUARTER * SECOND_US) * QUARTER * SECOND_US
        [found] = load(shelf, symbol, CandleWindow(start, start + QUARTER * SECOND_US))
        assert found.series.source == "coinbase"
        slack = Decimal("1e-6")
        assert Decimal(str(found.columns.low[0])) - slack <= price
        assert price <= Decimal(str(found.columns.high[0])) + slack


def test_weeks_that_are_here_and_complete_are_not_asked_for_again(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected()
    first = fetch(session, places, BTC, granularity=HOUR)
    assert (first.known_weeks, sum(one.weeks for one in first.series.values())) == (0, 3)
    again = fetch(session, places, BTC, granularity=HOUR)
    assert (again.known_weeks, sum(one.new for one in again.series.values())) == (2, 0)


def test_a_fetch_is_a_run_and_the_same_one_again_another_attempt(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected()
    for _ in range(2):
        fetch(session, places, BTC, granularity=HOUR)
    rows = session.connection.execute(
        "select state, attempt, result, label from run where kind = 'fetch.candles'"
    ).fetchall()
    assert rows == [("done", 2, {"weeks": 3, "missed": 0}, "BTC-USD")]


def test_the_daily_fetch_is_for_the_symbols_of_connected_accounts_and_one_run_a_day(
    session: Session, places: CandlePlaces, connected: Connected, imported: Importer
) -> None:
    connected()
    sync(session, "sandbox", SyncRequest(NOW - timedelta(days=2)))
    imported("09:00 buy AAA-USD 1 @ 100", account="by statement")
    place = Workplace(session, lambda: places, PeriodicWishes(None, None, fetch_candles=True))
    for day in ("2026-04-01", "2026-04-01", "2026-04-02"):
        periodic_work.fetch_for_connected(place, day)
    traded = "select distinct symbol from fill where symbol <> 'AAA-USD'"
    assert {row[0] for row in kept(session)} == {
        symbol for (symbol,) in session.connection.execute(traded)
    }
    rows = session.connection.execute(
        "select state, attempt, request ->> 'day' from run where kind = 'fetch.candles' order by n"
    ).fetchall()
    assert rows == [("done", 2, "2026-04-01"), ("done", 1, "2026-04-02")]


def test_a_fetch_that_fails_changes_nothing_that_was_kept(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected()
    fetch(session, places, BTC, granularity=HOUR)
    before = kept(session)
    connected(chance={"internal_error": 1.0})
    with pytest.raises(NoCandlesNow, match="coinbase: BTC-USD from 2026-03-02") as caught:
        fetch(session, places, BTC, granularity=QUARTER, since=NOW - timedelta(days=30))
    assert "again" in caught.value.hint
    assert kept(session) == before


def test_a_source_that_dies_half_way_keeps_its_whole_weeks_and_the_next_takes_over(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected(at=dict.fromkeys(range(6, 400), "truncated"), path="market/products")
    tally = fetch(session, places, ALIAS, granularity=QUARTER)
    assert not tally.missed
    assert [(one.series.source, one.weeks) for one in tally.series.values()] == [
        ("coinbase", 1),
        ("binance", 2),
    ]
    weeks = [(row[3], row[2]) for row in kept(session)]
    assert len({week for week, _ in weeks}) == len(weeks) == 3


def test_a_source_that_lies_is_left_for_another(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected(chance={"lies": 1.0}, path="candles")
    tally = fetch(session, places, ALIAS, granularity=HOUR)
    assert {one.source for one in tally.series} == {"binance"}
    sight = candles.sources(session, places, [ALIAS], HOUR)
    liar = next(one for one in sight.sources if one.considered.name == "coinbase")
    assert (liar.considered.verdict, liar.considered.breaker) == ("ill", "open")
    assert "below the low" in liar.health.last_error
    assert sight.choice.source == "binance"


def test_beside_a_sandbox_no_real_market_is_asked(
    session: Session, places: CandlePlaces, connected: Connected
) -> None:
    connected()
    wishes = SourceWishes(("coinapi", "alphavantage"))
    only_vendors = CandlePlaces(places.objects, places.hot, wishes)
    with pytest.raises(NotFound):
        fetch(session, only_vendors, BTC)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "BTC-USD,10,9,12,11,3",
            "of BTC-USD: 20 of 20 bars cannot be true, .* line 2, high: below",
        ),
        ("BTC-USD,10,12,9,11,", "of BTC-USD: 20 of 20 .* line 2, volume: no number"),
        ("B C,10,12,9,11,3", "of the file: none of its 20 rows can be read; first line 2, symbol"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused_and_says_why(
    session: Session, places: CandlePlaces, tmp_path: Path, row: str, told: str
) -> None:
    file = tmp_path / "bars.csv"
    rows = [f"{1772409600 + 900 * number},{row}" for number in range(20)]
    file.write_text("\n".join([HEADER, *rows]))
    with pytest.raises(NoTruth, match=told):
        candles.import_file(session, places, file, CandleFileNaming("my-data"), None)
    assert kept(session) == []


def test_bars_that_are_not_over_yet_are_left_out_and_told(
    session: Session, places: CandlePlaces, tmp_path: Path
) -> None:
    file = tmp_path / "bars.csv"
    start = microseconds(NOW) // SECOND_US - 900 * 3
    rows = [f"{start + 900 * number},btc/usd,10,12,9,11,3" for number in range(10)]
    file.write_text("\n".join([HEADER, *rows]))
    tally = candles.import_file(session, places, file, CandleFileNaming("my-data"), None)
    assert [(one.series.symbol, one.new) for one in tally.series] == [("BTC-USD", 3)]
    assert "7 bars are not over yet and are left out" in tally.warnings


def test_what_makes_no_sense_is_said_before_anybody_is_asked(
    session: Session, places: CandlePlaces
) -> None:
    with pytest.raises(NotFound, match="no trades to fetch candles for"):
        candles.fetch(session, places, FetchRequest(), nobody)
    with pytest.raises(UsageError, match="never traded"):
        candles.fetch(session, places, FetchRequest((BTC,)), nobody)
    with pytest.raises(UsageError, match="source takes one of"):
        fetch(session, places, BTC, source="nobody")
    with pytest.raises(UsageError, match="coinapi is off"):
        fetch(session, places, BTC, source="coinapi")


def test_a_file_is_kept_once_however_often_it_comes(
    session: Session, places: CandlePlaces, tmp_path: Path
) -> None:
    file = tmp_path / "bars.csv"
    start = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
    rows = [f"{start + 900 * number},BTC-USD,10,12,9,11,3" for number in range(1000)]
    file.write_text("\n".join([HEADER, *rows]))
    first = candles.import_file(session, places, file, CandleFileNaming("my-data"), None)
    assert [(one.bars, one.new, one.weeks) for one in first.series] == [(1000, 1000, 2)]
    before = kept(session)
    again = candles.import_file(session, places, file, CandleFileNaming("my-data"), None)
    assert [(one.bars, one.new, one.changed) for one in again.series] == [(1000, 0, 0)]
    assert kept(session) == before
    (covered,) = candles.coverage(session)
    assert (covered.weeks, covered.complete, covered.bars, covered.gaps) == (2, 1, 1000, 0)


def test_a_file_of_lies_keeps_nothing(
    session: Session, places: CandlePlaces, tmp_path: Path
) -> None:
    file = tmp_path / "bars.csv"
    rows = [f"{1772409600 + 900 * number},BTC-USD,10,9,12,11,3" for number in range(20)]
    file.write_text("\n".join([HEADER, *rows]))
    with pytest.raises(NoTruth):
        candles.import_file(session, places, file, CandleFileNaming("my-data"), None)
    with pytest.raises(UsageError, match="source takes small letters"):
        candles.import_file(session, places, file, CandleFileNaming("my data"), None)
    assert kept(session) == []


def test_candles_since_the_beginning_of_the_calendar_are_asked_for_since_1970(
    session: Session, places: CandlePlaces
) -> None:
    """Nobody is asked: both sources have no bars of half an hour of a share."""
    share = SymbolRequest(Symbol("AAPL"), "equity")
    first = datetime(1, 1, 1, tzinfo=UTC)
    until = datetime(1970, 2, 1, tzinfo=UTC)
    with pytest.raises(NotFound) as caught:
        candles.fetch(session, places, FetchRequest((share,), first, until, HOUR), nobody)
    assert "1970-01-05" in str(caught.value)


@pytest.mark.parametrize("amount", ["0", "-1", "1e-999999999", "1e999999999", "NaN", "Infinity"])
def test_money_of_a_size_that_no_money_has_is_refused(session: Session, amount: str) -> None:
    with pytest.raises(UsageError, match="equity takes an amount above zero"):
        plans.set_equity(session, "main", Decimal(amount))
