"""Beta draws have the moments of the distribution, and stay what they are."""

import numpy as np
import pytest

from coach.engine.statistics.distributions.beta import below
from coach.engine.statistics.distributions.beta_draws import draw

MANY = 40_000


@pytest.mark.parametrize(("a", "b"), [(1.0, 19.0), (19.0, 1.2), (7.0, 3.0), (2.5, 2.5), (60, 400)])
def test_draws_follow_the_distribution(a: float, b: float) -> None:
    drawn = draw(np.full(MANY, float(a)), np.full(MANY, float(b)), seed=3)
    assert abs(drawn.mean() - a / (a + b)) < 4 * np.sqrt(a * b / (a + b) ** 2 / (a + b + 1) / MANY)
    for share in (0.05, 0.5, 0.95):
        assert abs(below(float(np.quantile(drawn, share)), a, b) - share) < 0.01


def test_draws_keep_the_shape_and_depend_on_seed_and_stream_alone() -> None:
    a, b = np.full((3, 4), 2.0), np.full((3, 4), 5.0)
    assert draw(a, b, 1).shape == (3, 4)
    assert np.array_equal(draw(a, b, 1), draw(a, b, 1))
    assert not np.array_equal(draw(a, b, 1), draw(a, b, 2))
    assert not np.array_equal(draw(a, b, 1), draw(a, b, 1, stream=50))


def test_no_pair_no_draw() -> None:
    assert draw(np.zeros(0), np.zeros(0), 1).size == 0


def test_shapes_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        draw(np.array([0.5]), np.array([2.0]), 1)
