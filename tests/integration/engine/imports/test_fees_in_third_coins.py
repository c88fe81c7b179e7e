"""A fee in a third coin is valued by the stored candle of its minute, on every surface alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import candles, digests, imports, trades, why
from coach.engine.api.candles import CandleFileNaming, CandlePlaces, FetchRequest, SymbolRequest
from coach.engine.api.fee_candles import fee_windows
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.digest.words import SENTENCES
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.model.accounts import Run
from coach.model.candles import CandleWindow
from coach.model.fills import Symbol
from coach.model.market import SourceWishes
from coach.model.times import instant, microseconds
from coach.model.trades import RoundTrip

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
SCALPS = """
2026-03-02T09:00:00Z,ETH-USDT,buy,1,2000,0.001,BNB,b1
2026-03-02T09:20:00Z,ETH-USDT,sell,1,2000.5,0.001,BNB,s1
2026-03-03T09:00:00Z,ETH-USDT,buy,1,2000,0.001,BNB,b2
2026-03-03T09:20:00Z,ETH-USDT,sell,1,2010,0.001,BNB,s2
"""
LOST = Decimal("-0.7")  # 0.50 gained, 2 x 0.001 BNB at 600 paid
WON = Decimal("8.8")
Bring = Callable[..., Run]
Price = Callable[..., None]


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles."""
    return replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Bring:
    """Import the rows of a statement."""

    def imported(rows: str = SCALPS, account: str = "main") -> Run:
        file = tmp_path / f"statement-{abs(hash(rows))}.csv"
        file.write_text(f"{HEADER}\n{rows.strip()}\n")
        return import_statement(session, file, ImportRequest(account=account))

    return imported


