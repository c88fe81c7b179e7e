"""Money in the base currency is one number: in profit, by trade, by week and by day."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.cli.commands.pnl import answer
from coach.engine.api import candles, digests, trades
from coach.engine.api.browse.calendar import calendar
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.entries.ledger import SplitRatio, split
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.money.base_currency import set_base_currency
from coach.engine.api.money.converted import converted, of_open_trades
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.engine.store import users
from coach.errors import Invalid
from coach.model.market import SourceWishes
from coach.server.screens.week import digest_words
from coach.views.profit import profit_report
from tests.integration.engine.conftest import HEADER

ROWS = (
    HEADER,
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0.5,USD,1",
    "2026-03-02T10:05:00Z,BTC-USD,sell,1,110,0.5,USD,2",
    "2026-03-03T09:00:00Z,BTC-USD,buy,2,100,0,USD,3",
    "2026-03-03T10:00:00Z,BTC-USD,sell,1,96,0,USD,4",
    "2026-03-02T09:00:00Z,ETH-EUR,buy,1,100,0,EUR,5",
    "2026-03-02T11:00:00Z,ETH-EUR,sell,1,103,0,EUR,6",
    "2026-03-04T09:00:00Z,SOL-GBP,buy,1,100,0,GBP,7",
    "2026-03-04T11:00:00Z,SOL-GBP,sell,1,103,0,GBP,8",
)
BARS = [
    f"2026-03-0{day}T{hour:02d}:00:00Z,{symbol},{price},{price},{price},{price},1"
    for day, rate in ((2, "0.8"), (3, "0.9"))
    for hour in range(24)
    for symbol, price in (("USD-EUR", rate), ("BTC-EUR", "81.5"))
]
WEEK = "2026-W10"
NET = Decimal(9) * Decimal("0.8") - 4 * Decimal("0.9") + 3


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with trades in three currencies and candles that convert one of them."""
    file, bars = tmp_path / "fills.csv", tmp_path / "candles.csv"
    file.write_text("\n".join(ROWS) + "\n")
    bars.write_text("\n".join(["time,symbol,open,high,low,close,volume", *BARS]) + "\n")
    seen = replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))
    import_statement(seen, file, ImportRequest(account="main", shorts=False))
    assert seen.objects is not None
    places = CandlePlaces(seen.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
    candles.import_file(seen, places, bars, CandleFileNaming("vendor"), None)
    return seen


@pytest.fixture
def in_euros(session: Session) -> Session:
    """The same, whose sums are told in euros."""
    set_base_currency(session, "eur")
    user = users.find(session.connection, session.user.name)
    assert user is not None
    return replace(session, user=user)


def test_every_surface_tells_the_same_sum(in_euros: Session) -> None:
    base = trades.profit(in_euros).base
    assert base is not None
    assert base.realised.sums.net == NET
    assert set(base.realised.left) == {"GBP"}
    by_trade = [one.value for one in converted(in_euros, "EUR") if one.value is not None]
    _, still = of_open_trades(in_euros, "EUR")
    assert sum(by_trade, still.sums.net) == NET
    days = calendar(in_euros)
    assert sum((day.net.get("EUR", Decimal(0)) for day in days), Decimal(0)) == NET
    assert sum((day.net.get("GBP", Decimal(0)) for day in days), Decimal(0)) == 3
    week = digests.digest(in_euros, WEEK)
    [row] = [one for one in week.pack["changes"]["rows"] if one["measure"] == "net_in_base_partly"]
    assert row["now"]["value"] == str(NET)


def test_every_face_shows_it_and_names_the_candles(in_euros: Session) -> None:
    week = digests.digest(in_euros, WEEK)
    by = "USD-EUR of vendor, 2 candles of 1h from 2026-03-02 10:00 to 2026-03-03 10:00 UTC"
    on_a_screen = json.dumps(digest_words(week), ensure_ascii=False)
    shown = (week.page("", 400), week.text, week.markdown, week.html, on_a_screen)
    for text in shown:
        flat = " ".join(text.split())
        assert "+6.60 EUR" in flat
        assert by in flat or by in flat.replace("\\-", "-")
    below = answer(trades.profit(in_euros)).below
    assert "all in EUR  gross +7.40  fees 0.80  net +6.60" in below
    assert f"  by {by}" in below
    assert "  without 1 close of net +3.00 GBP: no stored candle converts their moment" in below


def test_an_open_position_is_told_at_the_newest_candle(in_euros: Session) -> None:
    base = trades.profit(in_euros).base
    assert base is not None
    [held] = base.positions
    assert (held.position.quantity, held.value) == (Decimal(1), Decimal("81.5"))
    assert [f"{one.symbol} {one.start:%d %H}" for one in held.candles] == ["BTC-EUR 03 23"]
    assert base.worth == Decimal("81.5")
    line = "open positions in EUR, at the newest stored candles: 81.50 EUR"
    assert line in answer(trades.profit(in_euros)).below


def test_what_was_split_has_no_worth_by_candles_of_unknown_units(in_euros: Session) -> None:
    split(in_euros, None, "BTC", SplitRatio(10, 1), datetime(2026, 3, 4, tzinfo=UTC))
    base = trades.profit(in_euros).base
    assert base is not None
    [held] = base.positions
    assert (held.position.quantity, held.value, base.worth) == (Decimal(10), None, None)


def test_a_digest_is_verified_with_the_very_candles(in_euros: Session, tmp_path: Path) -> None:
    made = digests.digest(in_euros, WEEK)
    more = tmp_path / "more.csv"
    bars = [line.replace("0.8", "0.5") for line in BARS if "USD-EUR" in line]
    more.write_text("\n".join(["time,symbol,open,high,low,close,volume", *bars]) + "\n")
    assert in_euros.objects is not None
    places = CandlePlaces(in_euros.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
    candles.import_file(in_euros, places, more, CandleFileNaming("vendor"), None)
    set_base_currency(in_euros, "GBP")
    verified = digests.verify(in_euros, WEEK)
    assert (verified.ok, verified.recomputed) == (True, made.sha256)
    assert digests.digest(in_euros, WEEK).sha256 != made.sha256


def test_without_a_base_currency_nothing_is_converted(session: Session) -> None:
    found = trades.profit(session)
    assert found.base is None
    assert profit_report(found)["in_base"] is None
    week = digests.digest(session, WEEK)
    assert "base_currency" not in week.pack
    assert "rates" not in week.pack["inputs"]
    once = digests.look(session, WEEK, "EUR")
    assert once.pack["base_currency"] == "EUR"
    assert digests.digest(session, WEEK).sha256 == week.sha256


def test_the_average_method_is_not_converted_and_said_so(in_euros: Session) -> None:
    found = trades.profit(in_euros, "average")
    assert found.base is None
    assert found.warnings[-1] == "nothing is told in EUR: closes are converted as FIFO matches them"


def test_what_is_no_currency_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="a currency such as EUR or BTC"):
        set_base_currency(session, "E-R")
