"""Comparisons inside strata and over blocks, against sums that are written out."""

import math
from itertools import product

import numpy as np
import pytest

from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.bootstrap import (
    around,
    day_blocks,
    error_of,
    interval,
    resampled_ratios,
    resampled_sums,
)
from coach.engine.statistics.distributions.beta import below, quantile
from coach.engine.statistics.distributions.normal import above
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.exposure import ExposedEvents, alike
from coach.engine.statistics.highest import highest
from coach.engine.statistics.mantel_haenszel import odds_ratio
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.rate_ratio import rate_ratio
from coach.engine.statistics.strata import consecutive, contrast, slope
from coach.model.times import DAY_US

Cells = tuple[int, int, int, int]


def rows_of(strata: list[Cells]) -> tuple[Flags, Flags, Integers]:
    """Write out a row for each count: marked events, other events, marked without, others."""
    rows = [
        (kind % 2 == 0, kind < 2, stratum)
        for stratum, cells in enumerate(strata)
        for kind, count in enumerate(cells)
        for _ in range(count)
    ]
    marked, event, number = zip(*rows, strict=True)
    return np.array(marked), np.array(event), np.array(number)


def log_ratio(strata: list[tuple[float, ...]]) -> float:
    up = sum(a * d / (a + b + c + d) for a, b, c, d in strata)
    down = sum(b * c / (a + b + c + d) for a, b, c, d in strata)
    return math.log(up / down)


STRATA: list[Cells] = [(1, 1, 5, 3), (3, 6, 2, 4), (2, 1, 3, 6)]


def test_the_error_over_blocks_is_what_each_row_moves_the_ratio() -> None:
    """The derivative of ln OR by a cell, squared, for every row of it; blocks of one row."""
    marked, event, number = rows_of(STRATA)
    step, squares = 1e-6, 0.0
    for stratum, kind in product(range(3), range(4)):
        moved = [[float(count) for count in cells] for cells in STRATA]
        moved[stratum][kind] += step
        change = (log_ratio([*map(tuple, moved)]) - log_ratio([*STRATA])) / step
        squares += STRATA[stratum][kind] * change**2
    rows = len(marked)
    found = odds_ratio(marked, event, number, np.arange(rows))
    assert found.log_ratio == pytest.approx(log_ratio([*STRATA]))
    assert found.error == pytest.approx(math.sqrt(squares * rows / (rows - 1)), rel=1e-4)


def test_the_classical_error_is_that_of_robins_breslow_and_greenland() -> None:
    """Few blocks: sum(P R) / 2 R^2 + sum(P S + Q R) / 2 R S + sum(Q S) / 2 S^2."""
    marked, event, number = rows_of(STRATA)
    parts = [
        ((a + d) / n, (b + c) / n, a * d / n, b * c / n)
        for a, b, c, d in STRATA
        for n in [a + b + c + d]
    ]
    up, down = sum(r for _, _, r, _ in parts), sum(s for _, _, _, s in parts)
    variance = (
        sum(p * r for p, _, r, _ in parts) / (2 * up**2)
        + sum(p * s + q * r for p, q, r, s in parts) / (2 * up * down)
        + sum(q * s for _, q, _, s in parts) / (2 * down**2)
    )
    found = odds_ratio(marked, event, number, np.arange(len(marked)) % 9)
    assert found.error == pytest.approx(math.sqrt(variance))


def test_without_enough_blocks_z_has_the_variance_of_the_margins() -> None:
    marked, event, number = rows_of(STRATA)
    seen, expected, variance = 0.0, 0.0, 0.0
    for a, b, c, d in STRATA:
        n = a + b + c + d
        seen, expected = seen + a, expected + (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))
    z = (seen - expected) / math.sqrt(variance)
    nine = odds_ratio(marked, event, number, np.arange(len(marked)) % 9)
    assert (nine.z, nine.p) == pytest.approx((z, above(z)))


def test_ten_blocks_show_their_own_variance() -> None:
    marked, event, number = rows_of(STRATA)
    blocks = np.arange(len(marked)) % 10
    sums, difference = [0.0] * 10, 0.0
    for row, block in enumerate(blocks.tolist()):
        same = number == number[row]
        rest = (event[row] - event[same].mean()) * (marked[row] - marked[same].mean())
        sums[block] += rest
        difference += rest
    variance = sum(one**2 for one in sums) * 10 / 9
    found = odds_ratio(marked, event, number, blocks)
    assert found.z == pytest.approx(difference / math.sqrt(variance))


