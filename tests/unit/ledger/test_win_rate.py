"""A win rate has one denominator: the trades that were won or lost."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from coach.model.trades import outcome, win_rate

CENTS = some.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)


def test_twenty_wins_ten_losses_and_ten_break_evens_are_two_thirds() -> None:
    rate = win_rate({"win": 20, "loss": 10, "break_even": 10})
    assert (rate.share, rate.decided, rate.break_even) == (Fraction(2, 3), 30, 10)


def test_break_evens_alone_have_no_win_rate() -> None:
    rate = win_rate({"break_even": 3})
    assert (rate.share, rate.decided) == (None, 0)


@given(nets=some.lists(CENTS), fees=some.integers(0, 1_000).map(Decimal))
def test_a_break_even_more_changes_no_win_rate(nets: list[Decimal], fees: Decimal) -> None:
    counted = Counter(outcome(net, fees) for net in nets)
    rate = win_rate(counted)
    assert rate.decided + rate.break_even == len(nets)
    assert win_rate(counted + Counter([outcome(Decimal(0), fees)])).share == rate.share
