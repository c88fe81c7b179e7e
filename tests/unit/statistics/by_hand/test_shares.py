"""Shares and what is believed of them, worked out by hand."""

import math

import numpy as np
import pytest

from coach.engine.statistics import ranking, uniformity
from coach.engine.statistics.agreement import (
    TagPrecision,
    UntaggedAnswer,
    always_valid,
    precision,
    recall,
)
from coach.engine.statistics.distributions.normal import above, probability_above
from coach.engine.statistics.distributions.poisson_binomial import at_least
from coach.engine.statistics.distributions.student import t_90
from coach.engine.statistics.floors import ComparisonSample, Counts, more_trades, still_needed
from coach.engine.statistics.levels import LATELY_US
from coach.engine.statistics.multiplicity import adjusted
from coach.engine.statistics.proportions import together, wilson
from coach.engine.statistics.shrinkage import Posterior, rate_difference, shrunk
from coach.engine.statistics.words import arcsine_difference, effect_size
from coach.model.labels import LabelShare


@pytest.mark.parametrize(
    ("yes", "no", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (1, 0, 0.05, 1.0),  # Beta(2, 1) = 1/2, so p > 1/20
        (0, 1, 0.0, 0.95),
        (2, 0, math.sqrt(1 / 30), 1.0),  # Beta(3, 1) = 1/3, so p^2 > 1/30
        (1, 1, (1 - math.sqrt(14 / 15)) / 2, (1 + math.sqrt(14 / 15)) / 2),  # p (1 - p) > 1/60
    ],
)
def test_a_confidence_sequence_ends_where_the_mixture_is_ten_times_as_likely(
    yes: int, no: int, low: float, high: float
) -> None:
    assert always_valid(yes, no) == pytest.approx((low, high), abs=1e-12)


def test_being_wrong_less_often_widens_it() -> None:
    assert always_valid(1, 0, 0.02) == pytest.approx((0.01, 1.0))


@pytest.mark.parametrize(("yes", "no"), [(0.6, 1.2), (7, 3), (3, 17)])
def test_both_ends_are_as_likely_as_the_limit(yes: float, no: float) -> None:
    mixture = math.gamma(yes + 1) * math.gamma(no + 1) / math.gamma(yes + no + 2)
    for end in always_valid(yes, no):
        assert end**yes * (1 - end) ** no == pytest.approx(mixture / 10)


def test_three_of_four_answers_are_a_precision_of_three_quarters() -> None:
    found = precision(3, 1)
    assert found is not None
    assert (found.estimate, found.interval, found.n) == (0.75, always_valid(3, 1), 4)
    even = precision(2, 2)
    assert even is not None
    assert even.estimate == 0.5


def test_recall_joins_the_ends_of_both_shares() -> None:
    """Weights 2 and 4, the first a miss: a third of 6, an effective sample of 36 / 20."""
    tagged = TagPrecision(LabelShare(0.8, (0.5, 0.9), 9), 10)
    found = recall(tagged, [UntaggedAnswer(True, 0.5), UntaggedAnswer(False, 0.25)])
    low, high = always_valid(0.6, 1.2)
    assert found is not None
    assert found.estimate == pytest.approx(8 / (8 + 2))
    assert found.interval == pytest.approx((5 / (5 + 6 * high), 9 / (9 + 6 * low)))
    assert found.n == 2


def test_recall_of_nothing_found_for_sure_reaches_from_nothing_to_all() -> None:
    tagged = TagPrecision(LabelShare(0.0, (0.0, 0.0), 1), 1)
    found = recall(tagged, [UntaggedAnswer(True, 1.0)])
    assert found is not None
    assert (found.estimate, found.interval) == (0.0, (0.0, 0.0))


def test_rates_are_shrunk_to_what_both_have_in_common() -> None:
    """5 of 20 and 5 of 10: common 11/32, so each has 66/32 events of 6 more."""
    belief = rate_difference(0.25, 20, 0.5, 10)
    rate, other = (66 / 32 + 5) / 26, (66 / 32 + 5) / 16
    assert belief.mean == pytest.approx(rate - other)
    variance = rate * (1 - rate) / 27 + other * (1 - other) / 17
    assert belief.deviation == pytest.approx(math.sqrt(variance))
    with_two = rate_difference(0.25, 20, 0.5, 10, pseudo=2)
    assert with_two.mean == pytest.approx((22 / 32 + 5) / 22 - (22 / 32 + 5) / 12)


