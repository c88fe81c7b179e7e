"""Other people's statements, read from ../shared/samples/csv and worked out by hand.

`TABLE` says of every file there what it is: the format and how many fills, rows of other kinds and
unreadable rows it has, or the words it is refused with. A file that is not in it fails.
"""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.brokers.base import Other, Row
from coach.brokers.statements import open_statement
from coach.errors import NotAStatement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "csv"
SIDEKICK = "ghostfoliosidekick__coinbase__"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not here")

TABLE: dict[str, tuple[str, int, dict[str, int]] | str] = {
    "declarenta__binance-sample.csv": ("binance-trades", 3, {}),
    "declarenta__binance-tx-sample.csv": (
        "binance-statement",
        3,
        {"deposit": 1, "transfer between main and funding wallet": 1},
    ),
    "declarenta__binance-v2-sample.csv": (
        "binance-statement",
        9,
        {
            "transfer between spot and strategy account": 5,
            "transfer between main and funding wallet": 2,
            "deposit": 1,
        },
    ),
    "declarenta__coinbase-sample.csv": ("coinbase-history", 2, {"staking income": 1}),
    "declarenta__coinbase-v2-sample.csv": (
        "coinbase-history",
        2,
        {"send": 1, "convert": 1, "receive": 1, "staking income": 1},
    ),
    "declarenta__coinbase-v3-sample.csv": (
        "coinbase-history",
        0,
        {"send": 1, "convert": 1, "receive": 1},
    ),
    "declarenta__kraken-ledgers-sample.csv": ("kraken-ledgers", 0, {"staking": 2}),
    "declarenta__kraken-trades-sample.csv": ("kraken-trades", 2, {}),
    "export-to-ghostfolio__coinbase-export.csv": (
        "coinbase-history",
        2,
        {"staking income": 2, "send": 1, "receive": 1, "convert": 2},
    ),
    f"{SIDEKICK}invalid_type.csv": ("coinbase-history", 0, {}),
    f"{SIDEKICK}retail_eth2_deprecation.csv": (
        "coinbase-history",
        0,
        {"retail eth2 deprecation": 2},
    ),
    f"{SIDEKICK}retail_staking_transfer.csv": (
        "coinbase-history",
        0,
        {"retail staking transfer": 2},
    ),
    f"{SIDEKICK}retail_unstake_transfer.csv": (
        "coinbase-history",
        0,
        {"retail unstaking transfer": 2},
    ),
    f"{SIDEKICK}single_advance_trade_buy.csv": ("coinbase-history", 0, {}),
    f"{SIDEKICK}single_buy.csv": ("coinbase-history", 1, {}),
    f"{SIDEKICK}single_buy_alt.csv": ("coinbase-history", 1, {}),
    f"{SIDEKICK}single_buyfiatfromfiat_bugCoinbase.csv": (
        "coinbase-history",
        0,
        {"buy of a currency with itself": 1},
    ),
    f"{SIDEKICK}single_convert.csv": ("coinbase-history", 0, {"convert": 1}),
    f"{SIDEKICK}single_deposit.csv": ("coinbase-history", 0, {"deposit": 1}),
    f"{SIDEKICK}single_learningreward.csv": ("coinbase-history", 0, {"learning reward": 1}),
    f"{SIDEKICK}single_learningreward_2025.csv": ("coinbase-history", 0, {"learning reward": 1}),
    f"{SIDEKICK}single_receive.csv": ("coinbase-history", 0, {"receive": 1}),
    f"{SIDEKICK}single_sell.csv": ("coinbase-history", 1, {}),
    f"{SIDEKICK}single_send.csv": ("coinbase-history", 0, {"send": 1}),
    f"{SIDEKICK}single_stakereward.csv": ("coinbase-history", 0, {"rewards income": 1}),
    f"{SIDEKICK}single_stakereward_2025.csv": ("coinbase-history", 0, {"reward income": 1}),
    f"{SIDEKICK}single_stakereward_alt.csv": ("coinbase-history", 0, {"staking income": 1}),
    f"{SIDEKICK}single_stakereward_alt_2025.csv": ("coinbase-history", 0, {"staking income": 1}),
    f"{SIDEKICK}single_withdrawal.csv": ("coinbase-history", 0, {"withdrawal": 1}),
    "ghostfoliosidekick__generic__invalid.csv": "a portfolio activity list as Ghostfolio keeps it",
    "ghostfoliosidekick__generic__single_buy.csv": "a portfolio activity list as Ghostfolio keeps",
    "ghostfoliosidekick__generic__single_sell.csv": "a portfolio activity list as Ghostfolio keeps",
}

