"""What is told of wins and losses: numbers by hand, no claim."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from coach.engine.biases.detection import findings
from coach.engine.biases.habits.payoff_asymmetry import DETECTOR
from coach.engine.features.history import history
from coach.model.insights import Finding
from coach.model.trades import Trip

ENDS = 1_798_761_600_000_000  # 2027


def told(trips: list[Trip]) -> Finding:
    return findings(history(trips), 0, ENDS, [DETECTOR])[0]


@pytest.fixture
def trips(trader: Callable[..., list[Trip]]) -> list[Trip]:
    """Eight wins of 30 and sixteen losses of 10, in turn."""
    return [
        trip._replace(net=Decimal(30 if place % 3 == 0 else -10), fees=Decimal(0))
        for place, trip in enumerate(trader(1, 24))
    ]


def test_wins_three_times_the_losses_break_even_at_one_in_four(trips: list[Trip]) -> None:
    found = told(trips)
    assert (found.kind, found.level, found.effect, found.n) == ("fact", "none", 3.0, 24)
    assert found.facts["win_rate"] == pytest.approx(1 / 3, abs=1e-5)
    assert found.facts["break_even_win_rate"] == 0.25
    assert (found.facts["average_win"], found.facts["average_loss"]) == (30.0, 10.0)
    assert (found.score, found.p, found.costs, found.held) == (None, None, (), False)


def test_break_evens_are_counted_beside_the_win_rate_and_not_in_it(trips: list[Trip]) -> None:
    even = [
        trip._replace(id=f"e{trip.id}", net=Decimal(1), fees=Decimal(2))  # type: ignore[arg-type]
        for trip in trips[:5]
    ]
    found = told([*trips, *even])
    sample = found.evidence[0].sample
    assert (sample["n"], sample["wins"], sample["break_even"]) == (24, 8, 5)
    assert found.facts["win_rate"] == told(trips).facts["win_rate"]


def test_the_interval_holds_the_ratio(trader: Callable[..., list[Trip]]) -> None:
    found = told(trader(3, 150))
    assert found.interval is not None
    assert found.interval[0] < (found.effect or 0) < found.interval[1]


def test_another_currency_or_size_is_the_same_ratio(trips: list[Trip]) -> None:
    larger = [trip._replace(net=trip.net * 7, notional=trip.notional * 7) for trip in trips]
    assert told(larger).effect == told(trips).effect


def test_the_currency_with_the_most_trades_is_told(trips: list[Trip]) -> None:
    mixed = [*trips, *(trip._replace(id=f"e{trip.id}", quote="EUR") for trip in trips[:5])]  # type: ignore[arg-type]
    found = told(mixed)
    assert (found.facts["currency"], found.n) == ("USD", 24)
    assert found.evidence[0].sample["trades_in_other_currencies"] == 5


def test_the_order_of_trades_changes_nothing(trips: list[Trip]) -> None:
    assert told(trips[::-1]) == told(trips)


def test_five_trades_tell_nothing_yet(trips: list[Trip]) -> None:
    found = told(trips[:5])
    assert (found.level, found.effect) == ("insufficient", None)
    assert found.needed >= 15


def test_who_only_wins_has_no_ratio(trips: list[Trip]) -> None:
    found = told([trip._replace(net=Decimal(5)) for trip in trips])
    assert found.level == "insufficient"


def test_ninety_percent_intervals_hold_the_truth_nine_times_in_ten(
    trader: Callable[..., list[Trip]],
) -> None:
    """Results are a fair coin of normal size, so the true ratio is one before fees."""
    found = [told(trader(seed, 120)) for seed in range(120)]
    inside = [one.interval[0] <= 0.98 <= one.interval[1] for one in found if one.interval]
    assert 0.82 < np.mean(inside) < 0.96
