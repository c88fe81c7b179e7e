"""Quantiles of Student's t against the printed table."""

import math

import pytest

from coach.engine.statistics.distributions.normal import Z_90
from coach.engine.statistics.distributions.student import t_90


@pytest.mark.parametrize(
    ("freedom", "printed"),
    [(1, 6.314), (2, 2.920), (4, 2.132), (10, 1.812), (30, 1.697), (120, 1.658)],
)
def test_quantiles_are_those_of_the_printed_table(freedom: float, printed: float) -> None:
    """Abramowitz & Stegun, table 26.10, the column of .95."""
    assert t_90(freedom) == pytest.approx(printed, abs=6e-4)


def test_with_endless_freedom_it_is_the_normal_quantile() -> None:
    assert t_90(math.inf) == Z_90
    assert t_90(1e5) == pytest.approx(Z_90, rel=1e-4)