SKIPPED = {
    f"{SIDEKICK}invalid_type.csv": 1,
    f"{SIDEKICK}single_advance_trade_buy.csv": 1,
    "declarenta__binance-v2-sample.csv": 1,
}
"""How many rows of a file cannot be read; of all others, none."""


def read(name: str) -> tuple[list[Row], tuple[str, ...]]:
    statement = open_statement(SAMPLES / name)
    return list(statement.rows()), statement.warnings()


def fills_of(name: str) -> list[Fill]:
    return [row for row in read(name)[0] if isinstance(row, Fill)]


def moved(fill: Fill) -> Decimal:
    """Return the money that left (a buy) or reached (a sell) the account, to the cent."""
    worth = fill.quantity * fill.price
    return round(worth + fill.fee if fill.side == "buy" else worth - fill.fee, 2)


def test_every_sample_stands_in_the_table() -> None:
    assert sorted(path.name for path in SAMPLES.glob("*.csv")) == sorted(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_sample_is_what_the_table_says(name: str) -> None:
    known = TABLE[name]
    if isinstance(known, str):
        with pytest.raises(NotAStatement, match=known):
            open_statement(SAMPLES / name)
        return
    rows, _ = read(name)
    kinds = Counter(row.kind for row in rows if isinstance(row, Other))
    assert open_statement(SAMPLES / name).info.name == known[0]
    assert sum(isinstance(row, Fill) for row in rows) == known[1]
    assert kinds == known[2]
    assert sum(isinstance(row, SkippedRow) for row in rows) == SKIPPED.get(name, 0)


def test_binance_amounts_without_tickers_keep_the_coin_of_their_fees() -> None:
    """
    No tickers on Executed and Amount, so BTCEUR is cut at the known quote EUR; the fee says BTC:
    2024-01-15 10:30 buy  BTC 0.05 @ 42000 EUR, fee 0.001 BTC
    2024-06-20 14:00 sell BTC 0.05 @ 48000 EUR, fee 0.001 BTC
    2024-03-10 08:00 buy  ETH 1 @ 3200 EUR, fee 0.01 ETH
    """
    fills = fills_of("declarenta__binance-sample.csv")
    assert [(f.symbol, f.side, f.quantity, f.price, f.fee, f.fee_currency) for f in fills] == [
        ("BTC-EUR", "buy", Decimal("0.05"), Decimal(42000), Decimal("0.001"), "BTC"),
        ("BTC-EUR", "sell", Decimal("0.05"), Decimal(48000), Decimal("0.001"), "BTC"),
        ("ETH-EUR", "buy", Decimal(1), Decimal(3200), Decimal("0.01"), "ETH"),
    ]
    assert [f.at for f in fills] == [
        datetime(2024, 1, 15, 10, 30, tzinfo=UTC),
        datetime(2024, 6, 20, 14, 0, tzinfo=UTC),
        datetime(2024, 3, 10, 8, 0, tzinfo=UTC),
    ]


def test_coinbase_v3_buys_and_sells_give_their_totals() -> None:
    """
    buy  BTC 0.05 @ 42000 = 2100, total 2139: fee 39
    sell BTC 0.05 @ 48000 = 2400, total 2360: fee 40
    """
    buy, sell = fills_of("declarenta__coinbase-sample.csv")
    assert (buy.symbol, buy.side, buy.price, buy.fee) == (
        "BTC-EUR",
        "buy",
        Decimal(42000),
        Decimal(39),
    )
    assert (sell.symbol, sell.side, sell.price, sell.fee) == (
        "BTC-EUR",
        "sell",
        Decimal(48000),
        Decimal(40),
    )
    assert (moved(buy), moved(sell)) == (Decimal(2139), Decimal(2360))


def test_coinbase_v5_fees_may_be_printed_negative() -> None:
    """
    buy  ETH 0.5  @ 3200 = 1600, total 1610, fee 10
    sell ETH 0.25 @ 3400 =  850, total  842, fee printed as -8
    """
    buy, sell = fills_of("declarenta__coinbase-v2-sample.csv")
    assert (buy.quantity, buy.price, buy.fee) == (Decimal("0.5"), Decimal(3200), Decimal(10))
    assert (sell.quantity, sell.price, sell.fee) == (Decimal("0.25"), Decimal(3400), Decimal(8))
    assert (buy.line, sell.line) == (8, 9)
    assert (buy.native_id, sell.native_id) == ("tx004", "tx005")
    assert (moved(buy), moved(sell)) == (Decimal(1610), Decimal(842))


def test_one_coinbase_id_in_two_currencies_is_two_trades_and_the_spread_is_a_fee() -> None:
    """
    One id, once in EUR and once in USD. 0.00166779 x 39999.331136545 = 66.7104844762…, but the
    subtotal is 67.01: 0.30 (0.45 %) of spread that the fee column (2.99) leaves out. What left the
    account is 70.00, so the fee is 70 - 66.7104844762… = 3.2895155237….
    """
    rows, warnings = read("export-to-ghostfolio__coinbase-export.csv")
    euro, dollar = [row for row in rows if isinstance(row, Fill)]
    assert (euro.symbol, dollar.symbol) == ("BTC-EUR", "BTC-USD")
    assert euro.native_id == dollar.native_id != ""
    assert euro.fee == dollar.fee == Decimal("3.28951552378161445")
    assert euro.quantity * euro.price + euro.fee == Decimal(70)
    assert warnings[0].startswith("lines 8, 9: the subtotal holds a spread")


@pytest.mark.parametrize("name", ["single_buy.csv", "single_buy_alt.csv"])
def test_a_small_buy_in_a_windows_encoding_gives_its_total(name: str) -> None:
    """buy ETH 0.00213232 @ 1810.23 = 3.8599896336 (printed 3.86), total 4.85: fee 0.9900103664"""
    (fill,) = fills_of(SIDEKICK + name)
    assert (fill.symbol, fill.quantity) == ("ETH-EUR", Decimal("0.00213232"))
    assert (fill.price, fill.fee) == (Decimal("1810.23"), Decimal("0.9900103664"))
    assert fill.at == datetime(2023, 4, 20, 4, 5, 40, tzinfo=UTC)
    assert moved(fill) == Decimal("4.85")


def test_a_sale_without_a_fee_brings_its_total() -> None:
    """sell USDC 11.275271 @ 0.8869 = 10.0000378499, total 10.00: the fee is the dust"""
    (fill,) = fills_of(f"{SIDEKICK}single_sell.csv")
    assert (fill.symbol, fill.side, fill.quantity) == ("USDC-EUR", "sell", Decimal("11.275271"))
    assert (fill.price, fill.fee) == (Decimal("0.8869"), Decimal("0.0000378499"))
    assert moved(fill) == Decimal(10)


def test_an_advanced_trade_whose_columns_contradict_each_other_is_skipped_and_named() -> None:
    """
    Made-up amounts: 0.564634 x 100000.58 = 56463.73, subtotal 21321321.42, total 54321231.60, fee
    0.99. Nothing adds up.
    """
    (row,), warnings = read(f"{SIDEKICK}single_advance_trade_buy.csv")
    assert isinstance(row, SkippedRow)
    assert (row.line, row.column) == (5, "Total (inclusive of fees and/or spread)")
    assert "expected price x quantity with the fee, 21321322.41" in row.reason
    assert warnings == ()


def test_an_unknown_kind_whose_note_says_bought_is_a_trade_that_was_not_read() -> None:
    (row,), _ = read(f"{SIDEKICK}invalid_type.csv")
    assert isinstance(row, SkippedRow)
    assert (row.line, row.column) == (9, "Transaction Type")


def test_kraken_s_bitcoin_is_everybody_s() -> None:
    """
    2024-03-15 10:30 buy  XBT 0.05 @ 42000 EUR, cost 2100, fee 5.25 EUR
    2024-09-20 14:00 sell ETH 1 @ 3200 EUR, fee 3.50 EUR
    """
    fills = fills_of("declarenta__kraken-trades-sample.csv")
    assert [(f.symbol, f.side, f.quantity, f.price, f.fee, f.fee_currency) for f in fills] == [
        ("BTC-EUR", "buy", Decimal("0.05"), Decimal(42000), Decimal("5.25"), "EUR"),
        ("ETH-EUR", "sell", Decimal(1), Decimal(3200), Decimal("3.50"), "EUR"),
    ]
    assert [(f.native_id, f.order_id) for f in fills] == [
        ("TXID001", "ORDERID001"),
        ("TXID002", "ORDERID002"),
    ]
