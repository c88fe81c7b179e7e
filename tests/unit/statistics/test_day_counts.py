import numpy as np
import pytest

from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.day_counts import CountPrediction, predicted
from coach.engine.statistics.draws import uniforms


def poisson(seed: int, means: Floats) -> Integers:
    """Count uniform products above exp(-mean), Knuth's way."""
    draws = np.cumsum(np.log(uniforms(seed, (len(means), 60)) + 1e-300), axis=1)
    return np.asarray((draws > -means[:, None]).sum(axis=1), np.int64)


def one(mean: float, dispersion: float) -> CountPrediction:
    return CountPrediction(np.array([mean]), np.array([dispersion]))


def test_without_dispersion_the_tail_is_that_of_poisson() -> None:
    """P(X >= 3) for a mean of 1: 1 - e^-1 (1 + 1 + 1/2)."""
    assert one(1.0, 1e-9).tail(np.array([3]))[0] == pytest.approx(0.080301, abs=1e-5)


def test_a_dispersion_of_one_is_the_geometric_distribution() -> None:
    """Mean 1: P(X >= k) = 2^-k."""
    for count in range(6):
        assert one(1.0, 1.0).tail(np.array([count]))[0] == pytest.approx(0.5**count)


def test_a_count_is_busy_above_the_quantile_that_leaves_one_in_forty() -> None:
    """Geometric with a mean of 1: P(at least 5) = 1/32, P(at least 6) = 1/64."""
    days = CountPrediction(np.ones(3), np.ones(3))
    assert days.beyond(np.array([4, 5, 6])).tolist() == [False, False, True]


def test_a_day_is_predicted_by_the_days_before_alone() -> None:
    counts = poisson(1, np.full(100, 4.0))
    features = uniforms(2, (100, 2)) - 0.5
    asked = np.arange(30, 70)
    before = predicted(counts, features, asked)
    counts[70:] = 500
    features[70:] = 9.0
    after = predicted(counts, features, asked)
    assert (before.mean == after.mean).all()
    later = counts.copy()
    later[69] += 30
    assert (predicted(later, features, np.array([69])).mean == before.mean[-1]).all()


def test_steady_days_predict_their_own_mean() -> None:
    days = predicted(poisson(3, np.full(200, 5.0)), np.zeros((200, 1)), np.arange(60, 200))
    assert days.mean.mean() == pytest.approx(5.0, abs=0.3)
    assert days.dispersion.mean() < 0.25


def test_volatile_days_explain_their_own_trades() -> None:
    volatility = uniforms(4, (200, 1)) * 2 - 1
    counts = poisson(5, 3 * np.exp(1.0 * volatility[:, 0]))
    asked = np.arange(60, 200)
    knowing, blind = predicted(counts, volatility, asked), predicted(counts, 0 * volatility, asked)
    calm, wild = volatility[asked, 0] < -0.5, volatility[asked, 0] > 0.5
    assert knowing.mean[wild].mean() > 2 * knowing.mean[calm].mean()
    assert knowing.dispersion.mean() < 0.5 * blind.dispersion.mean()


def test_busy_days_are_as_rare_as_they_should_be() -> None:
    """Rates that differ from day to day by a gamma of shape two: dispersion one half."""
    gamma = -np.log(uniforms(6, (1200, 2)) + 1e-300).sum(axis=1) / 2
    counts = poisson(7, 4 * gamma)
    asked = np.arange(60, 1200)
    busy = predicted(counts, np.zeros((1200, 7)), asked).beyond(counts[asked])
    assert 0.005 < busy.mean() < 0.045


def test_no_day_asked_is_no_day_answered() -> None:
    days = predicted(np.zeros(3, np.int64), np.zeros((3, 2)), np.zeros(0, np.int64))
    assert days.beyond(np.zeros(0, np.int64)).shape == (0,)
