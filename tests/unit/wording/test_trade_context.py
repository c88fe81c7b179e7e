"""What stood around an entry, in lines; what is not known has none."""

from decimal import Decimal

from coach.model.journal.trade_context import TradeContext
from coach.wording.trade_context import describe_context


def test_everything_that_is_known_has_a_line() -> None:
    context = TradeContext(
        since_loss_s=1_560.0,
        open_trades=2,
        open_notional={"USD": Decimal("1234.5")},
        run_up=0.0125,
        run_up_sigma=1.5,
        volatility=0.0084,
        rules=("At most 3 new trades per day",),
        sessions=("Europe", "US"),
    )
    assert list(describe_context(context)) == [
        "in the hours of Europe and US",
        "26 min after the last loss",
        "2 other trades open, entered for 1,234.50 USD",
        "price 1.25 % over the hour before (1.5 σ)",  # noqa: RUF001 -- the unit
        "volatility 0.84 % an hour",
        "rule in force: At most 3 new trades per day",
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert list(describe_context(TradeContext(None, 0))) == []
