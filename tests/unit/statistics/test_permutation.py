"""The stratified permutation against every shuffle written out, and against its own null."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics import permutation
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.permutation import (
    dose_test,
    permutation_variance,
    permuted_sums,
    stratified_test,
)
from coach.engine.statistics.strata import centred, consecutive

MARKED = np.array([True, False, True, False, False, True, False])
STRATA = np.array([0, 0, 0, 0, 1, 1, 1])
VALUES = np.array([4.0, 1.0, 2.0, 2.5, 3.0, 7.0, 1.0])


def every_shuffle() -> list[float]:
    return [
        float(VALUES[[*first, second]].sum())
        for first in combinations(range(4), 2)
        for second in range(4, 7)
    ]


def test_the_variance_is_that_of_all_shuffles() -> None:
    exact = permutation_variance(MARKED, centred(VALUES, STRATA), STRATA)
    assert exact == pytest.approx(np.var(every_shuffle()))


def test_shuffles_are_drawn_evenly_from_all_of_them() -> None:
    drawn = permuted_sums(MARKED, VALUES, STRATA, seed=3, permutations=18_000)
    seen, counts = np.unique(drawn.round(9), return_counts=True)
    expected, ways = np.unique(np.round(every_shuffle(), 9), return_counts=True)
    assert seen.tolist() == expected.tolist()
    assert np.abs(counts / 1000 - ways).max() < 0.15


def test_p_counts_the_shuffles_that_reach_what_was_seen() -> None:
    tested = stratified_test(MARKED, VALUES[:, None], STRATA, seed=3)
    seen = VALUES[MARKED].sum()
    share = np.mean([total >= seen for total in every_shuffle()])
    assert tested.permutations == 999
    assert tested.p == pytest.approx(share, abs=0.05)


def test_the_largest_possible_difference_has_the_smallest_p() -> None:
    marked = np.tile([True, False], 60)
    tested = stratified_test(marked, marked[:, None].astype(float), strata_of(120), seed=1)
    assert tested.p == 1 / 1000
    assert tested.statistic > 10


def test_two_columns_are_standardised_before_they_are_added() -> None:
    once = stratified_test(MARKED, VALUES[:, None], STRATA, seed=3)
    twice = stratified_test(MARKED, np.stack([VALUES, 1000 * VALUES], axis=1), STRATA, seed=3)
    assert twice.statistic == pytest.approx(2 * once.statistic)
    assert twice.p == once.p


@pytest.mark.parametrize("values", [np.ones(7), np.array([1.0, 1, 1, 1, 5, 5, 5])])
def test_what_no_shuffle_can_move_says_nothing(values: Floats) -> None:
    tested = stratified_test(MARKED, values[:, None], STRATA, seed=3)
    assert (tested.statistic, tested.p) == (0.0, 1.0)


def test_strata_of_one_close_say_nothing() -> None:
    assert stratified_test(MARKED[:2], VALUES[:2, None], np.array([0, 1]), seed=3).p == 1.0


def test_beyond_twenty_thousand_closes_the_normal_limit_answers_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marked = uniforms(1, (600,)) < 0.5
    values = uniforms(2, (600, 1)) + 0.05 * marked[:, None]
    shuffled = stratified_test(marked, values, strata_of(600), seed=3)
    monkeypatch.setattr(permutation, "MOST_PERMUTED", 599)
    limit = stratified_test(marked, values, strata_of(600), seed=3)
    assert limit.permutations == 0
    assert limit.p == pytest.approx(shuffled.p, abs=0.02)


def test_p_is_uniform_when_nothing_is_there() -> None:
    """Kolmogorov-Smirnov at .01: the largest distance stays below 1.63 / sqrt(runs)."""
    runs = 300
    values, labels = uniforms(5, (runs, 60, 2)), uniforms(6, (runs, 60)) < 0.45
    p_values = np.sort(
        [
            stratified_test(labels[run], values[run], strata_of(60), seed=run).p
            for run in range(runs)
        ]
    )
    distance = np.abs(p_values - (np.arange(runs) + 0.5) / runs).max()
    assert distance < 1.63 / np.sqrt(runs)


@given(st.integers(0, 1000), st.floats(0.001, 1000), st.floats(-100, 100))
def test_units_do_not_matter(seed: int, scale: float, shift: float) -> None:
    marked, values = uniforms(seed, (40,)) < 0.4, uniforms(seed + 1, (40, 1))
    plain = stratified_test(marked, values, strata_of(40), seed)
    other = stratified_test(marked, values * scale + shift, strata_of(40), seed)
    assert other.p == plain.p


def strata_of(closes: int) -> Integers:
    return consecutive(np.zeros(closes, np.int64))


def test_a_dose_is_tested_like_a_mark_when_it_is_one() -> None:
    """Doses of 0 and 1 are marks: the two tests agree to what 999 shuffles tell."""
    marked = np.arange(60) % 3 == 0
    strata = np.arange(60) // 12
    values = np.sin(np.arange(60.0)) + 0.5 * marked
    dosed = dose_test(marked.astype(np.float64), values, strata, 1)
    assert dosed.p == pytest.approx(stratified_test(marked, values[:, None], strata, 1).p, abs=0.03)


def test_values_that_rise_with_the_dose_leave_no_shuffle_above() -> None:
    doses = np.tile(np.arange(12.0), 4)
    assert dose_test(doses, doses, np.arange(48) // 12, 1).p == 0.001
    assert dose_test(doses, -doses, np.arange(48) // 12, 1).p == 1.0


def test_a_dose_that_never_changes_tests_nothing() -> None:
    assert dose_test(np.ones(24), np.arange(24.0), np.arange(24) // 12, 1).p == 1.0


def test_above_two_thousand_rows_the_dose_test_is_normal() -> None:
    rows = np.arange(2_400)
    doses, values = np.sin(rows * 1.7), np.sin(rows * 0.9) + 0.03 * np.sin(rows * 1.7)
    few, many = rows < 1_992, np.ones(2_400, np.bool_)
    shuffled = dose_test(doses[few], values[few], rows[few] // 12, 1)
    normal = dose_test(doses[many], values[many], rows[many] // 12, 1)
    assert (shuffled.permutations, normal.permutations) == (999, 0)
    assert normal.p == pytest.approx(shuffled.p, abs=0.1)
