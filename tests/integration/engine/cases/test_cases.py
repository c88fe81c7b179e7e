"""The made-up inputs of ../shared/cases/imports and files, each with the answer that is right.

`TABLE` says of every file there what an import into an empty home makes of it. A file that is not
in it fails. What takes two imports stands below.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from coach.advice.hints import completed
from coach.brokers.statements.mapping.questions import UnansweredMapping
from coach.engine.api import trades
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.errors import CoachError, NotAStatement, ShiftedImport, UnknownClock
from coach.model.accounts import Run

CASES = Path(__file__).parents[4].parent / "shared" / "cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is not here")


@dataclass(frozen=True)
class Case:
    """The right answer: the nets of the closed trades by symbol, and what else there is to say.

    `warned` and `named` are words of a warning and of a skipped row's reason; `refused` is the
    error with words of its message.
    """

    nets: dict[str, list[str]] = field(default_factory=dict)
    new: int = 0
    skipped: tuple[int, ...] = ()
    open: dict[str, str] = field(default_factory=dict)
    warned: str = ""
    named: str = ""
    refused: tuple[type[CoachError], str] | None = None


def refused(words: str) -> Case:
    return Case(refused=(NotAStatement, words))


TABLE = {
    "binance_buys_bnb_with_fee_in_bnb": Case({"BNB-USDT": ["8.78061"]}, 2),
    "binance_excel_day_first_dates": Case(skipped=(2, 3), named="cannot be told apart"),
    "binance_excel_dropped_seconds": Case({"ZEN-BTC": ["0.00048731"]}, 2),
    "binance_fee_in_bnb_on_other_pairs": Case({"VET-USDT": ["0.379316"]}, 2),
    "binance_futures_trades": Case({"ETH-USDT": ["47.62"]}, 2),
    "binance_header_names_utc_plus_1": Case({"ETH-USDT": ["46.35"]}, 2),
    "binance_new_english_header_time": Case(refused=(UnknownClock, "which clock")),
    "binance_same_trade_new_format": Case({"BTC-EUR": ["42.90355"]}, 2),
    "binance_same_trade_old_format": Case({"BTC-EUR": ["42.90355"]}, 2),
    "binance_statement_localised": refused('Binance "generate all statements"'),
    "binance_statement_of_2026_user_id_time": Case(refused=(UnknownClock, "which clock")),
    "binance_symbols_in_chinese": Case({"币安人生-USDT": ["1.978"]}, 2),
    "binance_tickers_that_begin_with_digits": Case(
        {
            "1000SATS-USDT": ["0.2976012"],
            "4-USDT": ["11.969825915915915916"],
            "2Z-USDC": ["1.4835"],
        },
        6,
        open={"4-USDT": "0.0795"},
    ),
    "binance_with_seconds": Case({"ZEN-BTC": ["0.00048731"]}, 2),
    "coinbase_advanced_rounded_spot_price": Case({"MATIC-GBP": ["0.17"]}, 2),
    "coinbase_fills_maker_rebates_and_tiny": Case(
        {"BTC-USD": ["100.5"]}, 3, open={"ETH-USD": "0.00000001"}
    ),
    "coinbase_fills_number_as_unit": Case(new=1, skipped=(2,)),
    "coinbase_fills_sold_a_satoshi_too_much": Case({"BTC-USD": ["100", "200"]}, 4),
    "coinbase_fills_total_contradicts_price": Case(new=1, skipped=(2,), named="price x quantity"),
    "coinbase_history_of_api_trades_usd_label": Case(new=1),
    "coinbase_history_total_row_and_quoted_newline": Case({"BTC-USD": ["85"]}, 2),
    "coinbase_mojibake_notes_v1": Case(new=2),
    "coinbase_new_words_for_a_trade": Case(skipped=(2, 3, 4)),
    "coinbase_note_legacy_and_new_form_eth_btc": Case(
        {"ETH-BTC": ["0.0008"]}, 2, (4,), named="download the history of that year again"
    ),
    "coinbase_note_money_in_report_currency_other_market": Case(
        skipped=(2, 3), named="download the history of that year again"
    ),
    "coinbase_old_per_wallet_report_2017": refused("Coinbase"),
    "coinbase_same_trade_new_download": Case({"MATIC-GBP": ["0.17034"]}, 2),
    "coinbase_same_trade_old_download": Case({"MATIC-GBP": ["0.17"]}, 2),
    "coinbase_single_quoted_fields": Case({"BTC-USD": ["85"]}, 2),
    "coinbase_zero_price_gift": Case({"BTC-EUR": ["4"]}, 2, (2,)),
    "cointracking_english": Case(refused=(UnknownClock, "which clock")),
    "cointracking_german": refused("CoinTracking"),
    "ftx_style_american_time": Case(refused=(UnansweredMapping, "its dates can be read")),
    "generic_ambiguous_thousands": Case(skipped=(2, 3), named="clear decimal sign"),
    "generic_bom_cr_line_ends": Case({"XYZ-USD": ["97"]}, 2),
    "generic_clock_change_october": Case({"XYZ-EUR": ["10"]}, 2),
    "generic_equal_fills_one_second": Case({"IREN-USD": ["6.42"]}, 5),
    "generic_extended_file_1": Case(new=2, open={"AR-USD": "1", "PEPE-USD": "100"}),
    "generic_extended_file_2": Case({"AR-USD": ["5"], "PEPE-USD": ["100"]}, 4),
    "generic_fees_on_both_sides": Case({"XYZ-USD": ["97"]}, 2),
    "generic_semicolon_ten_thousand_written_10.000,000": Case({"PEPE-EUR": ["989"]}, 2),
    "generic_sold_a_satoshi_too_much": Case({"BTC-USD": ["100", "200"]}, 4),
    "generic_symbol_of_numbers": Case(skipped=(2, 3)),
    "generic_unix_seconds": Case(skipped=(2, 3), named="bare number"),
    "generic_unquoted_thousands": Case(new=1, skipped=(2,), named="expected 8 cells, found 9"),
    "generic_unquoted_thousands_last_cell_missing": Case(new=1, skipped=(2,), named="18.00"),
    # Nothing in the row tells that its price is a thousandth: a limit.
    "generic_unquoted_thousands_no_currency": Case({"BTC-USD": ["30452"]}, 2),
    "kraken_fee_paid_in_kfee": Case({"BTC-USD": ["0.2907"]}, 2, warned="three ledger entries"),
    "kraken_fill_whose_cost_rounds_to_zero": Case({"SHIB-EUR": ["9.87000004"]}, 3),
    "kraken_ledgers_2026_with_wallet": Case(skipped=(2,), named="one coin for another"),
    "kraken_margin_short": Case({"ETH-USD": ["84.66", "84.4"]}, 4),
    "kraken_same_trade_new_names": Case(new=1, open={"BTC-EUR": "0.01"}),
    "kraken_same_trade_old_names": Case(new=1, open={"BTC-EUR": "0.01"}),
    "kraken_tokenised_stock": Case({"AAPLX-USD": ["10"], "SPYX-USD": ["10"]}, 4),
    "kraken_xtz_and_other_prefix_traps": Case(
        {"XTZ-GBP": ["4.81"], "ETH-GBP": ["9"], "BTC-EUR": ["97.2"], "ZEUS-USD": ["9.94"]}, 8
    ),
    "seven_columns_other_exchange": refused("'Executed value'"),
    "shared_id_newest_first": Case({"SOL-USD": ["19.7032"]}, 3),
    "shared_id_oldest_first": Case({"SOL-USD": ["19.7032"]}, 3),
}
TOGETHER = {
    "coinbase_bought_in_usd_sold_in_usdc",
    "coinbase_history_of_api_trades",
    "generic_midway",
    "shared_id_cut_1",
    "shared_id_cut_2",
}
"""Files with a test of their own below."""


def bring(session: Session, name: str, **more: str | bool) -> Run:
    (file,) = CASES.glob(f"*/{name}.csv")
    return import_statement(session, file, ImportRequest(**more))  # type: ignore[arg-type]


def nets(session: Session) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for view in trades.round_trips(session):
        found.setdefault(view.trip.symbol, []).append(view.trip.net)
    return found


def still_open(session: Session) -> dict[str, Decimal]:
    positions = [row.position for row in trades.profit(session).rows]
    return {one.symbol: one.open_quantity for one in positions if one.open_quantity}


def test_every_case_is_in_the_table() -> None:
    names = {file.stem for file in CASES.glob("imports/*.csv")}
    names |= {file.stem for file in CASES.glob("files/*.csv")}
    assert names - TOGETHER == TABLE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_an_import_of_the_case_gives_its_answer(session: Session, name: str) -> None:
    case = TABLE[name]
    if case.refused is not None:
        with pytest.raises(case.refused[0], match=case.refused[1].replace("(", r"\(")):
            bring(session, name)
        return
    run = bring(session, name)
    assert run.new == case.new
    assert tuple(skip.line for skip in run.skipped) == case.skipped
    assert all(case.named in skip.reason for skip in run.skipped)
    assert not case.warned or any(case.warned in warning for warning in run.warnings)
    expected = {symbol: list(map(Decimal, amounts)) for symbol, amounts in case.nets.items()}
    assert nets(session) == expected
    if case.open:
        wanted = {symbol: Decimal(quantity) for symbol, quantity in case.open.items()}
        assert still_open(session) == wanted


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("shared_id_oldest_first", "shared_id_newest_first"),
        ("binance_same_trade_old_format", "binance_same_trade_new_format"),
        ("kraken_same_trade_old_names", "kraken_same_trade_new_names"),
        ("coinbase_same_trade_old_download", "coinbase_same_trade_new_download"),
        ("coinbase_same_trade_new_download", "coinbase_same_trade_old_download"),
    ],
)
def test_the_same_trades_told_twice_count_once(session: Session, first: str, second: str) -> None:
    before = bring(session, first).new
    run = bring(session, second)
    assert (run.new, run.known + run.changed) == (0, before)


def test_an_id_that_a_cut_divides_loses_no_fill(session: Session) -> None:
    bring(session, "shared_id_cut_1")
    bring(session, "shared_id_cut_2")
    assert nets(session) == {"SOL-USD": [Decimal("19.7032")]}
    assert still_open(session) == {}


def test_a_file_that_grew_brings_its_new_rows(session: Session) -> None:
    bring(session, "generic_extended_file_1")
    run = bring(session, "generic_extended_file_2")
    assert (run.known, run.new) == (2, 2)
    assert nets(session) == {"AR-USD": [Decimal(5)], "PEPE-USD": [Decimal(100)]}


def test_dropped_seconds_are_not_other_trades(session: Session) -> None:
    bring(session, "binance_with_seconds")
    with pytest.raises(ShiftedImport):
        bring(session, "binance_excel_dropped_seconds")
    assert nets(session) == {"ZEN-BTC": [Decimal("0.00048731")]}


def test_a_named_clock_opens_the_trade_on_its_day(session: Session) -> None:
    bring(session, "binance_header_names_utc_plus_1")
    (view,) = trades.round_trips(session)
    assert view.trip.opened_at.isoformat() == "2023-03-31T23:30:00+00:00"


def test_a_file_that_begins_in_the_middle_says_so(session: Session) -> None:
    """sell 1 BTC, buy it, sell it: a spot history whose beginning is missing"""
    run = bring(session, "generic_midway")
    said = " ".join(map(completed, (*run.warnings, *trades.profit(session).warnings)))
    assert "BTC-USD" in said
    assert "shorts" in said


def test_coins_sold_in_another_stable_quote_are_not_simply_open(session: Session) -> None:
    bring(session, "coinbase_bought_in_usd_sold_in_usdc")
    said = " ".join(trades.profit(session).warnings)
    assert "older statements" not in said
    assert "BTC-USD" in said


def test_the_coins_of_the_api_case_are_the_same(session: Session) -> None:
    assert bring(session, "coinbase_history_of_api_trades").new == 2


def test_a_margin_sale_is_a_short_and_owned_coins_are_not(session: Session) -> None:
    """84.66 on margin, as Kraken's own `net` has it, and 84.40 with owned coins."""
    bring(session, "kraken_margin_short")
    found = [(view.trip.side, view.trip.net) for view in trades.round_trips(session)]
    assert found == [("short", Decimal("84.66")), ("long", Decimal("84.4"))]
    assert trades.profit(session).totals["USD"].net == Decimal("169.06")


def test_fees_in_a_third_coin_stand_on_their_own_line(session: Session) -> None:
    bring(session, "binance_fee_in_bnb_on_other_pairs")
    (row,) = trades.profit(session).rows
    assert row.position.other_fees == {"BNB": Decimal("0.00002285")}


def test_a_tiny_open_rest_costs_what_it_cost(session: Session) -> None:
    """1e-8 ETH @ 3000 less a rebate of 3e-9."""
    bring(session, "coinbase_fills_maker_rebates_and_tiny")
    costs = {
        str(row.position.symbol): row.position.open_cost for row in trades.profit(session).rows
    }
    assert costs["ETH-USD"] == Decimal("0.000029997")
