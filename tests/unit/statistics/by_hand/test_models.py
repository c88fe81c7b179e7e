"""Fitted day counts and beta draws, against the same computed number by number."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from coach.engine.statistics.day_counts import CountPrediction, predicted
from coach.engine.statistics.distributions.beta_draws import draw
from coach.engine.statistics.draws import uniforms

Row = tuple[float, float]  # a feature and a count


def root(of: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function crosses nought, by halving."""
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) > 0 else (low, middle)
    return (low + high) / 2


def fitted(rows: list[Row], dispersion: float) -> tuple[float, float]:
    """Return intercept and slope where the slopes of likelihood and priors cancel.

    Their precisions are 0.01 and 4; each is solved in turn until neither moves.
    """
    level, slope = 0.0, 0.0

    def pull(level: float, slope: float, *, by_feature: bool) -> float:
        total = 0.0
        for x, y in rows:
            mean = math.exp(level + slope * x)
            total += (x if by_feature else 1.0) * (y - mean) / (1 + dispersion * mean)
        return total

    def pull_of_level(tried: float) -> float:
        return pull(tried, slope, by_feature=False) - 0.01 * tried

    def pull_of_slope(tried: float) -> float:
        return pull(level, tried, by_feature=True) - 4 * tried

    for _ in range(40):
        level = root(pull_of_level, -8, 8)
        slope = root(pull_of_slope, -8, 8)
    return level, slope


def moments(rows: list[Row], level: float, slope: float) -> float:
    """Return the dispersion, helped by ten days of 0.3, five of the days being fitted away."""
    means = [math.exp(level + slope * x) for x, _ in rows]
    squares = sum(mean**2 for mean in means)
    helped = 10 * squares / len(rows)
    freedom = len(rows) / max(len(rows) - 5, 1)
    rest = sum((y - mean) ** 2 for (_, y), mean in zip(rows, means, strict=True))
    found = (rest * freedom - sum(means) + 0.3 * helped) / (squares + helped)
    return max(found, 1e-6)


def by_hand(rows: list[Row], ahead: float) -> tuple[float, float]:
    """Return mean and dispersion of a day with this feature, after these."""
    dispersion = 0.3
    for _ in range(2):
        used = dispersion
        level, slope = fitted(rows, used)
        dispersion = moments(rows, level, slope)
    a, b, c = 0.01, 0.0, 4.0
    for x, _ in rows:
        mean = math.exp(level + slope * x)
        weight = mean / (1 + used * mean)
        a, b, c = a + weight, b + weight * x, c + weight * x * x
    error = (c - 2 * b * ahead + a * ahead**2) / (a * c - b * b)
    return math.exp(level + slope * ahead), 1.5 * dispersion + math.expm1(min(error, 1.0))


@pytest.mark.parametrize("asked", [75, 60, 12, 4])
def test_a_day_is_predicted_from_the_sixty_days_before(asked: int) -> None:
    days = np.arange(80)
    features = np.sin(days * 0.7)
    counts = (3 + 2 * np.cos(days * 1.3) + 3 * (days % 5 == 0)).round().astype(np.int64)
    first = max(asked - 60, 0)
    rows = [(float(features[day]), float(counts[day])) for day in range(first, asked)]
    found = predicted(counts, features[:, None], np.array([asked]))
    mean, dispersion = by_hand(rows, float(features[asked]))
    assert found.mean[0] == pytest.approx(mean, rel=1e-4)
    assert found.dispersion[0] == pytest.approx(dispersion, rel=1e-3)


def test_days_without_any_trade_predict_a_twentieth() -> None:
    found = predicted(np.zeros(70, np.int64), np.zeros((70, 1)), np.array([65]))
    assert found.mean.tolist() == [0.05]


def test_before_the_first_day_a_twentieth_is_all_that_is_known() -> None:
    """Nothing but the prior of the level pulls: exp(0) after enough steps of one at most."""
    found = predicted(np.full(3, 9), np.zeros((3, 1)), np.array([0]))
    assert found.mean[0] == pytest.approx(1.0)
    assert found.dispersion[0] == pytest.approx(1.5e-6 + math.expm1(1.0), rel=1e-5)


@pytest.mark.parametrize(("mean", "size"), [(3.0, 2.0), (0.4, 5.0), (12.0, 1.5)])
def test_the_tail_is_that_of_the_negative_binomial(mean: float, size: float) -> None:
    """P(k) = C(k + r - 1, k) p^r (1 - p)^k with p = r / (r + mean)."""
    p = size / (size + mean)
    chances = [
        math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1))
        * p**size
        * (1 - p) ** k
        for k in range(8)
    ]
    counts = np.arange(9)
    days = CountPrediction(np.full(9, mean), np.full(9, 1 / size))
    assert days.tail(counts) == pytest.approx([1 - sum(chances[:k]) for k in range(9)])


def test_a_count_is_beyond_where_its_tail_is_one_in_forty() -> None:
    """Geometric with P(at least one) = 1/40 exactly: a mean of 1/39."""
    days = CountPrediction(np.full(2, 1 / 39), np.ones(2))
    assert days.tail(np.array([1, 2])) == pytest.approx([1 / 40, 1 / 1600])
    assert days.beyond(np.array([0, 2])).tolist() == [False, True]


def cheng(first: float, second: float, seed: int, stream: int, place: int, width: int) -> float:
    """Return a draw by algorithm BB as it is printed, from the two uniforms of its own try."""
    a, b = min(first, second), max(first, second)
    alpha = a + b
    beta = math.sqrt((alpha - 2) / (2 * a * b - alpha))
    gamma = a + 1 / beta
    u1, u2 = (float(one) for one in uniforms(seed, (2, width), stream)[:, place] + 2.0**-54)
    v = beta * math.log(u1 / (1 - u1))
    w = a * math.exp(v)
    z = u1 * u1 * u2
    r = gamma * v - math.log(4)
    s = a + r - w
    taken = s + 1 + math.log(5) >= 5 * z or (
        s >= math.log(z) or r + alpha * math.log(alpha / (b + w)) >= math.log(z)
    )
    if not taken:
        return math.nan
    return w / (b + w) if first == a else b / (b + w)


@pytest.mark.parametrize(
    ("first", "second"), [(1.0, 1.3), (1.3, 1.0), (2.0, 7.5), (9.0, 1.5), (3.0, 3.0), (1.5, 1.6)]
)
def test_draws_are_those_of_the_printed_algorithm(first: float, second: float) -> None:
    """What the first try refuses is tried again, all that is open together, by the next stream."""
    count = 300
    drawn = draw(np.full(count, first), np.full(count, second), 5, stream=20)
    places, stream = [*range(count)], 20
    while places:
        tried = [
            cheng(first, second, 5, stream, place, len(places)) for place in range(len(places))
        ]
        for place, value in zip(places, tried, strict=True):
            assert math.isnan(value) or drawn[place] == pytest.approx(value)
        places = [place for place, one in zip(places, tried, strict=True) if math.isnan(one)]
        stream += 1
    assert stream > 21


def test_one_shape_of_a_pair_may_be_one_and_not_both() -> None:
    for shapes in ((1.0, 1.0), (0.99, 2.0), (2.0, 0.99)):
        with pytest.raises(ValueError, match="at most one"):
            draw(np.array([shapes[0]]), np.array([shapes[1]]), 1)
    mixed = draw(np.array([1.0, 3.0]), np.array([2.0, 1.0]), 1)
    assert ((mixed > 0) & (mixed < 1)).all()
