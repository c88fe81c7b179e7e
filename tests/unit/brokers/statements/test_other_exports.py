"""Exports of other products are called by their own names, and by no other broker's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.brokers.statements import open_statement
from coach.brokers.statements.mapping.shelf import shipped
from coach.brokers.statements.other_exports import AGGREGATORS, OTHER_EXPORTS
from coach.brokers.statements.unreadable_exports import UNREADABLE_EXPORTS, UnreadableExport
from coach.errors import NotAStatement

Written = Callable[[str], Path]
MAPPED_BY_HAND = {"map_columns", "map_and_answer"}

HEADERS = [
    (
        "Binance USD-M futures trades",
        "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID",
    ),
    (
        "Binance USD-M futures trades",
        "Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset",
    ),
    ("Binance's income of futures", "Date(UTC),type,Amount,Asset,Symbol,Transaction ID"),
    (
        "Binance converts",
        "Date,Wallet,Pair,Type,Sell,Buy,Price,Inverse Price,Date Updated,Status",
    ),
    (
        "KuCoin",
        "tradeCreatedAt,orderId,symbol,side,price,size,funds,fee,liquidity,feeCurrency,orderType,",
    ),
    (
        "KuCoin",
        (
            "UID,Account Type,Order ID,Symbol,Side,Order Type,Avg. Filled Price,Filled Amount,"
            "Filled Volume,Filled Volume (USDT),Filled Time(UTC+02:00),Fee,Maker/Taker,Fee Currency"
        ),
    ),
    ("KuCoin", "oid,symbol,dealPrice,dealValue,amount,fee,direction,createdDate,"),
    ("KuCoin", "uid,symbol,order_type,price,amount_coin,direction,funds,fee,created_at"),
    ("KuCoin", "uid,symbol,direction,deal_price,amount,deal_value,created_at"),
    ("MEXC", "Pairs,Time,Side,Filled Price,Executed Amount,Total,Fee,Role"),
    ("MEXC", "UID,Pairs,Time,Side,Filled Price,Executed Amount,Total,Fee,Role"),
    ("CoinList", "Date,Description,Asset,Amount,Balance"),
    ("CoinList Pro", "portfolio,type,time,amount,balance,amount/balance unit,transaction_id"),
    ("Schwab", '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"'),
    ("Coinsquare", "date;action;currency;base_currency;price;amount;base_amount"),
    ("Coinsquare", "date;from_currency;from_amount;to_currency;to_amount"),
    (
        "Interactive Investor",
        (
            "Settlement Date,Date,Symbol,Sedol,ISIN,Quantity,Price,Description,Reference,"
            "Debit,Credit,"
            "Running Balance"
        ),
    ),
    (
        "Interactive Brokers",
        (
            "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,"
            "T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code"
        ),
    ),
    (
        "Bybit",
        (
            "Spot Pairs,Order Type,Direction,Filled Value,Filled Price,Filled Quantity,Fees,"
            "Transaction ID,Order No.,Timestamp (UTC)"
        ),
    ),
    (
        "Bybit",
        (
            "Contracts,Order No.,Direction,Order Type,Filled Qty,Filled Price,Order Price,"
            "Filled Type,"
            "Trading Fee Rate,Fees Paid,Trasaction ID,Transaction Time(UTC+10),Final Balance (USDT)"
        ),
    ),
    (
        "OKX",
        (
            "id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,"
            "Fee Unit,Position Change,Position Balance,Balance Change,Balance,Balance Unit"
        ),
    ),
    (
        "Bitstamp",
        (
            "ID,Account,Type,Subtype,Datetime,Amount,Amount currency,Value,Value currency,Rate,"
            "Rate currency,Fee,Fee currency,Order ID"
        ),
    ),
    ("Bitfinex", "#,PAIR,AMOUNT,PRICE,FEE,FEE PERC,FEE CURRENCY,DATE,ORDER ID"),
    ("Gate", "No,Time,Trade type,Role,Market,Deal price,Deal amount,Total,Fee"),
    ("HTX (Huobi)", "Time,Type,Pair,Side,Price,Amount,Total,Fee"),
    ("FTX", '"ID","Time","Market","Side","Order Type","Size","Price","Total","Fee","Fee Currency"'),
    ("CoinTracking", '"Type","Buy","Cur.","Sell","Cur.","Fee","Cur.","Exchange","Group","Date"'),
    ("CoinTracking", "Typ;Kauf;Verkauf;Geb\u00fchr;Trade Datum"),
    ("Revolut", "Symbol,Type,Quantity,Price,Value,Fees,Date"),
    (
        "Poloniex",
        (
            "Date,Market,Category,Type,Price,Amount,Total,Fee,Order Number,Base Total Less Fee,"
            "Quote Total Less Fee"
        ),
    ),
    ("Hyperliquid", "time,coin,dir,px,sz,ntl,fee,closedPnl"),
    (
        "Trading 212",
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Total",
    ),
    (
        "Robinhood",
        "Activity Date,Process Date,Settle Date,Instrument,Description,Trans Code,Quantity,Price",
    ),
    (
        "MetaTrader",
        "Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance",
    ),
    (
        "Koinly",
        "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency",
    ),
    (
        "rotki",
        "Location,Spend Currency,Receive Currency,Receive Amount,Spend Amount,Fee,Timestamp",
    ),
]


OF_LEDGERS = {"interactive-brokers": "Interactive Brokers", "okx-history": "OKX"}
MAPPED = {mapping.name: mapping for mapping in shipped()}


@pytest.mark.parametrize(("product", "header"), HEADERS)
def test_an_export_of_another_product_is_called_by_its_name(
    written: Written, product: str, header: str
) -> None:
    found = refused_or_read(written(f"{header}\n"))
    assert product in found or product.startswith(found)


def refused_or_read(path: Path) -> str:
    """Return what a file is refused as, or the product whose mapping reads it."""
    try:
        name = open_statement(path).info.name
        return MAPPED[name].product if name in MAPPED else OF_LEDGERS[name]
    except NotAStatement as refusal:
        hinted = refusal.remedy in MAPPED_BY_HAND or "timestamp,symbol,side" in refusal.hint
        return str(refusal.facts["looks_like"]) if hinted else "without a way on"


@pytest.mark.parametrize(
    "header",
    [
        "Time,Trading pair,Side,Executed price,Executed amount,Executed value,Fees",
        "Date,Ticker,Side,Shares,Price,Commission,Net",
        "Executed at,Instrument,Side,Price,Filled,Amount,Fee",
        "date,action,currency,price,amount,fee",
        "timestamp,asset,side,quantity,entry_price,exit_price,profit_loss,balance",
    ],
)
def test_a_header_that_nobody_knows_is_no_other_product_s(written: Written, header: str) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written(f"{header}\n2024-01-15 10:30:00,a,buy,1,2,3,4\n"))
    looks_like = str(refusal.value.facts["looks_like"])
    assert looks_like.startswith("its columns")
    assert "belong to no known export" in looks_like or "nearest is generic" in looks_like


def test_every_product_has_columns_enough_to_be_told_apart() -> None:
    versions = [version for known in OTHER_EXPORTS.values() for version in known.split("|")]
    assert [version for version in versions if version.count(", ") < 2] == []
    assert set(OTHER_EXPORTS) >= AGGREGATORS


@pytest.mark.parametrize("export", UNREADABLE_EXPORTS, ids=lambda one: one.what[:30])
def test_an_export_without_trades_is_told_what_to_download_of_the_same_product(
    written: Written, export: UnreadableExport
) -> None:
    for version in export.columns.split("|"):
        header = version.removeprefix("=").replace(", ", ",")
        with pytest.raises(NotAStatement) as refusal:
            open_statement(written(f"{header}\n"))
        assert str(refusal.value).endswith(export.what)
        assert refusal.value.hint.startswith(export.instead)
        brokers = {"Bybit", "KuCoin", "OKX", "Bitget", "Bitfinex", "Gate", "Binance", "DEGIRO"}
        named = {one for one in brokers if one in f"{export.what} {export.instead}"}
        assert len(named) <= 1
