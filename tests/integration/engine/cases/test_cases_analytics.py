"""What the ledger says of ../shared/cases/analytics, with the answers that are right.

`TABLE` says of every statement there which trades it makes and what stays open; its
NAME.expected.txt says why. A statement that is neither in it nor in `OWN_TESTS` fails.
"""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from coach.engine.api import trades
from coach.engine.api.session import Session
from coach.model.trades import Outcome, Position
from tests.cases import ANALYTICS, bring

WON: Outcome = "win"
LOST: Outcome = "loss"
EVEN: Outcome = "break_even"

pytestmark = pytest.mark.skipif(
    not ANALYTICS.is_dir(), reason="../shared/cases/analytics is not here"
)


@dataclass(frozen=True)
class Case:
    """The right answer for one statement in an account of its own.

    `trades` are the closed trades in the order in which they ended: symbol, net and outcome.
    `totals` are gross, fees and net by symbol and FIFO, `average` those that differ by average
    cost. `open` are quantity and cost, the same by both methods; `unknown` quantities and proceeds.
    """

    trades: list[tuple[str, str, Outcome]]
    totals: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    average: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open: dict[str, tuple[str, str]] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    shorts: bool | None = None


ACB = [("ETH-EUR", "-105", LOST)]
SPOT_ACB = Case(
    [*ACB, *ACB],
    {"ETH-EUR": ("-210", "0", "-210")},
    unknown=[("0.3", "10.5"), ("1.5", "52.5")],
    shorts=False,
)
SHORT_ACB = Case(
    [*ACB, *ACB],
    {"ETH-EUR": ("-210", "0", "-210")},
    open={"ETH-EUR": ("-1.8", "63")},
    shorts=True,
)
LONG_WON, LONG_LOST = ("SOL-USD", "13", WON), ("SOL-USD", "-7", LOST)

