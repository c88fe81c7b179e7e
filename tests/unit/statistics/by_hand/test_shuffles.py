"""Shuffles and flips of signs, drawn one by one."""

import math

import numpy as np
import pytest

from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.distributions.normal import above
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.permutation import dose_test, permuted_sums, stratified_test
from coach.engine.statistics.sign_flips import sign_flip_p


def test_a_sign_is_flipped_by_each_draw_below_a_half() -> None:
    values = np.array([3.0, -1.0, 2.0, 4.0, 1.0, 0.0])
    kept = values[:5]
    reached = 0
    for row in uniforms(9, (999, 5), 3).tolist():
        total = sum(value if one < 0.5 else -value for value, one in zip(kept, row, strict=True))
        reached += total >= kept.sum() - 1e-9
    assert sign_flip_p(values, 9) == (1 + reached) / 1000
    assert sign_flip_p(np.zeros(0), 9) == 1.0


def test_sums_of_signs_that_differ_by_rounding_are_equal() -> None:
    """0.1 + 0.2 is not 0.3: all of 2^3 flips are at least as far but for rounding, or not."""
    values = np.array([0.1, 0.2, -0.3])
    flips = uniforms(4, (999, 3), 3) < 0.5
    signs = np.where(flips, 1, -1) @ np.array([1, 2, -3])
    assert sign_flip_p(values, 4) == (1 + int((signs >= 0).sum())) / 1000


def test_many_values_are_flipped_in_several_draws() -> None:
    """5,000 values: 800 rows of signs fit, so the rest come from the stream 3 + 800."""
    values = np.concatenate([np.full(2_550, 1.0), np.full(2_450, -1.0)])
    reached = 0
    for stream, rows in ((3, 800), (803, 199)):
        signs = np.where(uniforms(1, (rows, 5_000), stream) < 0.5, 1, -1)
        reached += int((signs @ values >= 100).sum())
    assert sign_flip_p(values, 1) == (1 + reached) / 1000


DOSES = np.array([0.0, 1, 2, 5, 1, 3, 3, 2])
VALUES = np.array([1.0, 2, 2, 4, 0, 5, 1, 1])
HALVES = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def without_means(values: Floats) -> Floats:
    return np.concatenate([values[:4] - values[:4].mean(), values[4:] - values[4:].mean()])


@pytest.mark.parametrize("seed", [6, 7, 8, 9, 10])
def test_doses_are_tested_against_shuffles_inside_strata(seed: int) -> None:
    """In nine parts of 111, each of a stream of its own; a tie counts by a draw of stream 999."""
    dose, value = without_means(DOSES), without_means(VALUES)
    statistic = float((dose * value).sum())
    totals = []
    for start in range(0, 999, 111):
        for keys in uniforms(seed, (111, 8), 1_000 + start):
            order = [*np.argsort(keys[:4]), *(4 + np.argsort(keys[4:]))]
            totals.append(float((value[order] * dose).sum()))
    higher = sum(one > statistic + 1e-9 for one in totals)
    equal = sum(abs(one - statistic) <= 1e-9 for one in totals)
    part = int(float(uniforms(seed, (1,), 999)[0]) * (equal + 1))
    found = dose_test(DOSES, VALUES, HALVES, seed)
    assert equal > 1
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx((1 + higher + part) / 1000)
    assert found.permutations == 999


def test_above_two_thousand_rows_a_dose_has_pitmans_variance() -> None:
    rows = 2_018  # the last stratum has two of them
    doses, values = np.sin(np.arange(rows) * 1.7), np.sin(np.arange(rows) * 0.9)
    strata = np.arange(rows) // 12
    statistic, variance = 0.0, 0.0
    for one in range(rows // 12 + 1):
        dose, value = doses[strata == one], values[strata == one]
        dose, value = dose - dose.mean(), value - value.mean()
        statistic += float((dose * value).sum())
        variance += float((dose**2).sum() * (value**2).sum()) / max(len(dose) - 1, 1)
    found = dose_test(doses, values, strata, 1)
    assert found.permutations == 0
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx(above(statistic / math.sqrt(variance)))
    assert dose_test(doses[:2_000], values[:2_000], strata[:2_000], 1).permutations == 999


MARKED = np.array([True, False, True, False, True, False, False, True])


def test_marks_are_tested_by_standardised_sums() -> None:
    """Four rows with two marks: variance 2 x 2 / (4 x 3) of the squares, in both strata."""
    combined = np.zeros(8)
    for column in (VALUES, DOSES):
        middle = without_means(column)
        combined += middle / math.sqrt(float((middle**2).sum()) / 3)
    statistic = float(combined[MARKED].sum())
    found = stratified_test(MARKED, np.column_stack([VALUES, DOSES]), HALVES, 8)
    totals = permuted_sums(MARKED, combined, HALVES, 8)
    higher = int((totals > statistic + 1e-9).sum())
    equal = int((np.abs(totals - statistic) <= 1e-9).sum())
    part = int(float(uniforms(8, (1,), 999)[0]) * (equal + 1))
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx((1 + higher + part) / 1000)


@pytest.mark.parametrize(("most", "permutations"), [(8, 999), (7, 0)])
def test_more_rows_than_are_permuted_have_the_normal_limit(
    monkeypatch: pytest.MonkeyPatch, most: int, permutations: int
) -> None:
    monkeypatch.setattr("coach.engine.statistics.permutation.MOST_PERMUTED", most)
    found = stratified_test(MARKED, np.column_stack([VALUES, DOSES]), HALVES, 8)
    assert found.permutations == permutations
    combined = np.zeros(8)
    for column in (VALUES, DOSES):
        middle = without_means(column)
        combined += middle / math.sqrt(float((middle**2).sum()) / 3)
    deviation = math.sqrt(float((combined**2).sum()) / 3)
    normal = above(float(combined[MARKED].sum()) / deviation)
    assert (found.p == pytest.approx(normal)) is (permutations == 0)


def test_what_nothing_can_move_was_not_permuted() -> None:
    still = stratified_test(MARKED, np.ones((8, 1)), HALVES, 8)
    assert (still.statistic, still.p, still.permutations) == (0.0, 1.0, 0)
    even = dose_test(np.ones(8), VALUES, HALVES, 8)
    assert (even.statistic, even.p, even.permutations) == (0.0, 1.0, 0)


def test_each_stratum_draws_one_of_its_subsets() -> None:
    """Two of four: six subsets, by the binary number of their rows; one draw for each stratum."""
    subsets = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    draws = (uniforms(5, (999, 2)) * 6).astype(int).tolist()
    expected = [
        sum(VALUES[row] for row in subsets[first]) + sum(VALUES[4 + row] for row in subsets[second])
        for first, second in draws
    ]
    assert permuted_sums(MARKED, VALUES, HALVES, 5).tolist() == pytest.approx(expected)


def test_strata_of_different_size_draw_from_tables_of_their_own() -> None:
    """One of three, then three of four, then none of two."""
    marked = np.array([False, True, False, True, True, False, True, False, False])
    strata = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])
    values = np.arange(1.0, 10.0) ** 2
    draws = uniforms(5, (999, 3))
    triples = [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)]
    expected = [
        values[int(one * 3)] + sum(values[3 + row] for row in triples[int(two * 4)])
        for one, two, _ in draws.tolist()
    ]
    assert permuted_sums(marked, values, strata, 5).tolist() == pytest.approx(expected)