def test_a_pair_alone_has_the_variance_of_a_coin() -> None:
    """One marked event and one other row: 1 - 1/2 of a variance of 1/4, four times over."""
    marked, event, number = rows_of([(1, 0, 0, 1)] * 4)
    found = odds_ratio(marked, event, number, np.zeros(8, np.int64))
    assert found.z == pytest.approx(4 * 0.5 / math.sqrt(4 * 0.25))


def test_petos_step_stands_in_where_one_side_is_empty() -> None:
    """6 of 26 marked and 0 of 20: O - E = 6 - 6 x 26/46, V = 6 x 40 x 26 x 20 / (46^2 x 45)."""
    marked, event, number = rows_of([(6, 0, 20, 20)])
    found = odds_ratio(marked, event, number, np.zeros(46, np.int64))
    difference, variance = 6 - 6 * 26 / 46, 6 * 40 * 26 * 20 / (46**2 * 45)
    assert found.log_ratio == pytest.approx(difference / variance)
    assert found.error == pytest.approx(math.sqrt(1 / variance))


def test_a_difference_inside_strata_is_least_squares_with_a_level_for_each() -> None:
    values = np.sin(np.arange(14.0) * 1.7) * 3
    doses = np.cos(np.arange(14.0) * 0.9)
    strata = np.array([0] * 5 + [1] * 6 + [2] * 3)
    design = np.column_stack([doses, *(strata == one for one in range(3))]).astype(np.float64)
    coefficients, rest, _, _ = np.linalg.lstsq(design, values, rcond=None)
    covariance = np.linalg.inv(design.T @ design) * rest[0] / (14 - 4)
    found = slope(doses, values, strata)
    assert found.difference() == pytest.approx(coefficients[0])
    assert found.error() == pytest.approx(math.sqrt(covariance[0, 0]))
    marked = doses > 0
    assert contrast(marked, values, strata).difference() == pytest.approx(
        slope(marked.astype(np.float64), values, strata).difference()
    )


def test_a_difference_with_one_degree_of_freedom_has_an_error_and_with_none_it_has_none() -> None:
    three = contrast(np.array([True, True, False]), np.array([2.0, 4.0, 1.0]), np.zeros(3, int))
    assert three.error() == pytest.approx(math.sqrt(2 / (2 / 3)))
    four = contrast(np.array([True, False] * 2), np.arange(4.0), np.array([0, 0, 1, 1]))
    assert four.error() == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("closes", "sizes"),
    [
        ([12, 13, 24, 25, 1], [12, 7, 6, 12, 12, 9, 8, 8, 1]),
        ([3, 37], [3, 10, 9, 9, 9]),
    ],
)
def test_a_month_is_cut_evenly(closes: list[int], sizes: list[int]) -> None:
    months = np.repeat(np.arange(len(closes)) + 5, closes)
    assert np.bincount(consecutive(months)).tolist() == sizes
    assert np.bincount(consecutive(np.zeros(7, np.int64), 3)).tolist() == [3, 2, 2]


def test_rates_in_two_strata_are_those_of_greenland_and_robins() -> None:
    """Weights by exposure: 3 x 4/6 + 5 x 1/4 against 1 x 2/6 + 2 x 3/4."""
    found = rate_ratio(
        np.array([True, False, True, False]),
        np.array([3.0, 1.0, 5.0, 2.0]),
        np.array([2.0, 4.0, 3.0, 1.0]),
        np.array([0, 0, 1, 1]),
    )
    up, down = 3 * 4 / 6 + 5 * 1 / 4, 1 * 2 / 6 + 2 * 3 / 4
    assert found.log() == pytest.approx(math.log(up / down))
    spread = 4 * (2 / 6) * (4 / 6) + 7 * (3 / 4) * (1 / 4)
    assert found.error == pytest.approx(math.sqrt(spread / (up * down)))
    draws = found.log_draws(np.array([0, 1, 0, 1]), seed=2)
    ends = math.log((2 * up + 0.5) / 0.5), math.log(0.5 / (2 * down + 0.5))
    drawn = sorted(set(draws.round(6).tolist()))
    assert drawn == pytest.approx(sorted([math.log(up / down), *ends]), abs=1e-5)


