import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.multiplicity import adjusted

THROMBOLYSIS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_benjamini_and_hochberg_reject_four_of_their_fifteen() -> None:
    """Benjamini & Hochberg (1995), §4.1: the first four at q = .05."""
    assert [p <= 0.05 for p in adjusted(THROMBOLYSIS)].count(True) == 4


def test_at_a_tenth_nine_of_the_fifteen_are_discoveries() -> None:
    assert [p <= 0.10 for p in adjusted(THROMBOLYSIS)].count(True) == 9


def test_adjusted_values_keep_the_order_asked_in() -> None:
    assert adjusted([0.9, 0.01, 0.04]) == pytest.approx([0.9, 0.03, 0.06])


def test_nothing_asked_is_nothing_answered() -> None:
    assert adjusted([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusting_never_lowers_a_p_nor_exceeds_one(p_values: list[float]) -> None:
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted(p_values), strict=True))


def test_equal_weights_change_nothing_and_weights_move_what_they_weigh() -> None:
    p_values = [0.01, 0.02, 0.5]
    assert adjusted(p_values, [2.0, 2.0, 2.0]) == pytest.approx(adjusted(p_values))
    favoured = adjusted(p_values, [2.0, 0.5, 0.5])
    assert favoured[0] == pytest.approx(0.005 * 3)
    assert favoured[1] > adjusted(p_values)[1]
