"""Excursions, R multiples and the win rate of ../shared/cases/analytics, with their right answers.

Every case is asked by `trades`, by `trades` cut to single trades, and by `why`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import candles, digests, insights, trades, why
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.excursions import TradeExcursion
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import plans
from coach.engine.api.promises.plans import PlanRequest
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter, TradeView
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.engine.outbox import partitions
from coach.model.market import SourceWishes
from coach.model.trades import win_rate

CASES = Path(__file__).parents[4].parent / "shared" / "cases" / "analytics"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases/analytics is not here")

Case = Callable[..., list[TradeView]]


@pytest.fixture
def seeing(session: Session, tmp_path: Path) -> Session:
    """A session in July 2026 with a folder for candles."""
    partitions.ensure(session.connection, NOW)
    folder = Folder(tmp_path / "objects")
    return replace(session, clock=lambda: NOW, objects=lambda: open_objects(folder))


@pytest.fixture
def case(seeing: Session) -> Case:
    """Import a statement, and candles written `file:source`; return the trades."""

    def bring(statement: str, *markets: str) -> list[TradeView]:
        assert seeing.objects is not None
        import_statement(seeing, CASES / f"{statement}.csv", ImportRequest(account="main"))
        places = CandlePlaces(seeing.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
        for market in markets:
            name, _, source = market.partition(":")
            candles.import_file(
                seeing, places, CASES / f"{name}.candles.csv", CandleFileNaming(source), None
            )
        return list(trades.round_trips(seeing))

    return bring


def told(reached: TradeExcursion) -> tuple[str, str, str] | str:
    """Return MAE, MFE and whose candles, or why not."""
    if reached.mae is None or reached.mfe is None:
        return reached.mae_reason
    parts = (f"{part.normalize():f}" for part in (reached.mae, reached.mfe))
    return (*parts, f"{reached.source} {reached.granularity}")  # type: ignore[return-value]


def alike_everywhere(session: Session, views: list[TradeView]) -> None:
    """Ask for every trade alone, by its times, by its symbol and in the drawer."""
    for view in views:
        closed = view.trip.closed_at
        assert closed is not None
        just = TradeFilter(closed, closed.replace(microsecond=1), view.trip.symbol)
        [alone] = trades.round_trips(session, just)
        assert alone == view
        assert why.of_trade(session, view.trip.id).reached == view.reached


ENTRY_TO_EXIT = ("0.02", "0.06", "file 15m")


@pytest.mark.parametrize(
    ("statement", "markets", "expected"),
    [
        ("mae", ("mae_full:file",), ENTRY_TO_EXIT),
        ("mae", ("mae_shuffled:file",), ENTRY_TO_EXIT),
        ("mae", ("mae_full:file", "mae_hourly:hours"), ENTRY_TO_EXIT),
        ("mae", ("mae_hourly:hours", "mae_full:file"), ENTRY_TO_EXIT),
        ("mae_short", ("mae_full:file",), ("0.06", "0.02", "file 15m")),
        ("mae", ("mae_gap:file",), "candles do not cover the trade"),
        ("mae", (), "no candles of the symbol"),
        ("mae", ("mae_hourly:hours",), "no candle lies wholly inside the trade"),
    ],
)
def test_bars_wholly_inside_tell_how_far_a_trade_went(
    seeing: Session, case: Case, statement: str, markets: tuple[str, ...], expected: object
) -> None:
    views = case(statement, *markets)
    assert [told(view.reached) for view in views] == [expected]
    alike_everywhere(seeing, views)


BETWEEN = [
    ("0.005", "0.015", "file 15m"),
    ("0.02", "0.06", "file 15m"),
    ("0.005", "0.015", "file 15m"),
]


@pytest.mark.parametrize("markets", [(), ("hourly_long:hours",)])
def test_each_of_three_trades_has_its_excursion_under_every_filter(
    seeing: Session, case: Case, markets: tuple[str, ...]
) -> None:
    views = case("mae_between", "mae_between:file", *markets)
    assert [told(view.reached) for view in views] == BETWEEN
    alike_everywhere(seeing, views)


def test_an_older_trade_and_its_hourly_candles_change_no_value(seeing: Session, case: Case) -> None:
    views = case("mae_two_values", "mae_between:file", "hourly_long:hours")
    assert [told(view.reached) for view in views] == [
        ("0.5", "0.5", "hours 1h"),
        ("0.1", "0.1", "file 15m"),
    ]
    alike_everywhere(seeing, views)


def test_results_are_told_as_multiples_of_what_the_stop_risked(seeing: Session, case: Case) -> None:
    plans.add(seeing, "stop", PlanRequest(percent=Decimal(2)))
    views = case("r_multiples")
    assert [(view.trip.symbol[:3], view.reached.r) for view in views[:-1]] == [
        ("AAA", Decimal("-1.6")),
        ("BBB", Decimal("-0.2")),
        ("CCC", Decimal("1.9")),
        ("DDD", Decimal("0.5")),
        ("DDD", Decimal("0.495050")),
    ]
    assert views[-1].reached.r in {Decimal("-0.005051"), Decimal("-0.005")}
    alike_everywhere(seeing, views)


def test_every_surface_counts_twenty_wins_of_thirty_decided_trades(
    seeing: Session, case: Case
) -> None:
    views = case("be_winrate")
    counted = win_rate(Counter(view.outcome for view in views if view.outcome))
    assert (counted.wins, counted.decided, counted.break_even) == (20, 30, 10)
    week = digests.digest(seeing, "2026-W10")
    rows = {row["measure"]: row["now"] for row in week.pack["changes"]["rows"]}
    assert (rows["won"]["value"], rows["won"]["shown"][:10]) == ("20/30", "67 % of 30")
    assert rows["even"]["value"] == "10"
    [payoff] = insights.findings(seeing, bias="payoff_asymmetry").findings
    assert payoff.facts["win_rate"] == pytest.approx(2 / 3, abs=1e-5)
    sample = payoff.evidence[0].sample
    assert (sample["n"], sample["wins"], sample["break_even"]) == (30, 20, 10)