def test_a_little_time_at_risk_is_time() -> None:
    found = rate_ratio(
        np.array([True, False]), np.array([3.0, 1.0]), np.array([0.25, 0.5]), np.zeros(2, np.int64)
    )
    assert found.log() == pytest.approx(math.log((3 / 0.25) / (1 / 0.5)))


def test_blocks_are_drawn_by_the_second_stream_of_the_seed() -> None:
    blocks, columns = np.array([0, 1, 1, 2]), np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    sums = [(1.0, 2.0), (8.0, 10.0), (7.0, 8.0)]
    picks = (uniforms(11, (999, 3), 1) * 3).astype(int).tolist()
    expected = [[sum(sums[one][k] for one in pick) for k in range(2)] for pick in picks]
    assert resampled_sums(blocks, columns, 11).tolist() == expected
    ratios = [first / second for first, second in expected]
    found = resampled_ratios(blocks, columns[:, 0], columns[:, 1], 11)
    assert found.tolist() == pytest.approx(ratios)


def test_a_resample_needs_a_denominator_above_zero() -> None:
    found = resampled_ratios(np.array([0, 1]), np.array([1.0, 1.0]), np.array([0.0, 0.5]), 3)
    assert set(found.tolist()) == {2.0, 4.0}


def test_the_middle_of_draws_leaves_a_twentieth_on_either_side() -> None:
    assert interval(np.arange(101.0)) == pytest.approx((5.0, 95.0))


def test_blocks_are_days_from_the_tenth_on() -> None:
    ten = np.arange(10) * DAY_US
    assert day_blocks(np.repeat(ten, 2)).tolist() == [day for day in range(10) for _ in range(2)]
    assert day_blocks(np.repeat(ten[:9], 30)).max() == 199
    assert day_blocks(np.repeat(ten[:9], 20)).tolist() == [*range(180)]


def test_the_spread_of_few_blocks_is_widened_and_the_larger_error_is_believed() -> None:
    draws = np.tile([-1.0, 1.0], 5)
    assert error_of(draws, 0.5, 5) == pytest.approx(math.sqrt(5 / 4))
    assert error_of(draws, 3.0, 5) == 3.0
    assert error_of(draws, 0.5, 1) == pytest.approx(1.0)
    assert error_of(draws[:9], 0.5, 5) == 0.5


def test_an_interval_with_few_degrees_of_freedom_is_fisher_and_cornishs() -> None:
    """z = 1.644854: t = z + 1.523... / n + 1.42... / n^2, to be had from the printed t of 10."""
    low, high = around(3.0, 2.0)
    assert (low, high) == pytest.approx((3 - 2 * 1.6448536, 3 + 2 * 1.6448536))
    # Abramowitz & Stegun 26.7.5: (z^3 + z) / 4 and (5 z^5 + 16 z^3 + 3 z) / 96
    assert around(0.0, 1.0, 1)[1] == pytest.approx(1.644854 + 1.523769 + 1.420203, abs=3e-6)
    for freedom, printed in ((10, 1.812461), (20, 1.724718), (60, 1.670649)):
        assert around(0.0, 1.0, freedom)[1] == pytest.approx(printed, abs=2e-3 * 10 / freedom)


def test_events_of_an_exposure_have_wilsons_interval_by_their_odds() -> None:
    seen = ExposedEvents(6, 30.0, 4, 10.0)
    low, high = wilson(6, 10)
    assert seen.share == 0.75
    assert seen.trials == 10
    assert seen.ratio() == pytest.approx((6 / 30) / (4 / 10))
    assert seen.interval() == pytest.approx((low / (1 - low) / 3, high / (1 - high) / 3))
    assert ExposedEvents(1, 0.5, 0, 1.0).ratio() == math.inf
    assert ExposedEvents(0, 0.5, 1, 1.0).ratio() == 0.0
    assert ExposedEvents(1, 1.0, 1, 0.5).ratio() == 0.5


def test_a_tie_of_exposed_events_counts_by_a_draw_of_the_seed() -> None:
    """Two of three in a quarter of the time: at least two 10/64, all three 1/64."""
    part = float(uniforms(7, (1,), 998)[0])
    assert ExposedEvents(2, 1.0, 1, 3.0).p(7) == pytest.approx((1 + 9 * part) / 64)


