"""The net of a trade in another currency names the candle that told it, or has no value in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.cli.fills.converted import left_open, sums
from coach.engine.api import candles
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.money.converted import converted, of_open_trades
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.errors import Invalid, NotFound
from coach.model.market import SourceWishes
from tests.integration.engine.conftest import HEADER

ROWS = (
    HEADER,
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,USD,1",
    "2026-03-02T10:05:00Z,BTC-USD,sell,1,110,0,USD,2",
    "2026-03-03T09:00:00Z,BTC-USD,buy,1,100,0,USD,3",
    "2026-03-03T10:00:00Z,BTC-USD,sell,1,96,0,USD,4",
    "2026-03-02T09:00:00Z,ETH-EUR,buy,1,100,0,EUR,5",
    "2026-03-02T11:00:00Z,ETH-EUR,sell,1,103,0,EUR,6",
)
Price = Callable[[str, str], None]


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles, and three trades."""
    file = tmp_path / "fills.csv"
    file.write_text("\n".join(ROWS) + "\n")
    with_objects = replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))
    import_statement(with_objects, file, ImportRequest(account="main", shorts=False))
    return with_objects


@pytest.fixture
def price(session: Session, tmp_path: Path) -> Price:
    """Import an hour of bars of one price, from ten o'clock of the first day on."""

    def imported(symbol: str, close: str) -> None:
        bars = [
            f"2026-03-02T10:{minute:02d}:00Z,{symbol},{close},{close},{close},{close},1"
            for minute in (0, 15, 30, 45)
        ]
        file = tmp_path / "candles.csv"
        file.write_text("\n".join(["time,symbol,open,high,low,close,volume", *bars]) + "\n")
        assert session.objects is not None
        places = CandlePlaces(session.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
        candles.import_file(session, places, file, CandleFileNaming("vendor"), None)

    return imported


def values(session: Session, currency: str = "EUR") -> list[Decimal | None]:
    return [one.value for one in converted(session, currency)]


def test_without_a_candle_only_what_is_in_the_currency_has_a_value(session: Session) -> None:
    assert values(session) == [None, 3, None]
    lines = list(sums(converted(session, "EUR")))
    assert lines[0] == "EUR: 1 trade worth +3.00 EUR"
    assert "2 trades of net +6.00 USD not converted" in lines[1]


def test_a_value_is_that_of_the_candle_that_contains_the_close(
    session: Session, price: Price
) -> None:
    price("USD-EUR", "0.8")
    first, _, other = converted(session, "eur")
    assert (first.value, other.value) == (Decimal(8), None)
    [candle] = first.candles
    assert (candle.symbol, candle.source) == ("USD-EUR", "vendor")
    assert candle.start == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert "by candles of USD-EUR of vendor, 2026-03-02 to 2026-03-02" in next(
        line for line in sums(converted(session, "EUR")) if line.startswith("USD: 1 trade worth")
    )
    *_, total = sums(converted(session, "EUR"))
    assert total == "all: 2 trades worth +11.00 EUR, without 1 trade that no candle tells"


def test_the_pair_the_other_way_round_divides(session: Session, price: Price) -> None:
    price("EUR-USD", "1.25")
    assert values(session) == [Decimal(8), 3, None]


def test_two_candles_that_share_a_currency_tell_it_together(session: Session, price: Price) -> None:
    price("USD-CHF", "0.9")
    price("CHF-GBP", "0.5")
    first, *_ = converted(session, "GBP")
    assert first.value == Decimal("4.5")
    assert [one.symbol for one in first.candles] == ["USD-CHF", "CHF-GBP"]


def test_trades_that_are_open_are_in_no_sum_and_said(session: Session, tmp_path: Path) -> None:
    assert list(left_open(*of_open_trades(session, "EUR"))) == []
    file = tmp_path / "open.csv"
    rows = (
        ROWS[0],
        "2026-03-03T09:00:00Z,SOL-USD,buy,2,100,0,USD,7",
        "2026-03-03T10:00:00Z,SOL-USD,sell,1,112.5,0,USD,8",
        "2026-03-03T11:00:00Z,ADA-EUR,buy,1,100,0,EUR,9",
    )
    file.write_text("\n".join(rows) + "\n")
    import_statement(session, file, ImportRequest(account="main"))
    assert list(left_open(*of_open_trades(session, "EUR"))) == [
        "2 open trades not in these sums",
        "realised of these so far:",
        "all in EUR  gross 0.00  fees 0.00  net 0.00",
        "  without 1 close of net +12.50 USD: no stored candle converts their moment",
    ]


@pytest.mark.parametrize("text", ["E-R", "0", "1e5", "18.00", "", "600USDT", "NaN"])
def test_what_is_no_currency_is_refused(session: Session, text: str) -> None:
    with pytest.raises(Invalid, match="a currency such as EUR or BTC"):
        converted(session, text)


def test_an_account_that_is_not_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        converted(session, "EUR", account="none")
