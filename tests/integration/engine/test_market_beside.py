"""Candles beside the trades: what is told with them, and what happens when they are gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import digests, excursions, insights, sight, trades, why
from coach.engine.api.entries import ledger
from coach.engine.api.session import Session
from coach.engine.history.inputs import CandleReach
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import candle_use
from coach.errors import ObjectTrouble, SnapshotLost
from coach.model.accounts import Run
from coach.model.candles import HOUR, QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol

Importer = Callable[..., Run]
Market = Callable[..., None]
BITCOIN = Series(Symbol("BTC-USD"), QUARTER, "file")
STEP_US = 900_000_000
WEEK = "2026-W10"
HELD = ("09:00 buy BTC-USD 1 @ 100 fee 0.1", "11:00 sell BTC-USD 1 @ 101 fee 0.1")


@pytest.fixture
def seeing(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles."""
    return replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))


@pytest.fixture
def market(seeing: Session) -> Market:
    """Keep two weeks of bars around 100; between 10:00 and 10:15 of 2 March it fell to `low`."""

    def bring(low: float = 90) -> None:
        assert seeing.objects is not None
        shelf = CandleShelf(seeing.connection, seeing.objects(), seeing.user.id)
        start = round(datetime.fromisoformat("2026-02-23T00:00:00Z").timestamp()) * 1_000_000
        fall = round(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp()) * 1_000_000
        bars = [
            bar(start + n * STEP_US, low if start + n * STEP_US == fall else 99)
            for n in range(1344)
        ]
        asked = FetchedWindow(CandleWindow(start, start + 1344 * STEP_US), seeing.clock())
        keep(shelf, BITCOIN, bars, asked)

    return bring


def hours_of_eight_weeks(session: Session) -> tuple[int, int]:
    """Keep hourly bars beside the quarters; return when the first and the last of both begin."""
    assert session.objects is not None
    shelf = CandleShelf(session.connection, session.objects(), session.user.id)
    start = round(datetime.fromisoformat("2026-01-12T00:00:00Z").timestamp()) * 1_000_000
    end = start + 8 * 7 * 24 * 4 * STEP_US
    bars = [bar(at, 99) for at in range(start, end, 4 * STEP_US)]
    asked = FetchedWindow(CandleWindow(start, end), session.clock())
    keep(shelf, Series(BITCOIN.symbol, HOUR, "file"), bars, asked)
    return start, end


