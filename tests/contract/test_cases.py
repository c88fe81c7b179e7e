"""Made-up statements after public bug reports, in ../shared/cases, and how each of them is read.

`TABLE` says of every statement there what its NAME.expected.txt says of reading it: the format, how
many fills, which rows of other kinds and which unreadable rows (line and column) it has, or the
words it is refused with. A statement that is not in it fails. What they come to in money stands in
tests/integration/engine/cases/test_cases.py.
"""

from datetime import UTC
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from coach.brokers.base import Other
from coach.brokers.statements import open_statement
from coach.errors import Refused
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

CASES = Path(__file__).parents[2].parent / "shared" / "cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not here")


class Reading(NamedTuple):
    """What a statement holds; `other` are rows of other kinds, `warns` words of its warnings."""

    format: str
    fills: int
    skipped: tuple[tuple[int, str], ...] = ()
    other: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()


BINANCE, OLD_BINANCE, KRAKEN = "binance-trades", "binance-trades-old", "kraken-trades"
HISTORY, FILLS, GENERIC = "coinbase-history", "coinbase-fills", "generic"
KIND, NOTES = "Transaction Type", "Notes"
NO_CLOCK = {
    "binance_new_english_header_time.csv": ZoneInfo("Europe/Madrid"),
    "binance_statement_of_2026_user_id_time.csv": ZoneInfo("Europe/Madrid"),
    "cointracking_english.csv": ZoneInfo("Europe/Madrid"),
}

TABLE: dict[str, Reading | str] = {
    "binance_buys_bnb_with_fee_in_bnb.csv": Reading(BINANCE, 2),
    "binance_excel_day_first_dates.csv": Reading(BINANCE, 0, ((2, "Date(UTC)"), (3, "Date(UTC)"))),
    "binance_excel_dropped_seconds.csv": Reading(BINANCE, 2),
    "binance_fee_in_bnb_on_other_pairs.csv": Reading(BINANCE, 2),
    "binance_header_names_utc_plus_1.csv": Reading(BINANCE, 2),
    "binance_new_english_header_time.csv": Reading(BINANCE, 2),
    "binance_same_trade_new_format.csv": Reading(BINANCE, 2),
    "binance_same_trade_old_format.csv": Reading(OLD_BINANCE, 2),
    "binance_statement_localised.csv": 'a Binance "generate all statements" export',
    "binance_statement_of_2026_user_id_time.csv": Reading(
        "binance-statement", 0, ((2, "row"),), warns=("put together from movements",)
    ),
    "binance_symbols_in_chinese.csv": Reading(BINANCE, 2),
    "binance_tickers_that_begin_with_digits.csv": Reading(BINANCE, 6),
    "binance_with_seconds.csv": Reading(BINANCE, 2),
    "coinbase_advanced_rounded_spot_price.csv": Reading(HISTORY, 2),
    "coinbase_bought_in_usd_sold_in_usdc.csv": Reading(HISTORY, 2),
    "coinbase_fills_maker_rebates_and_tiny.csv": Reading(FILLS, 3),
    "coinbase_fills_number_as_unit.csv": Reading(FILLS, 1, ((2, "price/fee/total unit"),)),
    "coinbase_fills_sold_a_satoshi_too_much.csv": Reading(FILLS, 4),
    "coinbase_fills_total_contradicts_price.csv": Reading(FILLS, 1, ((2, "total"),)),
    "coinbase_history_of_api_trades.csv": Reading(HISTORY, 2),
    "coinbase_history_of_api_trades_usd_label.csv": Reading(HISTORY, 1),
    "coinbase_history_total_row_and_quoted_newline.csv": Reading(
        HISTORY, 2, other=("total",), warns=("unknown kind 'total'",)
    ),
    "coinbase_mojibake_notes_v1.csv": Reading(HISTORY, 2, other=("send",)),
    "coinbase_new_words_for_a_trade.csv": Reading(HISTORY, 0, ((2, KIND), (3, KIND), (4, KIND))),
    "coinbase_note_legacy_and_new_form_eth_btc.csv": Reading(HISTORY, 2, ((4, NOTES),)),
    "coinbase_note_money_in_report_currency_other_market.csv": Reading(
        HISTORY, 0, ((2, NOTES), (3, NOTES))
    ),
    "coinbase_old_per_wallet_report_2017.csv": "Coinbase's wallet report of 2017",
    "coinbase_same_trade_new_download.csv": Reading(HISTORY, 2),
    "coinbase_same_trade_old_download.csv": Reading(HISTORY, 2),
    "coinbase_single_quoted_fields.csv": Reading(HISTORY, 2, other=("deposit",)),
    "coinbase_zero_price_gift.csv": Reading(HISTORY, 2, ((2, "Price at Transaction"),)),
    "cointracking_english.csv": Reading("cointracking", 1, warns=("a fee is booked beside",)),
    "cointracking_german.csv": "CoinTracking",
    "ftx_style_american_time.csv": "its dates can be read",
    "generic_ambiguous_thousands.csv": Reading(GENERIC, 0, ((2, "quantity"), (3, "quantity"))),
    "generic_bom_cr_line_ends.csv": Reading(GENERIC, 2),
    "generic_clock_change_october.csv": Reading(GENERIC, 2),
    "generic_equal_fills_one_second.csv": Reading(GENERIC, 5),
    "generic_extended_file_1.csv": Reading(GENERIC, 2),
    "generic_extended_file_2.csv": Reading(GENERIC, 4),
    "generic_fees_on_both_sides.csv": Reading(GENERIC, 2),
    "generic_semicolon_ten_thousand_written_10.000,000.csv": Reading(GENERIC, 2),
    "generic_sold_a_satoshi_too_much.csv": Reading(GENERIC, 4),
    "generic_symbol_of_numbers.csv": Reading(GENERIC, 0, ((2, "symbol"), (3, "symbol"))),
    "generic_unix_seconds.csv": Reading(GENERIC, 0, ((2, "timestamp"), (3, "timestamp"))),
    "generic_unquoted_thousands.csv": Reading(GENERIC, 1, ((2, "row"),)),
    "generic_unquoted_thousands_last_cell_missing.csv": Reading(GENERIC, 1, ((2, "fee_currency"),)),
    # A limit: the first row says price 60 and fee 0, and nothing in it tells that it was 60,000.
    "generic_unquoted_thousands_no_currency.csv": Reading(GENERIC, 2),
    "kraken_fee_paid_in_kfee.csv": Reading(
        KRAKEN, 2, warns=("lines 2, 3: three ledger entries: the fee was probably paid",)
    ),
    "kraken_fill_whose_cost_rounds_to_zero.csv": Reading(KRAKEN, 3),
    "kraken_ledgers_2026_with_wallet.csv": Reading("kraken-ledgers", 0, ((2, "row"),)),
    "kraken_margin_short.csv": Reading(
        KRAKEN, 4, warns=("lines 2, 3: a trade on margin, booked as a position of its own",)
    ),
    "kraken_same_trade_new_names.csv": Reading(KRAKEN, 1),
    "kraken_same_trade_old_names.csv": Reading(KRAKEN, 1),
    "kraken_tokenised_stock.csv": Reading(KRAKEN, 4),
    "kraken_xtz_and_other_prefix_traps.csv": Reading(KRAKEN, 8),
    "binance_futures_trades.csv": Reading("binance-futures-old", 2),
    "generic_midway.csv": Reading(GENERIC, 3),
    "seven_columns_other_exchange.csv": "'Executed amount', 'Executed value', 'Fees' belong to no",
    "shared_id_cut_1.csv": Reading(FILLS, 1),
    "shared_id_cut_2.csv": Reading(FILLS, 2),
    "shared_id_newest_first.csv": Reading(FILLS, 3),
    "shared_id_oldest_first.csv": Reading(FILLS, 3),
}


