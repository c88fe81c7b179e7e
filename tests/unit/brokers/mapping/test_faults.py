"""What cost people money with other programs, one test for each kind.

Those that a product's own case shows are named here with the case: the time before the date
(bybit-spot), a unit of the wrong coin and a direction per leg (okx-history, bybit-account), a fee
in the coin received and one that moved to another column (bybit-spot, htx-old, bybit-spot-2026), an
amount that is the quote's (htx), a market written backwards (poloniex-2023), funding among fills
(bybit-derivatives), misspelled headers (bybit-derivatives, crypto-com-exchange, tradersync), a fee
in another coin than its column says (poloniex), profits that hold the fee (hyperliquid), orders and
trades that repeat each other (interactive-brokers), currencies in unnamed columns and pence
(degiro, trading212).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.brokers.base import Row
from coach.brokers.statements import open_statement
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.mapping.questions import UnansweredMapping, UnmappedStatement
from coach.brokers.statements.statement import Statement
from coach.errors import NotAStatement
from coach.model.fills import Fill

Opened = Callable[..., Statement]
Rows = Callable[..., list[Row]]

FUTURES = "Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID"
GATE = "No,Time,Trade type,Role,Market,Deal price,Deal amount,Total,Fee"
COLUMNS = {"timestamp": "When", "symbol": "What", "side": "Way", "quantity": "N", "price": "At"}


def fills(found: list[Row]) -> list[Fill]:
    return [row for row in found if isinstance(row, Fill)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_header_with_another_delimiter_is_the_same_export(
    rows: Rows, delimiter: str
) -> None:
    text = f"{GATE}\n1,2024-01-05 10:00:00,Buy,Taker,GT/USDT,5,2 GT,10 USDT,0.01 GT\n"
    (fill,) = fills(rows(text.replace(",", delimiter), zone="UTC"))
    assert (fill.symbol, fill.quantity, fill.price) == ("GT-USDT", Decimal(2), Decimal(5))


@pytest.mark.parametrize(
    ("name", "hour"),
    [("trades (UTC+3).csv", 7), ("trades (UTC--6).csv", 16), ("trades (UTC).csv", 10)],
)
def test_a_zone_that_only_the_file_s_name_says_is_believed(
    rows: Rows, name: str, hour: int
) -> None:
    text = f"{FUTURES}\n24-03-05 10:00:00,BTCUSDT,BUY,100,1,100,0.1USDT,0,true,false,1,1\n"
    (fill,) = fills(rows(text, name=name))
    assert fill.at == datetime(2024, 3, 5, hour, tzinfo=UTC)


def test_without_that_name_the_clock_is_asked(opened: Opened) -> None:
    text = f"{FUTURES}\n24-03-05 10:00:00,BTCUSDT,BUY,100,1,100,0.1USDT,0,true,false,1,1\n"
    assert opened(text).clock_trouble is not None


@pytest.mark.parametrize("word", ["sell short", "long", "Bid", "short"])
def test_a_word_that_means_the_opposite_elsewhere_is_asked(opened: Opened, word: str) -> None:
    text = f"When,What,Way,N,At\n2024-01-05 10:00,BTC/EUR,{word},1,100\n"
    with pytest.raises(UnansweredMapping) as refusal:
        opened(text, MappingChoice(COLUMNS), zone="UTC")
    assert [one.kind for one in refusal.value.questions] == ["side_words"]
    said = MappingChoice(COLUMNS, {f"side_words:{word.lower()}": "buy"})
    (fill,) = fills(list(opened(text, said, zone="UTC").rows()))
    assert fill.side == "buy"


def test_long_ids_stay_exact_and_equal_rows_stay_several(rows: Rows) -> None:
    head = (
        "Spot Pairs,Order Type,Direction,Filled Value,Filled Price,Filled Quantity,Fees,"
        "Transaction ID,Order No.,Timestamp (UTC)\n"
    )
    line = "SOLUSDT,LIMIT,BUY,100,50,2,0.002,2290000000123456789,1,2025-03-01 08:00:00\n"
    assert [one.native_id for one in fills(rows(head + line * 2))] == ["2290000000123456789"] * 2


def test_the_price_of_the_fill_is_proposed_and_not_the_limit(opened: Opened) -> None:
    text = (
        "Symbol,Side,Filled,Total Qty,Price,Avg Price,Placed Time,Filled Time\n"
        "AAPL,Buy,5,5,@101,100.5,2026-03-13 09:30:00,2026-03-13 09:31:00\n"
    )
    with pytest.raises(UnmappedStatement) as refusal:
        opened(text)
    proposed = refusal.value.columns
    assert (proposed["price"], proposed["time"]) == ("Avg Price", "Filled Time")
    assert proposed["quantity"] == "Filled"


def test_a_closing_fill_that_comes_first_says_that_the_file_begins_late(opened: Opened) -> None:
    """
    10:00 sell ETH 1, realised 50: closes what was bought before the file
    11:00 buy  BTC 1, realised nothing
    12:00 sell BTC 1, realised 10
    """
    lines = (
        "24-03-05 10:00:00,ETHUSDT,SELL,2000,1,2000,0.1USDT,50,false,false,1,1",
        "24-03-05 11:00:00,BTCUSDT,BUY,100,1,100,0.1USDT,0,true,false,2,2",
        "24-03-05 12:00:00,BTCUSDT,SELL,110,1,110,0.1USDT,10,false,false,3,3",
    )
    for listed in (lines, lines[::-1]):
        statement = opened("\n".join([FUTURES, *listed]), zone="UTC")
        assert len(list(statement.rows())) == 3
        (warning,) = statement.warnings()
        assert "ETH-USDT: a fill that should open a position realised a profit" in warning


def test_an_export_whose_currency_is_only_in_the_file_s_name_is_refused_by_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "deribit-BTC.csv"
    path.write_text(
        "ID,UserSeq,Date,Instrument,Type,Side,Amount,Base Amount,Position,Price,Mark Price,"
        "Index Price,Cash Flow,Funding,Fee Rate,Fee Charged,Fee Balance,Change,Balance,Equity\n"
    )
    with pytest.raises(NotAStatement, match="Deribit"):
        open_statement(path)


def test_what_one_lot_is_is_asked_for_each_symbol(opened: Opened) -> None:
    head = (
        "ID,Symbol,Opening Direction,Opening Time (UTC+0),Closing Time (UTC+0),Entry price,"
        "Closing Price,Closing Quantity,Net USD,Balance USD"
    )
    times = "16/03/2024 10:00:00,16/03/2024 11:00:00"
    lines = [
        f"{n},{name},Buy,{times},1,2,1.00 Lots,1,1" for n, name in enumerate(["XAUUSD", "US30"])
    ]
    with pytest.raises(UnansweredMapping) as refusal:
        opened("\n".join([head, *lines]), MappingChoice(answers={"quote": "USD"}))
    assert [one.text for one in refusal.value.questions] == [
        "how many units is one lot of US30?",
        "how many units is one lot of XAUUSD?",
    ]
    said = {"quote": "USD", "contract_size:US30": "1", "contract_size:XAUUSD": "100"}
    found = opened("\n".join([head, *lines]), MappingChoice(answers=said)).rows()
    assert [int(row.quantity) for row in found if isinstance(row, Fill)] == [100, 100, 1, 1]
