"""What coach proposes for a file that it does not know names all that the file tells."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.advice.hints import hint_of
from coach.brokers.base import Row
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.mapping.questions import UnansweredMapping, UnmappedStatement
from coach.brokers.statements.mapping.toml_text import read_mapping, write_mapping
from coach.brokers.statements.statement import Statement
from coach.model.fills import Fill

Opened = Callable[..., Statement]
Rows = Callable[..., list[Row]]

PROPOSED = {
    "words of everyday": (
        "When;What;Way;N;At;Charge\n2026-02-03 10:00;BTC/EUR;buy;2;100;0.2\n",
        "time=When symbol=What side=Way price=At fee=Charge quantity=COLUMN",
    ),
    "times by their cells": (
        "Moment,Pair,Side,Qty,Price,Fee\n19:34 2026-02-28,BTC/EUR,Buy,1,100,0.5\n",
        "time=Moment symbol=Pair side=Side quantity=Qty price=Price fee=Fee",
    ),
    "words within a header": (
        "Deal date,Stock,B/S,Number of shares,Price paid,Brokerage\n2026-02-28,AAPL,B,10,100,0.5\n",
        (
            "time=Deal date symbol=Stock side=B/S quantity=Number of shares price=Price paid"
            " fee=Brokerage"
        ),
    ),
    "a currency in brackets": (
        (
            "Trade time (UTC+3),Market,Side,Filled Qty,Fill price (USDT),Fees (USDT)\n"
            "2026-02-28 10:00:00,BTC,Buy,1,100,0.5\n"
        ),
        (
            "time=Trade time (UTC+3) symbol=Market side=Side quantity=Filled Qty"
            " price=Fill price (USDT) fee=Fees (USDT)"
        ),
    ),
    "misspelled": (
        "Tiem,Symbol,Side,Quantiy,Price,Commision\n2026-02-28 10:00,BTC/EUR,Buy,2,200,0.1\n",
        "time=Tiem symbol=Symbol side=Side quantity=Quantiy price=Price fee=Commision",
    ),
    "a fee that moved to another column": (
        (
            "Pair,Time,Side,Price,Qty,Fees,feeCoin,execFee\n"
            "BTC/USDT,2026-02-28 10:00,Buy,100,2,--,BNB,0.002\n"
        ),
        "time=Time symbol=Pair side=Side quantity=Qty price=Price fee=execFee fee_currency=feeCoin",
    ),
    "the price of the fill and not the limit": (
        (
            "Symbol,Side,Order Qty,Limit price,Avg. price,Exec qty,Time\n"
            "BTC/EUR,BUY,3,99,98.5,2,2026-02-28 10:00\n"
        ),
        "time=Time symbol=Symbol side=Side quantity=Exec qty price=Avg. price",
    ),
    "what multiplies": (
        (
            "Time,Symbol,Side,Qty,X,Y\n2026-02-28 10:00,BTC/EUR,buy,2,3,6\n"
            "2026-02-28 11:00,BTC/EUR,buy,3,5,15\n"
        ),
        "time=Time symbol=Symbol side=Side quantity=Qty price=X total=Y",
    ),
    "a currency in the unnamed column behind": (
        (
            "Date,Time,Product,Quantity,Price,,Local value,,Costs,\n"
            "28-02-2026,10:00,Apple,2,100,USD,-200,USD,-1.00,EUR\n"
        ),
        (
            "time=Date+Time symbol=Product quote=Price+1 quantity=Quantity price=Price"
            " total=Local value fee=Costs fee_currency=Costs+1"
        ),
    ),
    "a closed trade": (
        (
            "Symbol,Position,Opened,Closed,Size,Entry,Exit,Net PnL,Fees\n"
            "BTC/EUR,Long,2026-02-28 10:00,2026-02-28 11:00,2,200,210,19.6,0.4\n"
        ),
        (
            "time=Opened symbol=Symbol side=Position quantity=Size price=Entry fee=Fees"
            " exit_time=Closed exit_price=Exit profit=Net PnL"
        ),
    ),
    "a list of trades without fees": (
        "Time,Pair,Side,Price,Qty\n2026-02-28 10:00:00,BTC/EUR,Buy,100,2\n",
        "time=Time symbol=Pair side=Side quantity=Qty price=Price",
    ),
    "an exchange of two coins": (
        (
            "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,"
            "Fee Currency,Label\n2026-02-28 10:00:00,100,USDT,2,SOL,0.1,USDT,\n"
        ),
        (
            "time=Date fee=Fee Amount fee_currency=Fee Currency received=Received Amount"
            " received_currency=Received Currency sent=Sent Amount sent_currency=Sent Currency"
        ),
    ),
    "what a fill realised": (
        "Time,Pair,Side,Count,Each,Realized PnL\n2026-02-28 10:00:00,BTC/EUR,Sell,2,100,7\n",
        "time=Time symbol=Pair side=Side quantity=Count price=Each profit=Realized PnL",
    ),
    "closed trades with one time": (
        (
            "timestamp,asset,side,quantity,entry_price,exit_price,profit_loss,balance\n"
            "2026-02-28 10:00:00,BTC/EUR,long,2,100,110,20,1000\n"
        ),
        (
            "time=timestamp symbol=asset side=side quantity=quantity price=entry_price"
            " exit_price=exit_price profit=profit_loss exit_time=COLUMN"
        ),
    ),
    "a name that stands twice": (
        "Time,Pair,Side,Price,Qty,Time\nx,BTC/EUR,Buy,100,2,2026-02-28 10:00:00\n",
        "time=Time#2 symbol=Pair side=Side quantity=Qty price=Price",
    ),
}


def refused(opened: Opened, text: str) -> UnmappedStatement:
    with pytest.raises(UnmappedStatement) as refusal:
        opened(text)
    return refusal.value


@pytest.mark.parametrize("case", sorted(PROPOSED))
def test_all_that_a_file_tells_is_in_the_line_that_is_proposed(opened: Opened, case: str) -> None:
    text, expected = PROPOSED[case]
    proposed = str(refused(opened, text).facts["proposed"])
    assert proposed.replace('"', "").replace(",", " ") == expected


@pytest.mark.parametrize("case", sorted(PROPOSED))
def test_what_is_proposed_reads_the_file_when_it_is_said(opened: Opened, case: str) -> None:
    text, expected = PROPOSED[case]
    choice = MappingChoice(refused(opened, text).columns, {"date_order": "ymd"})
    if "exit_time=COLUMN" in expected:
        choice = MappingChoice({**choice.columns, "exit_time": "timestamp"})
    elif "COLUMN" in expected:
        choice = MappingChoice({**choice.columns, "quantity": "N"})
    if case in {"words within a header", "a currency in brackets"}:
        choice = MappingChoice(choice.columns, {"quote": "EUR"})
    if case == "a currency in the unnamed column behind":
        choice = MappingChoice(choice.columns)  # its dates have one order
    zone = "" if "UTC+3" in text else "UTC"
    fills = [row for row in opened(text, choice, zone=zone).rows() if isinstance(row, Fill)]
    lines = len(text.splitlines()) - 1
    assert len(fills) == (2 * lines if "exit" in text.lower() else lines)


def test_a_header_with_a_quote_sign_can_be_pasted_into_a_shell(opened: Opened) -> None:
    text = "Time,Pair,Side,Price,Qty,Broker's fee\n2026-02-28 10:00,BTC/EUR,Buy,100,2,0.2\n"
    assert r"""fee="Broker'\''s fee""" in hint_of(refused(opened, text))


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            (
                "Time,Contract,Type,Side,Qty,Price,Fee\n"
                "2026-02-28 10:00,BTCUSDT,Trade,Buy,2,200,0.1\n"
                "2026-02-28 11:00,BTCUSDT,Funding,Buy,2,200,0.01\n"
            ),
            "rows:type=funding|none",
        ),
        (
            (
                "Level,Pair,Date/Time,Quantity,Price,Proceeds,Comm/Fee\n"
                "Order,BTC/EUR,2026-01-05 09:30,100,10,-1000,-1\n"
                "Trade,BTC/EUR,2026-01-05 09:30,100,10,-1000,-1\n"
            ),
            "rows:level=order|none",
        ),
        (
            (
                "Time,Pair,Side,Price,Quantity,Charge\n2026-02-28 10:00,BTC/USDT,Buy,100,2,0.002\n"
                "2026-02-28 11:00,BTC/USDT,Sell,100,2,0.2\n"
            ),
            "fee_currency=received|quote|base",
        ),
        (
            "Time,Market,Type,Quantity,Price\n2026-02-28 10:00,USDT-BTC,LIMIT_BUY,2,200\n",
            "symbol_form=reversed|pair",
        ),
        (
            "Time,Market,Type,Quantity,Price\n2026-02-28 10:00,BTCEUR,LIMIT_BUY,2,200\n",
            "symbol_form=glued|name",
        ),
        (
            "Time,Market,Side,Lots,Price\n2026-02-28 10:00,EUR/USD,buy,0.1,1.1\n",
            "contract_size:EUR/USD=...",
        ),
        (
            "Time,Market,Direction,Quantity,Price\n2026-02-28 10:00,BTC/EUR,sell short,2,200\n",
            "side_words:sell short=buy|sell",
        ),
    ],
)
def test_what_will_be_asked_is_told_at_once(opened: Opened, text: str, answers: str) -> None:
    assert refused(opened, text).facts["answers"] == answers