@pytest.fixture
def price(session: Session, tmp_path: Path) -> Price:
    """Import a day and a half of bars of one price."""

    def imported(symbol: str, close: str, minutes: int = 15, source: str = "vendor") -> None:
        first = datetime.fromisoformat("2026-03-02T00:00:00Z")
        count = 36 * 60 // minutes
        starts = (first + timedelta(minutes=minutes * number) for number in range(count))
        bar = ",".join([symbol, *[close] * 4, "1"])
        file = tmp_path / "candles.csv"
        rows = [f"{at.isoformat()},{bar}" for at in starts]
        file.write_text("\n".join(["time,symbol,open,high,low,close,volume", *rows]) + "\n")
        assert session.objects is not None
        places = CandlePlaces(session.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
        candles.import_file(session, places, file, CandleFileNaming(source), None)

    return imported


def trips(session: Session) -> list[RoundTrip]:
    return [view.trip for view in trades.round_trips(session)]


def outcomes(session: Session) -> list[str | None]:
    return [view.outcome for view in trades.round_trips(session)]


def said(session: Session) -> str:
    """The week's digest, on one line."""
    return " ".join(digests.digest(session, "2026-W10").text.split())


def test_without_a_price_nothing_is_won_and_no_result_is_after_fees(
    session: Session, bring: Bring
) -> None:
    bring()
    assert outcomes(session) == ["unknown", "unknown"]
    assert trips(session)[0].other_fees == {"BNB": Decimal("0.002")}
    profit = trades.profit(session)
    assert (profit.totals["USDT"].net, profit.totals["USDT"].fees) == (Decimal("10.5"), Decimal(0))
    assert any("BNB" in warning for warning in profit.warnings)
    told = said(session)
    assert "fter fees" not in told
    assert "won 0" in told
    assert "Without the fees paid in BNB" in told
    assert "After fees" in SENTENCES["week.net"]


def test_a_candle_that_arrives_later_values_it_everywhere(
    session: Session, bring: Bring, price: Price
) -> None:
    bring()
    price("BNB-USDT", "600")
    assert [trip.net for trip in trips(session)] == [LOST, WON]
    assert outcomes(session) == ["break_even", "win"]
    assert trips(session)[0].other_fees == {}
    profit = trades.profit(session)
    assert (profit.totals["USDT"].net, profit.warnings) == (LOST + WON, ())
    assert profit.rows[0].position.other_fees == {}
    rows = digests.digest(session, "2026-W10").pack["changes"]["rows"]
    told = {row["measure"]: row["now"]["value"] for row in rows}
    assert (told["net"], told["fees"], told["won"]) == ("8.1", "2.4", "1/1")
    assert "After fees the result was +8.10 USDT" in said(session)
    assert digests.verify(session, "2026-W10").ok


def test_the_evidence_names_the_value_the_candle_and_its_source(
    session: Session, bring: Bring, price: Price
) -> None:
    bring()
    price("BNB-USDT", "600")
    found = why.of_trade(session, trips(session)[0].id)
    values = list(found.fee_values.values())
    assert [(one.coin, one.fee, one.price, one.value) for one in values] == [
        ("BNB", Decimal("0.001"), Decimal(600), Decimal("0.6"))
    ] * 2
    [candle] = values[1].candles
    assert (candle.symbol, candle.source, candle.granularity) == ("BNB-USDT", "vendor", 900)
    assert candle.start == datetime.fromisoformat("2026-03-02T09:15:00Z")
    assert found.outcome == "break_even"


def test_an_import_finds_candles_that_are_there_already(
    session: Session, bring: Bring, price: Price
) -> None:
    price("BNB-USDT", "600")
    bring()
    assert [trip.net for trip in trips(session)] == [LOST, WON]
    run = bring("2026-03-04T09:00:00Z,ETH-USDT,buy,1,2000,0.001,BNB,b3")
    assert trades.profit(session).rows[0].position.other_fees == {"BNB": Decimal("0.001")}
    imports.undo(session, run.id)
    assert trades.profit(session).rows[0].position.other_fees == {}
    assert [trip.net for trip in trips(session)] == [LOST, WON]


def test_the_finest_candle_counts_and_of_two_sources_the_first_by_name(
    session: Session, bring: Bring, price: Price
) -> None:
    bring()
    price("BNB-USDT", "900", minutes=60)
    assert trips(session)[0].fees == Decimal("1.8")
    price("BNB-USDT", "600", minutes=5, source="zeta")
    assert trips(session)[0].fees == Decimal("1.2")
    price("BNB-USDT", "700", minutes=15)
    assert trips(session)[0].fees == Decimal("1.2")
    price("BNB-USDT", "800", minutes=5, source="alpha")
    assert trips(session)[0].fees == Decimal("1.6")


def test_two_candles_that_share_a_currency_tell_where_none_is_direct(
    session: Session, bring: Bring, price: Price
) -> None:
    bring()
    price("BNB-EUR", "500")
    assert outcomes(session) == ["unknown", "unknown"]
    price("EUR-USDT", "1.2")
    assert trips(session)[0].fees == Decimal("1.2")
    found = why.of_trade(session, trips(session)[0].id)
    [first, second] = next(iter(found.fee_values.values())).candles
    assert (first.symbol, second.symbol) == ("BNB-EUR", "EUR-USDT")


def test_a_fee_outside_the_candles_has_no_value(
    session: Session, bring: Bring, price: Price
) -> None:
    bring(SCALPS + "2026-03-03T13:00:00Z,ETH-USDT,buy,1,2000,0.001,BNB,b3\n")
    price("BNB-USDT", "600")
    [book] = trades.profit(session).rows
    assert book.position.fees == Decimal("2.4")
    assert book.position.other_fees == {"BNB": Decimal("0.001")}


def test_a_budget_counts_the_value(session: Session, bring: Bring, price: Price) -> None:
    bring(SCALPS + "2026-03-03T13:00:00Z,ETH-USDT,buy,1,2000,0,,b3\n")
    rules.add(session, "fee_budget_per_week", {"budget": 2})
    assert rules.breaches(session) == []
    price("BNB-USDT", "600")
    [breach] = rules.breaches(session)
    assert (breach.facts["fees"], breach.facts["margin"]) == ("2.4", "0.4")


EVER = CandleWindow(0, 1 << 60)
BNB = Symbol("BNB-USDT")


def test_a_fetch_asks_for_the_coins_of_fees_around_their_fills_alone(
    session: Session, bring: Bring
) -> None:
    bring(SCALPS + "2026-03-24T09:00:00Z,BTC-USDT,buy,1,60000,0.001,BNB,b3\n")
    found = fee_windows(session, [Symbol("ETH-USDT"), Symbol("BTC-USDT")], EVER, {})
    spans = [(instant(one.start_us).date(), instant(one.end_us).date()) for one in found[BNB]]
    assert spans == [(date(2026, 3, 2), date(2026, 3, 3)), (date(2026, 3, 24), date(2026, 3, 24))]
    assert list(found) == ["BNB-USDT"]
    [only] = fee_windows(session, [Symbol("BTC-USDT")], EVER, {})[BNB]
    assert instant(only.start_us) == datetime.fromisoformat("2026-03-24T09:00:00Z")
    assert fee_windows(session, [Symbol("BTC-USDT")], EVER, {BNB: EVER}) == {}


def test_what_is_fetched_holds_the_coins_of_fees(session: Session, bring: Bring) -> None:
    bring(SCALPS)
    orders = candles.weeks_wanted(session, FetchRequest())
    assert [order.symbol for order in orders] == ["ETH-USDT", "BNB-USDT"]
    until = datetime.fromisoformat("2026-03-02T12:00:00Z")
    [_, fees] = candles.weeks_wanted(
        session, FetchRequest((SymbolRequest(Symbol("ETH-USDT")),), until=until)
    )
    assert fees.end_us <= microseconds(until)