def statements() -> dict[str, Path]:
    """Return the statements of both folders by their names."""
    return {
        path.name: path for part in ("imports", "files") for path in (CASES / part).glob("*.csv")
    }


def test_every_statement_stands_in_the_table() -> None:
    assert sorted(statements()) == sorted(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_statement_is_read_as_the_table_says(name: str) -> None:
    known, path = TABLE[name], statements()[name]
    zone = NO_CLOCK.get(name)
    if isinstance(known, str):
        with pytest.raises(Refused) as refusal:
            open_statement(path)
        assert known in str(refusal.value)
        return
    statement = open_statement(path, zone=zone)
    rows = list(statement.rows())
    assert statement.info.name == known.format
    assert sum(isinstance(row, Fill) for row in rows) == known.fills
    assert [(row.line, row.column) for row in rows if isinstance(row, SkippedRow)] == [
        *known.skipped
    ]
    assert tuple(row.kind for row in rows if isinstance(row, Other)) == known.other
    warnings = statement.warnings()
    assert len(warnings) == len(known.warns)
    for words, warning in zip(known.warns, warnings, strict=True):
        assert words in warning


def test_a_statement_whose_clock_nobody_knows_waits_for_one() -> None:
    assert open_statement(statements()["binance_new_english_header_time.csv"]).clock is None


def test_the_clock_that_a_header_names_is_believed() -> None:
    """Bought 00:30 at UTC+1 on the first of April: half past eleven the day before."""
    first, _ = open_statement(statements()["binance_header_names_utc_plus_1.csv"]).rows()
    assert isinstance(first, Fill)
    assert (first.at.day, first.at.hour, first.at.tzinfo) == (31, 23, UTC)


def test_the_hour_that_comes_twice_is_told_by_its_offset() -> None:
    bought, sold = open_statement(statements()["generic_clock_change_october.csv"]).rows()
    assert isinstance(bought, Fill)
    assert isinstance(sold, Fill)
    assert (sold.at - bought.at).total_seconds() == 1200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("binance_excel_day_first_dates.csv", "use the file as downloaded"),
        ("coinbase_note_money_in_report_currency_other_market.csv", "newer reports name the price"),
        ("generic_unix_seconds.csv", "expected a time such as 2024-03-15T10:30:00Z"),
        ("generic_unquoted_thousands.csv", "expected 8 cells, found 9"),
        ("coinbase_fills_number_as_unit.csv", "expected a coin such as BTC, found '-30018'"),
    ],
)
def test_a_row_that_cannot_be_read_says_what_to_do(name: str, words: str) -> None:
    rows = open_statement(statements()[name]).rows()
    assert words in next(row.reason for row in rows if isinstance(row, SkippedRow))