def test_symbols_that_end_in_a_stablecoin_are_pairs(opened: Opened) -> None:
    text = "Time,Market,Side,Quantity,Price\n2026-02-28 10:00,SOLUSDT,buy,2,200\n"
    (fill,) = opened(text, MappingChoice(refused(opened, text).columns), zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert fill.symbol == "SOL-USDT"


FUNDING = (
    "Time,Pair,Type,Side,Qty,Price\n2026-02-28 10:00,BTC/EUR,Trade,Buy,2,200\n"
    "2026-02-28 11:00,BTC/EUR,Funding,Buy,2,200\n"
)


@pytest.mark.parametrize(("answer", "fills"), [("funding", 1), ("none", 2)])
def test_rows_that_are_no_trades_are_left_out_for_good(
    opened: Opened, answer: str, fills: int
) -> None:
    columns = refused(opened, FUNDING).columns
    said = opened(FUNDING, MappingChoice(columns, {"rows:type": answer}, name="mine"), zone="UTC")
    assert said.mapping is not None
    kept = read_mapping(write_mapping(said.mapping))
    again = opened(FUNDING, MappingChoice(remembered=[kept]), zone="UTC")
    assert sum(isinstance(row, Fill) for row in again.rows()) == fills


def test_another_word_for_rows_that_are_no_trades_is_asked_again(opened: Opened) -> None:
    columns = refused(opened, FUNDING).columns
    said = opened(FUNDING, MappingChoice(columns, {"rows:type": "funding"}), zone="UTC")
    assert said.mapping is not None
    kept = MappingChoice(remembered=[said.mapping])
    with pytest.raises(UnansweredMapping) as refusal:
        opened(FUNDING.replace("Funding", "Settlement"), kept, zone="UTC")
    assert [one.text for one in refusal.value.questions] == [
        "rows say 'settlement' under 'Type': which of them are no trades?"
    ]


def test_a_pair_that_is_written_backwards_is_turned_around(opened: Opened) -> None:
    text = "Time,Market,Side,Quantity,Price\n2026-02-28 10:00,USDT-BTC,buy,2,200\n"
    columns = refused(opened, text).columns
    said = MappingChoice(columns, {"symbol_form": "reversed"})
    (fill,) = opened(text, said, zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert fill.symbol == "BTC-USDT"


def test_a_fee_in_the_coin_received_is_booked_in_it(opened: Opened) -> None:
    text = "Time,Pair,Side,Price,Quantity,Charge\n2026-02-28 10:00,BTC/USDT,Buy,100,2,0.002\n"
    columns = refused(opened, text).columns
    said = MappingChoice(columns, {"fee_currency": "received"})
    (fill,) = opened(text, said, zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert (fill.fee, fill.fee_currency) == (Decimal("0.002"), "BTC")


def test_a_fee_that_fits_the_price_alone_is_not_asked(opened: Opened) -> None:
    text = "Time,Pair,Side,Price,Quantity,Charge\n2026-02-28 10:00,BTC/USDT,Buy,1000,2,2\n"
    assert (
        "answers" not in refused(opened, text).facts or not refused(opened, text).facts["answers"]
    )


def test_the_quantity_s_sign_is_the_side_where_that_is_said(opened: Opened) -> None:
    columns = {"time": "Time", "symbol": "Pair", "side": "Qty", "quantity": "Qty", "price": "At"}
    text = "Time,Pair,Qty,At\n2026-02-28 10:00,BTC/EUR,-2,200\n2026-02-28 11:00,BTC/EUR,2,200\n"
    found = opened(text, MappingChoice(columns), zone="UTC").rows()
    assert [row.side for row in found if isinstance(row, Fill)] == ["sell", "buy"]


@pytest.mark.parametrize(("profit", "reads"), [("15", 2), ("20", 2), ("77", 2)])
def test_the_profit_of_a_closed_trade_is_proved_where_it_can_be(
    opened: Opened, profit: str, reads: int
) -> None:
    """Net of the fee, before it, or something else: a column that proves nothing is not held
    against the prices."""
    text = (
        "Symbol,Side,Opened,Closed,Size,Entry,Exit,PnL,Fees\n"
        f"BTC/EUR,Long,2026-02-28 10:00,2026-02-28 11:00,2,200,210,{profit},5\n"
    )
    statement = opened(text, MappingChoice(refused(opened, text).columns), zone="UTC")
    assert statement.mapping is not None
    assert statement.mapping.profit == {"15": "net", "20": "gross"}.get(profit, "")
    assert sum(isinstance(row, Fill) for row in statement.rows()) == reads


@pytest.mark.parametrize(
    "header", ["Date(UTC),Pair,Side,Price,Executed", "txid,ordertxid,pair,time,type,cost,fee"]
)
def test_no_other_broker_is_named_for_a_file_that_is_not_its_own(
    opened: Opened, header: str
) -> None:
    with pytest.raises(Exception, match="coach") as refusal:
        opened(f"{header}\n")
    assert "binance" not in str(refusal.value)
    assert "kraken" not in str(refusal.value)


def test_a_fill_that_realised_something_first_says_that_the_file_begins_late(
    opened: Opened,
) -> None:
    text = PROPOSED["what a fill realised"][0]
    statement = opened(text, MappingChoice(refused(opened, text).columns), zone="UTC")
    assert len(list(statement.rows())) == 1
    assert (
        "BTC-EUR: a fill that should open a position realised a profit" in statement.warnings()[0]
    )
