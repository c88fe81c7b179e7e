"""A rule that asks for candles: what it lacks, what it sees, what stands when they are gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest

from coach.engine.api import insights
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import check, dry_run, rules
from coach.engine.api.session import Session
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep
from coach.engine.market.objects import open_objects
from coach.errors import ObjectTrouble
from coach.model.candles import DAY, QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol
from tests.integration.engine.conftest import HEADER, row

Importer = Callable[..., object]
BITCOIN = Series(Symbol("BTC-USD"), QUARTER, "file")
STEP_US = 900_000_000
BARS = 1_344


@pytest.fixture
def seeing(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles."""
    return replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * 1_000_000


def bring_candles(seeing: Session, year: int = 2026) -> None:
    """Keep two weeks of quiet bars in which the price jumped at 10:00 of 2 March, and stayed."""
    assert seeing.objects is not None
    start, jump = us(f"{year}-02-23T00:00:00Z"), us(f"{year}-03-02T10:00:00Z")
    bars = [
        bar(start + n * STEP_US, 110 if start + n * STEP_US >= jump else 100) for n in range(BARS)
    ]
    shelf = CandleShelf(seeing.connection, seeing.objects(), seeing.user.id)
    asked = FetchedWindow(CandleWindow(start, start + BARS * STEP_US), seeing.clock())
    keep(shelf, BITCOIN, bars, asked)


def bar(start_us: int, price: int) -> Candle:
    middle = Decimal(price) + Decimal(start_us // STEP_US % 2) / 10
    return Candle(start_us, middle, middle, middle, middle, Decimal(1))


def broken(session: Session) -> list[str]:
    return [f"{breach.at:%H:%M}" for breach in rules.breaches(session)]


def test_a_spike_is_seen_once_there_are_candles_and_stays_seen(
    seeing: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:30 sell BTC-USD 1 @ 100")
    imported("10:30 buy BTC-USD 1 @ 110", "11:00 sell BTC-USD 1 @ 110")
    view = rules.add(seeing, "no_entry_after_spike", {"z": 3})
    assert (view.breaches, view.lacks) == (0, ("candles",))
    bring_candles(seeing)
    insights.conclude_anew(seeing)
    assert broken(seeing) == ["10:30"]
    assert rules.view(seeing, "no_entry_after_spike").lacks == ()

    def gone() -> NoReturn:
        raise ObjectTrouble("try again", what="the folder is gone")

    blind = replace(seeing, objects=gone)
    insights.conclude_anew(blind)
    assert broken(blind) == ["10:30"]


def test_a_rule_that_changed_is_judged_anew(seeing: Session, imported: Importer) -> None:
    imported("10:30 buy BTC-USD 1 @ 110", "11:00 sell BTC-USD 1 @ 110")
    bring_candles(seeing)
    assert rules.add(seeing, "no_entry_after_spike", {"z": 3}).breaches == 1
    calmer = rules.edit(seeing, "no_entry_after_spike", {"z": 100}, rules.Terms())
    assert calmer.breaches == 0


def test_a_spike_before_an_entry_is_seen_whatever_else_was_traded_and_stored(
    seeing: Session, imported: Importer
) -> None:
    """Candles of a day are stored for two years, in which a trade was made long before."""
    imported("10:30 buy BTC-USD 1 @ 110 #1", "11:00 sell BTC-USD 1 @ 110 #2")
    bring_candles(seeing)
    rules.add(seeing, "no_entry_after_spike", {"z": 3, "horizon": 45})
    assert broken(seeing) == ["10:30"]
    imported("09:00 buy BTC-USD 1 @ 50 #3", "09:30 sell BTC-USD 1 @ 50 #4", day="2024-05-01")
    assert seeing.objects is not None
    shelf = CandleShelf(seeing.connection, seeing.objects(), seeing.user.id)
    start = us("2024-03-01T00:00:00Z")
    days = [bar(start + n * 96 * STEP_US, 100) for n in range(740)]
    asked = FetchedWindow(CandleWindow(start, start + len(days) * 96 * STEP_US), seeing.clock())
    keep(shelf, BITCOIN._replace(granularity=DAY, source="days"), days, asked)
    seeing.connection.execute("delete from breach")
    insights.conclude_anew(seeing)
    rules.edit(seeing, "no_entry_after_spike", {"z": 2.5}, rules.Terms())
    assert broken(seeing) == ["10:30"]


def test_open_profit_that_was_given_back_counts_at_once_and_in_a_check(
    seeing: Session, imported: Importer
) -> None:
    """The price stood at 110 while the trade was open that was sold at 105."""
    imported("09:30 buy BTC-USD 1 @ 100", "10:50 sell BTC-USD 1 @ 105", "10:55 buy ETH-USD 1 @ 9")
    bring_candles(seeing)
    view = rules.add(seeing, "max_drawdown", {"floor": "intraday", "amount": 5})
    assert broken(seeing) == ["10:55"]
    assert view.lacks == ()
    [breach] = rules.breaches(seeing)
    assert breach.facts["lost"] == "5.1"
    soon = replace(seeing, clock=lambda: datetime.fromisoformat("2026-03-02T11:00:00Z"))
    [stopped] = check.check(soon, check.CheckRequest("BTC-USD", "buy", Decimal(1))).broken
    assert stopped.facts == breach.facts
    assert dry_run.of_stored(seeing, "max_drawdown").worth.caught == 1
    rules.edit(seeing, "max_drawdown", {"amount": 6}, rules.Terms())
    assert check.check(soon, check.CheckRequest("BTC-USD", "buy", Decimal(1))).broken == ()


def test_a_check_counts_the_profit_of_what_is_open_by_now(
    seeing: Session, imported: Importer
) -> None:
    """What was bought at 120 stands at 110 when something else is thought of."""
    imported("10:05 buy BTC-USD 1 @ 120")
    bring_candles(seeing)
    rules.add(seeing, "max_drawdown", {"floor": "intraday", "amount": 9})
    soon = replace(seeing, clock=lambda: datetime.fromisoformat("2026-03-02T12:00:00Z"))
    request = check.CheckRequest("ETH-USD", "buy", Decimal(1), Decimal(9))
    [stopped] = check.check(soon, request).broken
    assert stopped.facts["lost"] == "9.9"


def test_a_best_of_years_ago_counts_for_what_is_imported_today(
    seeing: Session, imported: Importer, tmp_path: Path
) -> None:
    """The price stood at 110 in March 2023 while the trade was open that was sold at 105."""
    imported("09:30 buy BTC-USD 1 @ 100", "10:50 sell BTC-USD 1 @ 105", day="2023-03-02")
    bring_candles(seeing, 2023)
    rules.add(seeing, "max_drawdown", {"floor": "intraday", "amount": 5})
    insights.conclude_anew(seeing)
    file = tmp_path / "today.csv"
    file.write_text(f"{HEADER}\n{row('2026-03-02', '10:55 buy ETH-USD 1 @ 9')}\n")
    import_statement(seeing, file, ImportRequest(account="main"))
    [breach] = rules.breaches(seeing)
    assert breach.facts["lost"] == "5.1"
    insights.conclude_anew(seeing)
    assert rules.breaches(seeing) == [breach]