def bar(start_us: int, low: float) -> Candle:
    middle, top, bottom = Decimal(100), Decimal(102), Decimal(str(low))
    wave = Decimal(start_us // STEP_US % 7) / 10
    return Candle(start_us, middle, top, bottom, middle + wave, Decimal(1))


def dead(session: Session) -> Session:
    def nobody_answers() -> Objects:
        raise ObjectTrouble("", what="nobody answers")

    return replace(session, objects=nobody_answers)


def test_a_trade_that_candles_cover_tells_how_far_it_went(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD)
    market()
    [view] = trades.round_trips(seeing)
    assert (view.reached.mae, view.reached.mfe) == (Decimal("0.1"), Decimal("0.02"))
    assert view.reached.mae_reason == ""


def test_a_trade_outside_the_candles_says_so(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD, day="2026-03-20")
    market()
    [view] = trades.round_trips(seeing)
    assert (view.reached.mae, view.reached.mae_reason) == (None, "candles do not cover the trade")


def test_a_symbol_without_candles_says_so(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported("09:00 buy ETH-USD 1 @ 100", "11:00 sell ETH-USD 1 @ 101")
    market()
    [view] = trades.round_trips(seeing)
    assert (view.reached.mae, view.reached.mae_reason) == (None, "no candles of the symbol")


def test_the_drawer_shows_the_candles_from_an_hour_before_the_entry(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD)
    market()
    [view] = trades.round_trips(seeing)
    path = why.of_trade(seeing, view.trip.id).path
    assert path is not None
    assert (path.source, path.step_s, len(path.bars)) == ("file", 900, 12)
    assert min(one.low for one in path.bars) == 90
    assert len(path.snapshots) == 1


def test_the_drawer_of_an_open_trade_shows_the_candles_up_to_now(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", day="2026-03-08")
    market()
    row = seeing.connection.execute("select id from trade").fetchone()
    assert row is not None
    found = why.of_trade(seeing, row[0])
    assert found.path is not None
    assert len(found.path.bars) == 64
    assert found.reached.mae_reason == "the trade is still open"


def test_what_a_finding_rests_on_is_noted(
    seeing: Session, market: Market, imported: Importer
) -> None:
    market()
    imported(*HELD)
    insights.conclude_anew(seeing)
    [finding] = insights.findings(seeing, bias="revenge").findings
    used = candle_use.snapshots(
        seeing.connection, seeing.user.id, f"finding:{finding.evidence[0].id}"
    )
    assert len(used) == 2


def test_a_digest_is_proved_with_the_candles_that_it_was_made_with(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD)
    market()
    made = digests.digest(seeing, WEEK)
    market(low=50)
    assert digests.verify(seeing, WEEK).ok
    assert digests.digest(seeing, WEEK).sha256 != made.sha256
    assert digests.verify(seeing, WEEK).ok


def test_a_digest_made_with_several_series_is_proved_with_all_of_them(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD)
    imported("09:05 buy BTC-USD 1 @ 100 fee 0.1", "11:00 sell BTC-USD 1 @ 101", day="2026-03-03")
    market()
    assert seeing.objects is not None
    shelf = CandleShelf(seeing.connection, seeing.objects(), seeing.user.id)
    start = round(datetime.fromisoformat("2026-01-05T00:00:00Z").timestamp()) * 1_000_000
    hours = [bar(start + n * 4 * STEP_US, 60) for n in range(24 * 63)]
    asked = FetchedWindow(CandleWindow(start, start + len(hours) * 4 * STEP_US), seeing.clock())
    keep(shelf, BITCOIN._replace(granularity=HOUR, source="hours"), hours, asked)
    made = digests.digest(seeing, WEEK)
    used = candle_use.snapshots(seeing.connection, seeing.user.id, f"digest:{WEEK}")
    assert len(used) == 2 + 9
    market(low=50)
    found = digests.verify(seeing, WEEK)
    assert (found.ok, found.recomputed) == (True, made.sha256)


def test_a_digest_made_before_there_were_candles_is_proved_without_them(
    seeing: Session, market: Market, imported: Importer
) -> None:
    imported(*HELD)
    digests.digest(seeing, WEEK)
    market()
    assert digests.verify(seeing, WEEK).ok


def test_an_import_succeeds_while_the_candles_cannot_be_read(
    seeing: Session, market: Market, imported: Importer
) -> None:
    market()
    imported(*HELD)
    insights.conclude_anew(seeing)
    before = stored(seeing)
    [warning] = insights.conclude_anew(dead(seeing))
    assert "nobody answers" in warning
    assert stored(seeing) == before
    assert insights.findings(dead(seeing)).warnings
    [view] = trades.round_trips(dead(seeing))
    assert "nobody answers" in view.reached.mae_reason


def stored(session: Session) -> list[object]:
    rows = session.connection.execute("select bias, as_of, level, body from finding order by bias")
    uses = session.connection.execute("select sha256, used_by from candle_use order by 1, 2")
    return [*rows, *uses]


def test_a_digest_is_not_made_blind(seeing: Session, market: Market, imported: Importer) -> None:
    imported(*HELD)
    market()
    with pytest.raises(ObjectTrouble):
        digests.digest(dead(seeing), WEEK)


def test_a_snapshot_that_is_gone_is_named_and_nothing_is_proved(
    seeing: Session, market: Market, imported: Importer, tmp_path: Path
) -> None:
    imported(*HELD)
    market()
    digests.digest(seeing, WEEK)
    for file in (tmp_path / "objects" / "candles").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(SnapshotLost):
        digests.verify(seeing, WEEK)


def test_a_window_of_candles_never_reaches_beyond_the_week(
    seeing: Session, market: Market, imported: Importer
) -> None:
    """Bars of the week after are there; the digest is as if they were not."""
    imported(*HELD)
    market()
    made = digests.digest(seeing, WEEK)
    assert seeing.objects is not None
    shelf = CandleShelf(seeing.connection, seeing.objects(), seeing.user.id)
    start = round(datetime.fromisoformat("2026-03-09T00:00:00Z").timestamp()) * 1_000_000
    bars = [bar(start + n * STEP_US, 99) for n in range(672)]
    asked = FetchedWindow(
        CandleWindow(start, start + 672 * STEP_US), seeing.clock() + timedelta(days=1)
    )
    keep(shelf, BITCOIN, bars, asked)
    assert digests.digest(seeing, WEEK).sha256 == made.sha256


def test_bars_of_past_years_do_not_choose_the_bars_of_the_windows(
    seeing: Session, market: Market
) -> None:
    """Hours cover eight weeks and quarters the last two: the windows of two weeks see quarters."""
    market()
    start, end = hours_of_eight_weeks(seeing)
    read = sight.reader(seeing)
    two_weeks_us = end - 2 * 7 * 24 * 4 * STEP_US
    with seeing.connection.transaction():
        whole = read(CandleReach(("BTC-USD",), start, end)).of("BTC-USD")
        both = read(CandleReach(("BTC-USD",), start, end, two_weeks_us))
    judged = both.of("BTC-USD")
    assert whole is not None
    assert judged is not None
    assert (whole.step_us, judged.step_us) == (4 * STEP_US, STEP_US)
    assert max(len(one) for one in both.series("BTC-USD")) == 8 * 7 * 24


def test_no_candle_is_compared_across_a_split(
    seeing: Session, imported: Importer, market: Market
) -> None:
    market()
    imported(*HELD)
    reach = CandleReach((BITCOIN.symbol,), *hours_of_eight_weeks(seeing))
    (before,) = trades.round_trips(seeing)
    assert before.reached.mae is not None
    assert before.trip.symbol in sight.reader(seeing)(reach).bars
    at = datetime.fromisoformat("2026-03-04T00:00:00Z")
    ledger.write(seeing, None, ledger.NewEntry("deposit", "BTC", Decimal(1), at))
    ledger.split(seeing, None, "BTC", ledger.SplitRatio(10, 1), at)
    (after,) = trades.round_trips(seeing)
    assert (after.reached.mae, after.reached.mae_reason) == (None, excursions.SPLIT)
    assert why.of_trade(seeing, after.trip.id).path is None
    assert before.trip.symbol not in sight.reader(seeing)(reach).bars