def test_a_belief_twice_as_wide_as_its_error_keeps_four_fifths() -> None:
    belief = shrunk(1.0, 1.0, 2.0)
    assert (belief.mean, belief.deviation) == pytest.approx((0.8, math.sqrt(0.8)))
    assert Posterior(1.0, 2.0).above(1.0 + 2 * 1.6448536269514722) == pytest.approx(0.05)


def test_areas_under_the_normal_curve_are_those_of_the_table() -> None:
    assert above(1.959963984540054) == pytest.approx(0.025)
    assert above(-1.0) == pytest.approx(0.8413447)
    assert probability_above(1.0, 2.0, 0.0) == 1.0
    assert probability_above(2.0, 2.0, 0.0) == 0.0
    assert probability_above(2.0, 1.0, 1.0) == pytest.approx(0.1586553)


def test_students_t_has_a_closed_form_for_one_and_two_degrees_of_freedom() -> None:
    assert t_90(1) == pytest.approx(math.tan(math.pi * 0.45))
    assert t_90(2) == pytest.approx(0.9 * math.sqrt(2 / (1 - 0.9**2)))


def test_several_events_come_to_pass_as_their_generating_function_says() -> None:
    chances = np.array([0.0, 0.1, 0.35, 0.8, 1.0, 0.6])
    ways = np.array([1.0])
    for chance in chances:
        ways = np.convolve(ways, [1 - chance, chance])
    for hits in range(7):
        assert at_least(hits, chances) == pytest.approx(ways[hits:].sum(), abs=1e-12)


def test_of_very_many_events_the_normal_limit_is_continued() -> None:
    """5,001 chances of one half: mean 2,500.5, so 2,551 lies 50 / sqrt(1250.25) above."""
    many = np.full(5_001, 0.5)
    assert at_least(2_551, many) == pytest.approx(above(50 / math.sqrt(1250.25)))
    exact = np.full(5_000, 0.5)
    assert at_least(2_550, exact) != pytest.approx(above(49.5 / math.sqrt(1250)), rel=1e-9)
    assert at_least(5_000, np.append(np.ones(5_000), 0.0)) == 1.0


def test_a_share_has_wilsons_interval() -> None:
    """2 of 10 with z^2 = 2.705543: (0.2 + 0.1353) / 1.2706 and sqrt(0.0433 + 0.0183) / 1.2706."""
    z2 = 1.6448536269514722**2
    middle, margin = (2 + z2 / 2) / (10 + z2), math.sqrt(z2 * 1.6 + z2**2 / 4) / (10 + z2)
    assert wilson(2, 10) == pytest.approx((middle - margin, middle + margin))
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0.5, 0.5)[1] == 1.0
    assert wilson(0.5, 0.5)[0] == pytest.approx(0.5 / (0.5 + z2))


def test_normal_scores_of_independent_questions_are_added() -> None:
    assert together((0.05, 0.05)) == pytest.approx(above(2 * 1.6448536269514722 / math.sqrt(2)))
    assert together((0.3,)) == pytest.approx(0.3)
    assert together((0.0, 1.0)) == pytest.approx(0.5, abs=1e-4)
    assert together((0.0,)) == pytest.approx(1e-15)


def test_adjusted_p_values_are_those_of_the_step_up_procedure() -> None:
    """Of four: 0.01 x 4, 0.02 x 2, then 0.06 x 4/3 and 0.5."""
    assert adjusted([0.5, 0.02, 0.01, 0.06]) == pytest.approx([0.5, 0.04, 0.04, 0.08])
    assert adjusted([]) == []
    assert adjusted([], []) == []


def test_weights_have_a_mean_of_one_and_no_p_exceeds_it() -> None:
    assert adjusted([0.02, 0.3], [3.0, 1.0]) == pytest.approx([0.02 * 2 / 3 * 2, 0.6])
    assert adjusted([0.9, 0.95], [1.0, 1.0]) == pytest.approx([0.95, 0.95])
    assert adjusted([0.9], [5.0]) == pytest.approx([0.9])
    assert adjusted([0.9, 0.9], [1.0, 3.0]) == pytest.approx([1.0, 1.0])


def test_ranks_from_one_are_shared_by_equals() -> None:
    assert ranking.midranks(np.array([3.0, 1.0, 2.0, 2.0, 2.0])).tolist() == [5, 1, 3, 3, 3]
    assert ranking.midranks(np.array([7.0, 7.0])).tolist() == [1.5, 1.5]