TABLE = {
    "acb_sequence": SPOT_ACB,
    "binance_same_second": Case([("SOL-USDT", "13", WON), ("SOL-USDT", "-7", LOST)]),
    "coinbase_same_second": Case(
        [("SOL-USD", "3", WON), ("SOL-USD", "3", WON)], {"SOL-USD": ("10", "4", "6")}
    ),
    "drawdown_first": Case(
        [
            *[("BTC-USD", net, LOST) for net in ("-100", "-150")],
            *[("BTC-USD", net, WON) for net in ("100", "200")],
            *[("BTC-USD", "0", EVEN)] * 2,
        ]
    ),
    "dst_day": Case(
        [
            ("BTC-USD", "-12", LOST),
            ("BTC-USD", "-12", LOST),
            ("ETH-USD", "8", WON),
            *[("BTC-USD", "-12", LOST)] * 3,
        ]
    ),
    "fee_in_sold_coin": Case([("ETH-USD", "78", WON)], {"ETH-USD": ("99", "21", "78")}),
    "flip_loss": Case(
        [("SOL-USD", net, LOST) for net in ("-102", "-52", "-52")],
        {"SOL-USD": ("-200", "6", "-206")},
    ),
    "flip_overstated": Case(
        [("XMR-USDT", "9.81", WON), ("XMR-USDT", "2.4075", WON)],
        {"XMR-USDT": ("12.5", "0.2825", "12.2175")},
    ),
    "huge": Case(
        [("BABYDOGE-IDR", "0.123456789012345678", WON), ("BTC-VND", "1.00000001", WON)],
    ),
    "jnug_two_cycles": Case(
        [("JNG-USD", "24.5", WON), ("JNG-USD", "15.44", WON)],
        {"JNG-USD": ("43.94", "4", "39.94")},
    ),
    "mae": Case([("MAE-USD", "38", WON)]),
    "mae_between": Case([("MAE-USD", net, WON) for net in ("8", "38", "8")]),
    "mae_short": Case([("MAE-USD", "-42", LOST)]),
    "mae_two_values": Case([("MAE-USD", net, WON) for net in ("8", "38")]),
    "one_trade": Case([("ONE-USD", "98", WON)], {"ONE-USD": ("100", "2", "98")}),
    "r_multiples": Case(
        [
            ("AAA-USD", "-32", LOST),
            ("BBB-USD", "-4", LOST),
            ("CCC-USD", "76", WON),
            ("DDD-USD", "10", WON),
            ("DDD-USD", "5", WON),
            ("EEE-USD", "-0.1", EVEN),
        ]
    ),
    "reenter_same_second_ids": Case([LONG_WON, LONG_LOST], {"SOL-USD": ("10", "4", "6")}),
    "reenter_same_second_noids": Case([LONG_WON, LONG_LOST], {"SOL-USD": ("10", "4", "6")}),
    "same_second_newest_first": Case([("SOL-USD", net, WON) for net in ("3", "8")]),
    "same_second_no_ids": Case(
        [("SOL-USD", net, WON) for net in ("3", "8", "5")],
        {"SOL-USD": ("22", "6", "16")},
        shorts=False,
    ),
    "sell_less_than_bought": Case(
        [], {"ZMK-CAD": ("-1", "0", "-1")}, open={"ZMK-CAD": ("530", "26441.7")}
    ),
    "shib_tiny": Case(
        [
            ("BTC-USD", "0.0002345677", WON),
            ("IDR-TEST", "0.75", WON),
            ("PEPE-BTC", "0.000002", WON),
            ("SHIB-USDT", "-0.077160493125", EVEN),
        ],
        {"SHIB-USDT": ("0.123456789", "0.200617282125", "-0.077160493125")},
    ),
    "short_partial_open": Case(
        [], {"AVV-USD": ("0.9", "2.6", "-1.7")}, open={"AVV-USD": ("-5", "1.25")}
    ),
    "short_same_second_ids": Case([("SOL-USD", "3", WON)], {"SOL-USD": ("5", "2", "3")}),
    "tags_once": Case(
        [
            ("BTC-USD", net, LOST if net.startswith("-") else WON)
            for net in (*["4.7"] * 5, "-10.3", "9.7", "-10.3", "14.7", "4.7", "-10.3", "9.7")
        ]
    ),
    "two_sells_loss": Case(
        [],
        {"BYX-CNY": ("-207.4", "17.666666666666666667", "-225.066666666666666667")},
        {"BYX-CNY": ("-179.4", "17.2", "-196.6")},
    ),
}
"""Statement and answer."""

OWN_TESTS = {
    "be_winrate",
    "bnb_scalps",
    "multi_quote",
    "short_partial_rest",
    "twin_accounts_a",
    "twin_accounts_b",
    "week_borders",
}
"""Statements with a test of their own, below, in …_excursions.py or in …_weeks.py."""


