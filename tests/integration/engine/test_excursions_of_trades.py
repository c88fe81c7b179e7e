"""The excursion of a trade is a property of the trade: the same cell under any filter, after any
other import and on every surface.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from coach.engine.api import trades, why
from coach.engine.api.excursions import TradeExcursion
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.engine.market import snapshots
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep
from coach.engine.market.objects import open_objects
from coach.engine.store import candles as stored
from coach.model.accounts import Run
from coach.model.candles import Candle, CandleWindow, Granularity, Series
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, microseconds
from coach.model.trades import TradeId

Importer = Callable[..., Run]
Cells = dict[TradeId, TradeExcursion]
FIRST = datetime.fromisoformat("2026-02-16T00:00:00Z")
SYMBOLS = ("BTC-USD", "ETH-USD")


@pytest.fixture
def seeing(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles."""
    return replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))


def keep_candles(
    session: Session, series: tuple[str, int, str], first: datetime, last: datetime, low: float
) -> None:
    """Keep bars of (symbol, minutes, source) from `first` until before `last`, from `low` up."""
    assert session.objects is not None
    symbol, minutes, source = series
    step = minutes * 60 * SECOND_US
    starts = range(-(-microseconds(first) // step) * step, microseconds(last), step)
    bars = [candle(start, low) for start in starts]
    shelf = CandleShelf(session.connection, session.objects(), session.user.id)
    asked = FetchedWindow(CandleWindow(starts.start, starts.stop), session.clock())
    keep(shelf, Series(Symbol(symbol), Granularity(minutes * 60), source), bars, asked)


def candle(start_us: int, low: float) -> Candle:
    bottom = Decimal(str(low)) - start_us // SECOND_US % 7
    top, middle = Decimal(110), Decimal(100)
    return Candle(start_us, middle, top, bottom, middle, Decimal(1))


def cells(session: Session, wanted: TradeFilter | None = None) -> Cells:
    return {view.trip.id: view.reached for view in trades.round_trips(session, wanted)}


def a_market(session: Session, dice: Random) -> None:
    """Quarters that come and go, by two sources, and hours nearly everywhere."""
    for symbol in SYMBOLS:
        for source in ("one", "two"):
            day = FIRST
            while day < FIRST + timedelta(days=24):
                length = timedelta(hours=dice.randint(3, 90))
                low = dice.randint(80, 99)
                keep_candles(session, (symbol, 15, source), day, day + length, low)
                day += length + timedelta(hours=dice.randint(1, 60))
        last = FIRST + timedelta(days=20)
        keep_candles(session, (symbol, 60, "hours"), FIRST, last, 60)


def some_trades(dice: Random, count: int) -> Iterable[tuple[str, str, list[str]]]:
    """Yield the account, the day and the lines of trades that never overlap in a book."""
    days = dice.sample(range(24), count)
    for number, day in enumerate(days):
        opened = dice.randint(0, 11 * 60)
        closed = opened + dice.choice([4, 14, 40, 75, 200, 700])
        symbol, account = SYMBOLS[number % 2], ("main", "other")[number // 2 % 2]
        first, last = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (opened, closed))
        lines = [
            f"{first} buy {symbol} 2 @ 100 #a{number}",
            f"{last} sell {symbol} 2 @ 10{dice.randint(0, 9)} #b{number}",
        ]
        yield account, f"{FIRST + timedelta(days=day):%Y-%m-%d}", lines


@pytest.mark.parametrize("seed", range(3))
def test_no_filter_no_surface_and_no_other_import_changes_a_cell(
    seeing: Session, imported: Importer, seed: int
) -> None:
    dice = Random(seed)
    a_market(seeing, dice)
    before: Cells = {}
    for account, day, lines in some_trades(dice, 14):
        imported(*lines, account=account, day=day)
        now = cells(seeing)
        assert before.items() <= now.items()
        before = now
    reasons = {one.mae_reason for one in before.values()}
    sources = {one.source for one in before.values()} - {""}
    assert len(reasons) > 1
    assert len(sources) > 1
    for trade, reached in before.items():
        assert why.of_trade(seeing, trade).reached == reached
    for _ in range(12):
        since = FIRST + timedelta(hours=dice.randint(0, 24 * 24))
        until = since + timedelta(hours=dice.randint(1, 24 * 10))
        for wanted in (
            TradeFilter(since=since),
            TradeFilter(until=until),
            TradeFilter(since, until, dice.choice(SYMBOLS)),
        ):
            assert cells(seeing, wanted).items() <= before.items()


def test_the_bar_that_holds_the_entry_covers_its_part_of_the_first_trade(
    seeing: Session, imported: Importer
) -> None:
    """Bars from 09:00 to 10:00; entered at 09:14, which is all that is asked for."""
    imported("09:14 buy BTC-USD 1 @ 100", "09:46 sell BTC-USD 1 @ 100")
    start = datetime.fromisoformat("2026-03-02T09:00:00Z")
    keep_candles(seeing, ("BTC-USD", 15, "file"), start, start + timedelta(hours=1), 95)
    [reached] = cells(seeing).values()
    assert (reached.mae_reason, reached.source, reached.granularity) == ("", "file", "15m")


def test_a_trade_over_the_end_of_a_week_is_read_from_the_source_of_each_week(
    seeing: Session, imported: Importer
) -> None:
    """The source of the first week was ill in the second, so another was asked for that."""
    imported("23:00 buy BTC-USD 1 @ 100 #1", day="2026-03-01")
    imported("01:00 sell BTC-USD 1 @ 100 #2", day="2026-03-02")
    monday = datetime.fromisoformat("2026-03-02T00:00:00Z")
    week = timedelta(days=7)
    keep_candles(seeing, ("BTC-USD", 15, "coinbase"), monday - week, monday, 95)
    keep_candles(seeing, ("BTC-USD", 15, "binance"), monday, monday + week, 90)
    [reached] = cells(seeing).values()
    assert (reached.mae_reason, reached.source) == ("", "binance, coinbase")


def test_a_week_that_is_lost_is_missed_by_the_trades_in_it_alone(
    seeing: Session, imported: Importer, tmp_path: Path
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100 #1", "11:00 sell BTC-USD 1 @ 100 #2", day="2026-03-02")
    imported("09:00 buy BTC-USD 1 @ 100 #3", "11:00 sell BTC-USD 1 @ 100 #4", day="2026-03-12")
    monday = datetime.fromisoformat("2026-03-02T00:00:00Z")
    keep_candles(seeing, ("BTC-USD", 15, "file"), monday, monday + timedelta(days=14), 95)
    lost, _ = (week.sha256 for week in stored.weeks(seeing.connection, seeing.user.id))
    (tmp_path / "objects" / snapshots.key_of(lost)).unlink()
    first, second = cells(seeing).values()
    assert first.mae_reason.startswith("candles could not be read")
    assert second.mae is not None


def test_the_drawer_shows_the_candles_that_the_excursion_was_read_from(
    seeing: Session, imported: Importer
) -> None:
    imported("09:05 buy BTC-USD 1 @ 100", "11:00 sell BTC-USD 1 @ 100")
    start = datetime.fromisoformat("2026-03-02T09:00:00Z")
    keep_candles(seeing, ("BTC-USD", 15, "file"), start, start + timedelta(hours=2), 95)
    keep_candles(
        seeing,
        ("BTC-USD", 60, "hours"),
        start - timedelta(days=2),
        start + timedelta(days=2),
        50,
    )
    [view] = trades.round_trips(seeing)
    path = why.of_trade(seeing, view.trip.id).path
    assert path is not None
    assert (path.source, path.step_s, len(path.bars)) == ("file", 900, 8)