def test_events_that_stand_together_have_the_tail_of_the_beta_distribution() -> None:
    """Three events of five alike by two: 1.5 and 2.5 of 2.5 trials, by a draw in between."""
    part = float(uniforms(7, (1,), 998)[0])
    seen = ExposedEvents(3, 1.0, 2, 3.0, alike=2.0)
    at_least, beyond = below(0.25, 1.5, 2.0), below(0.25, 2.5, 1.0)
    assert seen.p(7) == pytest.approx(beyond + part * (at_least - beyond))
    none = ExposedEvents(0, 1.0, 4, 3.0, alike=2.0)
    assert none.p(7) == pytest.approx(below(0.25, 1, 2) + part * (1 - below(0.25, 1, 2)))
    every = ExposedEvents(4, 1.0, 0, 3.0, alike=2.0)
    assert every.p(7) == pytest.approx(part * below(0.25, 2, 1))
    half = ExposedEvents(1, 1.0, 1, 3.0, alike=1.6)
    top = below(0.25, 1.625, 0.625)
    assert half.p(7) == pytest.approx(top + part * (below(0.25, 0.625, 1.625) - top))


@pytest.mark.parametrize("together", [1.0, 2.0])
def test_the_belief_in_a_rate_ratio_is_integrated(together: float) -> None:
    """By the trapezoid over x = ln ratio, with the odds of an event e^x times those of time."""
    seen, spread = ExposedEvents(7, 2.0, 3, 5.0, alike=together), 0.35
    x = np.linspace(-2.2, 2.2, 40_001)
    share = 1 / (1 + (5 / 2) * np.exp(-x))
    logs = (7 * np.log(share) + 3 * np.log(1 - share)) / together - (x / spread) ** 2 / 2
    weight = np.exp(logs - logs.max())
    mean = float((weight * x).sum() / weight.sum())
    deviation = math.sqrt(float((weight * (x - mean) ** 2).sum() / weight.sum()))
    found = seen.posterior()
    assert (found.mean, found.deviation) == pytest.approx((mean, deviation), rel=1e-4)
    assert seen.posterior(2 * spread).deviation > deviation


def test_events_of_two_clusters_can_tell_how_alike_they_are() -> None:
    """Three of one kind, then three of the other: sums of 1.5 and -1.5, and 6 / 4 apart."""
    events = np.array([True] * 3 + [False] * 3)
    clusters = np.array([4, 4, 4, 9, 9, 9])
    assert alike(events, clusters) == pytest.approx((2 * 1.5**2) * 2 / 1 / 1.5)
    assert alike(events, np.zeros(6, np.int64)) == 1.0
    assert alike(np.zeros(0, np.bool_), np.zeros(0, np.int64)) == 1.0
    assert alike(np.array([True, False] * 4), np.repeat(np.arange(4), 2)) == 1.0


def test_the_highest_of_a_stretch_is_found_and_the_first_of_equals() -> None:
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 9, 9])
    first, last = np.array([(a, b) for a in range(13) for b in range(a, 13)]).T
    expected = [a + int(np.argmax(values[a : b + 1])) for a, b in zip(first, last, strict=True)]
    assert highest(values, first, last).tolist() == expected
    whole = highest(values[:8], np.zeros(1, np.int64), np.full(1, 7))
    assert whole.tolist() == [5]
    one = np.zeros(1, np.int64)
    assert highest(np.array([7.0]), one, one).tolist() == [0]


@pytest.mark.parametrize(("a", "b"), [(2, 3), (1, 4), (5, 5), (12, 3)])
def test_the_beta_distribution_of_whole_shapes_is_a_binomial_tail(a: int, b: int) -> None:
    """P(X <= x) = P(at least a of a + b - 1 with rate x), Abramowitz & Stegun 26.5.24."""
    n = a + b - 1
    for x in (0.01, 0.2, 0.5, 0.77, 0.99):
        tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
        assert below(x, a, b) == pytest.approx(tail, rel=1e-10)
        assert quantile(tail, a, b) == pytest.approx(x, rel=1e-9)


def test_the_arcsine_law_is_a_beta_of_halves() -> None:
    for x in (0.001, 0.3, 0.5, 0.9):
        expected = 2 / math.pi * math.asin(math.sqrt(x))
        assert below(x, 0.5, 0.5) == pytest.approx(expected, rel=1e-10)