def numbers(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def positions(session: Session, method: str, account: str | None = None) -> dict[str, Position]:
    rows = trades.profit(session, method, account=account).rows
    return {row.position.symbol: row.position for row in rows}


def closed(session: Session) -> list[tuple[str, Decimal, Outcome | None]]:
    """Return the closed trades in the order of their ends, those of one moment by symbol."""
    views = sorted(
        trades.round_trips(session), key=lambda one: (one.trip.closed_at, one.trip.symbol)
    )
    return [(view.trip.symbol, view.trip.net, view.outcome) for view in views]


def check(session: Session, case: Case) -> None:
    assert closed(session) == [(symbol, Decimal(net), word) for symbol, net, word in case.trades]
    for method, wanted in (("fifo", case.totals), ("average", case.totals | case.average)):
        found = positions(session, method)
        for symbol, money in wanted.items():
            one = found[symbol]
            assert (one.gross, one.fees, one.net) == numbers(*money), method
        if not case.average:
            still = {
                symbol: (one.open_quantity, one.open_cost)
                for symbol, one in found.items()
                if one.open_quantity
            }
            assert still == {symbol: numbers(*rest) for symbol, rest in case.open.items()}
    unknown = [(one.quantity, one.proceeds) for one in trades.profit(session).unknown]
    assert unknown == [numbers(*line) for line in case.unknown]


def test_every_case_has_its_answer() -> None:
    names = {file.stem for file in ANALYTICS.glob("*.csv") if not file.stem.endswith(".candles")}
    assert names == TABLE.keys() | OWN_TESTS


@pytest.mark.parametrize("name", TABLE)
def test_an_import_of_the_case_gives_its_answer(autumn: Session, name: str) -> None:
    bring(autumn, name, shorts=TABLE[name].shorts)
    check(autumn, TABLE[name])


def test_what_was_sold_beyond_the_coins_is_a_short_where_shorts_are_declared(
    autumn: Session,
) -> None:
    bring(autumn, "acb_sequence", shorts=True)
    check(autumn, SHORT_ACB)


@pytest.mark.parametrize(
    ("method", "quantity", "cost"),
    [("fifo", "700", "667.333333333333333333"), ("average", "700", "695.8")],
)
def test_what_is_left_costs_what_the_method_says(
    autumn: Session, method: str, quantity: str, cost: str
) -> None:
    bring(autumn, "two_sells_loss")
    one = positions(autumn, method)["BYX-CNY"]
    assert (one.open_quantity, one.open_cost) == numbers(quantity, cost)


def test_a_short_bought_back_in_two_parts_is_one_break_even(autumn: Session) -> None:
    bring(autumn, "short_partial_open")
    bring(autumn, "short_partial_rest")
    check(autumn, Case([("AVV-USD", "-4.7", EVEN)], {"AVV-USD": ("4.4", "9.1", "-4.7")}))


def test_a_short_of_less_than_a_second_is_no_long(autumn: Session) -> None:
    bring(autumn, "short_same_second_ids")
    [view] = trades.round_trips(autumn)
    assert view.trip.side == "short"


@pytest.mark.parametrize(
    "name",
    [
        "binance_same_second",
        "coinbase_same_second",
        "reenter_same_second_ids",
        "same_second_newest_first",
        "same_second_no_ids",
    ],
)
def test_what_is_bought_and_sold_in_one_second_is_a_long(autumn: Session, name: str) -> None:
    bring(autumn, name, shorts=TABLE[name].shorts)
    assert {view.trip.side for view in trades.round_trips(autumn)} == {"long"}


def test_money_of_several_quotes_is_never_one_sum(autumn: Session) -> None:
    bring(autumn, "multi_quote")
    profit = trades.profit(autumn)
    assert {quote: (one.fees, one.net) for quote, one in profit.totals.items()} == {
        "USD": numbers("0.2", "9.8"),
        "EUR": numbers("0.2", "-10.2"),
        "BTC": numbers("0", "0.01"),
        "USDT": numbers("0", "5"),
        "USDC": numbers("-0.1", "0.1"),
    }
    assert positions(autumn, "fifo")["ETH-BTC"].other_fees == {"BNB": Decimal("0.003")}


def test_unknown_sales_stand_in_the_row_of_the_account_that_sold(autumn: Session) -> None:
    bring(autumn, "twin_accounts_a", "A")
    bring(autumn, "twin_accounts_b", "B", shorts=False)
    everything = trades.profit(autumn)
    assert [
        (row.account, row.position.net, row.position.open_quantity) for row in everything.rows
    ] == [("A", Decimal(10), Decimal(0)), ("B", Decimal(3), Decimal(0))]
    unknown = [(one.account, one.quantity, one.proceeds, one.fee) for one in everything.unknown]
    assert unknown == [("B", *numbers("2", "210", "1"))]
    assert trades.profit(autumn, account="A").unknown == ()
    assert trades.profit(autumn, account="B").unknown == everything.unknown
