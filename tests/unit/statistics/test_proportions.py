import pytest

from coach.engine.statistics.proportions import together, wilson


def test_two_of_ten_lie_z_errors_from_either_end_of_wilsons_interval() -> None:
    """(0.2 - p)^2 = 1.6449^2 p (1 - p) / 10 is how Wilson (1927) defines the ends."""
    assert wilson(2, 10) == pytest.approx((0.068558, 0.459207), abs=1e-6)
    for end in wilson(2, 10):
        assert (0.2 - end) ** 2 == pytest.approx(1.644854**2 * end * (1 - end) / 10, rel=1e-5)


def test_wilson_stays_between_nothing_and_all() -> None:
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_two_halves_are_a_half_and_two_small_ones_smaller() -> None:
    assert together((0.5, 0.5)) == pytest.approx(0.5)
    assert together((0.05, 0.05)) == pytest.approx(0.01, abs=0.001)
    assert together((0.001, 0.999)) == pytest.approx(0.5)
    assert 0.0 < together((0.0, 1.0)) < 1.0
