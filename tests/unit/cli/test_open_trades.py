"""Open trades with what was realised of them, and fees in third coins with what they were worth."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.cli.commands import trades, why
from coach.engine.api.habits import OURS
from coach.engine.api.trades import TradeView
from coach.engine.api.why import TradeEvidence
from coach.engine.ledger.exact import ZERO
from coach.model.accounts import AccountId
from coach.model.candles import MINUTE
from coach.model.fees import CandleClose, FeeValue
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.trades import PartialClose, RoundTrip, TradeId
from coach.views.trades import partial_close

NINE = datetime(2026, 4, 1, 9, tzinfo=UTC)
IN, OUT = FillKey(b"in" * 8), FillKey(b"out.out.out.out.")
SHORT = Symbol("SOL-USDT")
TRIP = RoundTrip(
    id=TradeId("3fa9c1d200000000"),
    account_id=AccountId(1),
    symbol=SHORT,
    side="short",
    opened_at=NINE,
    closed_at=None,
    quantity=Decimal(7),
    entry=Decimal(9),
    exit=Decimal("4.5"),
    gross=Decimal(9),
    fees=Decimal("2.6"),
    net=Decimal("6.4"),
    fills=2,
    entry_quantity=Decimal(7),
    entry_notional=Decimal(63),
    entry_fills=(IN,),
    exit_fills=(),
    other_fees={},
    partial_closes=(PartialClose(NINE, OUT, Decimal(2), Decimal(9), Decimal("2.6")),),
)


@pytest.fixture
def drawer() -> str:
    """What `coach why` says of the trade."""
    candle = CandleClose(Symbol("BNB-USDT"), MINUTE, "vendor", NINE, Decimal(600))
    paid, worth = Decimal("0.0025"), Decimal("1.5")
    value = FeeValue(AccountId(1), IN, SHORT, "BNB", paid, Decimal(600), worth, (candle,))
    found = TradeEvidence(
        trip=TRIP,
        account="main",
        outcome=None,
        reached=TradeView(TRIP, "main", None, ()).reached,
        fills=(
            BookFill(IN, "sell", Decimal(7), Decimal(9), worth, "USDT", NINE, ""),
            BookFill(OUT, "buy", Decimal(2), Decimal("4.5"), paid, "KCS", NINE, ""),
            BookFill(OUT, "buy", Decimal(2), Decimal("4.5"), ZERO, "KCS", NINE, ""),
        ),
        fee_values={IN: value},
        tags=(),
        breaches=(),
        labels=(),
        path=None,
    )
    return "\n".join(why.of_trade(found, OURS, "UTC").lines)


def test_an_open_trade_shows_what_is_left_and_what_was_realised() -> None:
    answer = trades.answer_open([TradeView(TRIP, "main", None, ())])
    assert answer.table is not None
    [row] = answer.table.rows
    assert (row["open_quantity"], row["net"], row["fees"]) == ("-5", "6.4", "2.6")
    assert (row["outcome"], row["closed_at"], row["holding_s"]) == (None, None, None)
    assert partial_close(TRIP.partial_closes[0]) == {
        "at": NINE,
        "fill_id": OUT,
        "quantity": Decimal(2),
        "gross": Decimal(9),
        "fees": Decimal("2.6"),
    }


def test_the_drawer_says_what_is_realised_so_far(drawer: str) -> None:
    assert "account main, open" in drawer
    assert "net +6.40 USDT, fees 2.60 USDT realised so far" in drawer
    assert "2026-04-01 09:00  closed 2: gross +9.00 USDT, fees 2.60 USDT" in drawer


def test_the_drawer_names_the_candle_that_values_a_fee(drawer: str) -> None:
    assert "fee 0.0025 BNB = 1.5 USDT by the close 600 of BNB-USDT, 1m candle of" in drawer
    assert "by vendor" in drawer
    assert drawer.count("fee 0.0025 KCS is not valued") == 1
