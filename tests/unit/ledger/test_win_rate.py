"""A win rate has one denominator: the trades that were won or lost."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from coach.engine.ledger.exact import add, multiply, subtract
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


def test_an_unknown_outcome_is_not_decided() -> None:
    rate = win_rate({"win": 1, "loss": 1, "unknown": 28})
    assert (rate.share, rate.decided, rate.unknown) == (Fraction(1, 2), 2, 28)


def test_a_fee_that_is_not_valued_leaves_a_gain_unknown_and_a_loss_a_loss() -> None:
    bnb = {"BNB": Decimal("0.0005")}
    assert outcome(Decimal("0.05"), Decimal(0), bnb) == "unknown"
    assert outcome(Decimal("-0.05"), Decimal(0), bnb) == "loss"
    assert outcome(Decimal("0.05"), Decimal("0.06"), bnb) == "break_even"
    assert outcome(Decimal(0), Decimal(0), bnb) == "unknown"


@given(
    gross=CENTS,
    fees=some.integers(-100, 1_000).map(lambda cents: Decimal(cents) / 100),
    unvalued=some.dictionaries(some.sampled_from(("BNB", "KCS")), CENTS.filter(bool), min_size=1),
    data=some.data(),
)
def test_no_price_turns_an_outcome_that_is_told(
    gross: Decimal, fees: Decimal, unvalued: dict[str, Decimal], data: some.DataObject
) -> None:
    told = outcome(subtract(gross, fees), fees, unvalued)
    for fee in unvalued.values():
        price = Decimal(data.draw(some.integers(1, 100_000))) / 100
        fees = add(fees, multiply(fee, price))
    assert told in {"unknown", outcome(subtract(gross, fees), fees)}