def test_delongs_error_of_groups_of_different_size() -> None:
    """Cases 1, 4, 5 against 2, 3: V10 = (0, 1, 1) and V01 = (2/3, 2/3), variances 1/3 and 0."""
    found = ranking.area(np.array([1.0, 4.0, 5.0]), np.array([2.0, 3.0]))
    assert found.value == pytest.approx(2 / 3)
    assert found.interval == pytest.approx((2 / 3 - 1.959964 / 3, 1.0), abs=1e-6)
    assert (found.cases, found.controls) == (3, 2)
    other = ranking.area(np.array([2.0, 3.0]), np.array([1.0, 4.0, 5.0]))
    assert other.interval == pytest.approx((0.0, 1 / 3 + 1.959964 / 3), abs=1e-6)


def test_a_perfect_area_is_as_sure_as_its_smaller_group() -> None:
    found = ranking.area(np.arange(5.0, 10.0), np.arange(3.0))
    assert found.interval == pytest.approx((0.05 ** (1 / 3), 1.0))
    assert ranking.area(np.array([2.0]), np.zeros(7)).interval == pytest.approx((0.05, 1.0))
    assert math.isnan(ranking.area(np.ones(3), np.zeros(0)).value)
    assert ranking.area(np.zeros(0), np.ones(3))[1:] == ((0.0, 1.0), 0, 3)


REACH_OF_FOUR = 2 + 0.12 + 0.11 / 2


def test_kolmogorovs_distribution_at_one_is_the_printed_value() -> None:
    """Smirnov's table: the chance of a distance beyond 1.00 is 0.269 999 67."""
    distance = 1.0 / REACH_OF_FOUR
    values = np.array([0.1, 0.2, 0.75 - distance, 0.9])
    assert uniformity.two_sided(values) == pytest.approx((distance, 0.26999967), abs=1e-8)
    assert uniformity.too_small(values) == pytest.approx((distance, math.exp(-2)))
    mirrored = 1 - values
    assert uniformity.two_sided(mirrored) == pytest.approx((distance, 0.26999967), abs=1e-8)
    assert uniformity.too_small(mirrored)[0] == pytest.approx(0.15)


def test_a_distance_of_next_to_nothing_is_certain() -> None:
    assert uniformity.two_sided(np.array([0.125, 0.375, 0.625, 0.875]))[0] == 0.125
    one = uniformity.two_sided(np.array([0.5]))
    series = sum((-1) ** (k - 1) * math.exp(-2 * (k * 0.615) ** 2) for k in range(1, 200))
    assert one == pytest.approx((0.5, 2 * series))
    few = (np.arange(400) + 0.5) / 400  # a reach of 0.025
    assert uniformity.two_sided(few) == pytest.approx((1 / 800, 1.0))


@pytest.mark.parametrize(
    ("missing", "seen", "entries", "more"),
    [
        (0, 5, 5, 0),
        (-1, 5, 5, 0),
        (3, 5, 5, 3),
        (3, 5, 12, 8),  # 36 / 5
        (1, 10, 1, 1),
        (2, 0, 0, 2),  # none is taken for one in one trade more
        (2, 0, 3, 8),
        (2, 1, 2, 4),  # one for one and a half in half a trade more: 2 x 2.5 / 1.5
        (2, 2, 4, 4),
        (2, 1, 90, 20),  # ten each at most
    ],
)
def test_missing_closes_come_at_the_pace_so_far(
    missing: int, seen: int, entries: int, more: int
) -> None:
    assert more_trades(missing, seen, entries) == more


def test_the_slowest_of_the_three_shortfalls_decides() -> None:
    losses_short = ComparisonSample(Counts(4, 16), Counts(4, 16), Counts(4, 16), 20)
    assert still_needed(losses_short) == 20
    wins_short = ComparisonSample(Counts(16, 4), Counts(16, 4), Counts(16, 4), 20, start_up=3)
    assert still_needed(wins_short) == 23
    both_short = ComparisonSample(Counts(8, 8), Counts(8, 8), Counts(8, 8), 32)
    assert still_needed(both_short) == 8
    assert not both_short.is_enough
    assert ComparisonSample(Counts(9, 11), Counts(9, 11), Counts(9, 11), 20).is_enough


def test_lately_is_six_weeks() -> None:
    assert LATELY_US == 6 * 7 * 24 * 60 * 60 * 1_000_000


@pytest.mark.parametrize(
    ("standardised", "word"),
    [(0.199, "negligible"), (0.499, "small"), (0.799, "medium"), (0.8, "large")],
)
def test_cohens_words_begin_at_a_fifth_a_half_and_four_fifths(
    standardised: float, word: str
) -> None:
    assert effect_size(standardised) == effect_size(-standardised) == word


def test_shares_of_all_and_nothing_differ_by_pi() -> None:
    assert arcsine_difference(1.0, 0.0) == pytest.approx(math.pi)
    assert arcsine_difference(0.25, 0.75) == pytest.approx(-math.pi / 3)
