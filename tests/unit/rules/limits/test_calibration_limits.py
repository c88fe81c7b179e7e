"""When a threshold may move: at each limit, and just beyond it, by beliefs that are made up."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from coach.engine.rules.calibration import belief as beliefs
from coach.engine.rules.calibration.belief import Belief, believe
from coach.engine.rules.calibration.calibrate import _point_f, _verdict
from coach.engine.rules.calibration.look import CalibrationVerdict, Look, weigh
from coach.engine.rules.calibration.monitor import _verdict as watched
from coach.engine.rules.calibration.sample import kish, sample
from coach.engine.rules.calibration.values import (
    CalibrationCase,
    Direction,
    LabelledEvent,
    State,
    fresh,
)
from coach.engine.statistics.draws import uniforms
from coach.model.times import DAY_US

NOW = 200 * DAY_US
START = fresh(2.0)
HERE, UP, DOWN = 4, 5, 3
DRAWS = 2_000


def answers(
    count: int, yes: int = 0, score: float = 2.0, proxy: bool = False
) -> list[LabelledEvent]:
    """Return answers of this very moment, all of weight one."""
    return [LabelledEvent(NOW, score, n < yes, proxy=proxy) for n in range(count)]


def share_of_draws(share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.arange(DRAWS) < round(share * DRAWS)


def believed(
    gain: float = 1.0, *, best: int = UP, right: float = 1.0, there: float = 1.0
) -> Belief:
    """Return a belief in which `best` is better by more than 0.02 in so many draws.

    `right` is P(precision > .5) everywhere, `there` in how many draws the step is no worse.
    """
    f = np.full((DRAWS, 9), 0.5)
    f[:, best] = np.where(share_of_draws(gain), 0.6, 0.515)
    step = HERE + (1 if best > HERE else -1)
    if step != best:
        f[:, step] = np.where(share_of_draws(there), 0.485, 0.475)
    precision = np.tile(np.where(share_of_draws(right), 0.51, 0.5)[:, None], (1, 9))
    return Belief(precision, np.ones((DRAWS, 9)), f)


def look(
    events: Sequence[LabelledEvent], belief: Belief, state: State = START, best: int = UP
) -> Look:
    case = CalibrationCase("calibrate", "r", tuple(events), NOW, state, "1")
    seen = sample(case.events, NOW, state)
    since = state.useless_since_us
    return Look(case, 1, seen, belief, state.place(state.theta), best, since)


def verdict(
    events: Sequence[LabelledEvent], belief: Belief, state: State = START, best: int = UP
) -> tuple[str, int]:
    found = _verdict(look(events, belief, state, best))
    return found.reason, found.need


ENOUGH = answers(30, yes=15)


def test_twenty_effective_answers_are_enough() -> None:
    assert verdict(answers(20, yes=10), believed()) == ("better", 0)
    assert verdict(answers(19, yes=10), believed()) == ("insufficient", 1)
    assert verdict(answers(18, yes=1), believed()) == ("insufficient", 4)
    assert verdict(answers(20, yes=5), believed()) == ("better", 0)
    assert verdict(answers(20, yes=4), believed(right=1.0)) == ("insufficient", 1)


@pytest.mark.parametrize(
    ("belief", "direction", "reason"),
    [
        (believed(0.9), 0, "not_sure"),
        (believed(0.9005), 0, "better"),
        (believed(0.95), -1, "not_sure"),
        (believed(0.9505), -1, "better"),
        (believed(0.9005), 1, "better"),
        (believed(best=UP + 1, there=0.7), 0, "step_may_hurt"),
        (believed(best=UP + 1, there=0.7005), 0, "better"),
        (believed(best=DOWN, right=0.99), 0, "imprecise"),
        (believed(best=DOWN, right=0.9905), 0, "better"),
        (believed(best=UP, right=0.0), 0, "better"),
    ],
)
def test_a_move_must_be_likely_enough_to_help(
    belief: Belief, direction: Direction, reason: str
) -> None:
    best = int(np.argmax(belief.f.mean(axis=0)))
    state = replace(START, last_direction=direction)
    assert verdict(ENOUGH, belief, state, best)[0] == reason


def test_the_best_threshold_and_the_last_of_the_grid_are_steady() -> None:
    assert verdict(ENOUGH, believed(), best=HERE)[0] == "steady"
    last = replace(START, theta=START.grid[8])
    assert verdict(ENOUGH, believed(best=0), replace(START, theta=START.grid[0]), 0)[0] == "steady"
    assert verdict(ENOUGH, believed(best=8), last, 8)[0] == "steady"
    found = _verdict(look(ENOUGH, believed(best=UP + 1), best=UP + 1))
    assert found == CalibrationVerdict("move", "better", to=2.25)


def test_a_rule_cools_down_until_the_moment_is_reached() -> None:
    assert verdict(ENOUGH, believed(), replace(START, cooling_until_us=NOW))[0] == "better"
    assert verdict(ENOUGH, believed(), replace(START, cooling_until_us=NOW + 1))[0] == "cooling"


def test_ten_answers_after_the_last_move_are_enough() -> None:
    before = [replace(event, at_us=NOW - DAY_US) for event in answers(20, yes=20)]
    state = replace(START, last_move_us=NOW - DAY_US)
    assert verdict(before + answers(10), believed(), state) == ("better", 0)
    assert verdict(before + answers(9), believed(), state) == ("cooling", 1)


@pytest.mark.parametrize(
    ("count", "yes", "right", "direction", "reason"),
    [
        (40, 2, 0.0, 0, "false_alarms"),  # 38 of 40 are 95 %
        (39, 1, 0.0, 0, "insufficient"),
        (40, 3, 0.0, 0, "insufficient"),
        (40, 0, 0.0995, 0, "false_alarms"),
        (40, 0, 0.1, 0, "insufficient"),
        (40, 0, 0.0995, -1, "insufficient"),
        (40, 0, 0.0495, -1, "false_alarms"),
        (40, 0, 0.0995, 1, "false_alarms"),
    ],
)
def test_who_denies_nearly_all_gets_fewer_alarms(
    count: int, yes: int, right: float, direction: Direction, reason: str
) -> None:
    state = replace(START, last_direction=direction)
    assert verdict(answers(count, yes), believed(right=right), state)[0] == reason


def test_denials_count_where_the_rule_fires_and_can_be_raised() -> None:
    denied = believed(right=0.0)
    assert verdict(answers(40, score=1.99), denied)[0] == "insufficient"
    assert verdict(answers(40, score=9.0), denied, replace(START, theta=3.5))[0] == "insufficient"
    found = _verdict(look(answers(40), denied))
    assert (found.kind, found.to) == ("move", 2.25)


@pytest.mark.parametrize(
    ("count", "days", "muted"), [(40, 56, True), (39, 56, False), (40, 55, False)]
)
def test_forty_answers_and_eight_useless_weeks_mute(count: int, days: int, *, muted: bool) -> None:
    state = replace(START, useless_since_us=NOW - days * DAY_US)
    assert (verdict(answers(count, yes=count // 2), believed(), state)[0] == "useless") is muted
    outcomes = answers(60, yes=30, proxy=True)
    assert verdict(answers(39, yes=20) + outcomes, believed(), state)[0] != "useless"


def test_f_counts_precision_four_times_as_much_as_recall() -> None:
    """F = 1.25 TP / (1.25 TP + 0.25 FN + FP): 3 hits, 1 missed, 2 false alarms of 6."""
    events = [LabelledEvent(NOW, 2.0, said) for said in (True, True, True, True, False, False)]
    fired = np.array([True, True, True, False, True, True])
    this = look(events, believed())
    assert _point_f(this, fired, 6) == pytest.approx(1.25 * 3 / (1.25 * 3 + 0.25 + 2))
    assert _point_f(this, ~fired, 6) == pytest.approx(1.25 / (1.25 + 0.25 * 3))
    assert _point_f(this, np.zeros(6, np.bool_), 6) == 0.0
    assert _point_f(this, fired[-3:], 3) == pytest.approx(0.0)


def test_the_newest_fifth_must_not_be_worse_by_more_than_a_twentieth() -> None:
    """Of 30 the newest 6: five yes at 2.0, which a threshold of 2.25 would miss, and one above."""
    older = [replace(event, at_us=NOW - DAY_US) for event in answers(24, yes=12)]
    lost = [LabelledEvent(NOW, 2.0, answer=True)] * 5 + [LabelledEvent(NOW, 3.0, answer=True)]
    assert verdict(older + lost, believed())[0] == "worse_lately"
    kept = [LabelledEvent(NOW, 3.0, answer=True)] * 6
    assert verdict(older + kept, believed())[0] == "better"
    # 19 of 20 remain: 1.25 x 19 / (1.25 x 19 + 0.25) is 0.99, worse by a hundredth
    few = [LabelledEvent(NOW, 3.0, answer=True)] * 19 + [LabelledEvent(NOW, 2.0, answer=True)]
    assert verdict([*(older * 4)[:80], *few], believed())[0] == "better"


def test_outcomes_alone_lead_one_step_away_from_the_default() -> None:
    outcomes = answers(40, yes=20, proxy=True)
    assert verdict(outcomes, believed()) == ("better", 0)
    away = replace(START, theta=START.grid[UP])
    assert verdict(outcomes, believed(best=UP + 1), away, UP + 1) == ("proxies_alone", 20)
    assert verdict(outcomes, believed(best=0), away, 0)[0] == "better"
    some = [*outcomes, *answers(19, yes=9)]
    assert verdict(some, believed(best=UP + 1), away, UP + 1) == ("proxies_alone", 1)
    enough = [*outcomes, *answers(20, yes=9)]
    assert verdict(enough, believed(best=UP + 1), away, UP + 1)[0] == "better"


@pytest.mark.parametrize(
    ("share", "count", "reason"),
    [(0.8, 10, "holds"), (0.8005, 10, "worse_since"), (0.8005, 9, "insufficient")],
)
def test_a_move_is_taken_back_when_labels_since_are_sure(
    share: float, count: int, reason: str
) -> None:
    state = replace(START, theta=2.25, previous=2.0)
    f = np.full((DRAWS, 9), 0.5)
    f[:, HERE] = np.where(share_of_draws(share), 0.51, 0.5)
    belief = Belief(np.ones((DRAWS, 9)), np.ones((DRAWS, 9)), f)
    found = watched(look(answers(count, yes=3), belief, state))
    assert (found.reason, found.need) == (reason, 10 - count)
    assert watched(look(answers(count), belief, replace(state, previous=None))).reason == "holds"


def test_an_outcome_is_worth_three_tenths_of_an_answer_and_age_halves_it() -> None:
    old = NOW - 45 * DAY_US
    events = (
        LabelledEvent(NOW, 2.0, answer=True),
        LabelledEvent(NOW, 2.0, answer=True, proxy=True),
        LabelledEvent(old, 1.99, answer=False, inclusion=0.25),
        LabelledEvent(old, 9.0, answer=True, inclusion=0.1),
        LabelledEvent(NOW, 0.5, answer=False, inclusion=0.2),
    )
    seen = sample(events, NOW, START)
    assert seen.worth.tolist() == pytest.approx([1, 0.3, 0.5, 0.5, 1])
    assert seen.weight.tolist() == pytest.approx([1, 0.3, 2, 2.5, 5])
    assert seen.bins.tolist() == [5, 5, 4, 9, 0]
    assert seen.asked.tolist() == pytest.approx([1, 0, 0, 0, 0.5, 1.3, 0, 0, 0, 0.5])
    assert seen.said_yes.tolist() == pytest.approx([0, 0, 0, 0, 0, 1.3, 0, 0, 0, 0.5])
    assert seen.n_eff == pytest.approx(10.8**2 / (1 + 0.09 + 4 + 6.25 + 25))
    assert seen.n_eff_of_trader == pytest.approx(10.5**2 / (1 + 4 + 6.25 + 25))
    assert kish(np.zeros(0)) == 0.0
    fired = [row.fired for row in beliefs.table(None, seen, START)]
    assert fired == [4, 4, 4, 4, 3, 1, 1, 1, 1]


def test_what_can_be_no_label_is_refused() -> None:
    for score, inclusion in ((math.nan, 1.0), (math.inf, 1.0), (1.0, 0.0), (1.0, 1.01)):
        with pytest.raises(ValueError, match="probability"):
            LabelledEvent(NOW, score, answer=True, inclusion=inclusion)
    for grid in (START.grid[:8], (0.0, *START.grid[1:]), (*START.grid[:8], START.grid[7])):
        with pytest.raises(ValueError, match="thresholds"):
            replace(START, grid=grid)
    assert START.place(2.125) == HERE  # as far from 2 as from 2.25
    assert START.grid == (1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5)


def test_middles_of_bins_lie_half_way_on_a_logarithmic_scale() -> None:
    doubling = State(tuple(2.0**n for n in range(9)), 16.0, 16.0)
    middles = np.exp(beliefs._log_middles(doubling))
    assert middles.tolist() == pytest.approx([2.0 ** (n - 0.5) for n in range(10)])


def test_curves_are_those_of_the_page_above_them() -> None:
    """The first has mu three spreads below and a slope of -1.5, the last three above and 9."""
    doubling = State(tuple(2.0**n for n in range(9)), 16.0, 16.0)
    curves, prior = beliefs._curves(doubling)
    assert curves.shape == (77 * 48, 10)
    for place, mu, slope in ((0, -2.4, -1.5), (47, -2.4, 9.0), (-48, 2.4, -1.5), (-1, 2.4, 9.0)):
        at = math.log(16) + mu
        expected = [
            0.05 + 0.9 / (1 + math.exp(-slope * ((n - 0.5) * math.log(2) - at))) for n in range(10)
        ]
        assert curves[place].tolist() == pytest.approx(expected)
        assert prior[place] == pytest.approx(-0.5 * (9 + ((slope - 3) / 3) ** 2))


def test_shares_are_told_with_the_middle_nine_tenths() -> None:
    found = beliefs._share(np.arange(2_000.0)[::-1])
    assert (found.mean, found.low, found.high) == (999.5, 100, 1899)
    sums = beliefs._at_or_above(np.arange(1.0, 11.0)[None, :])
    assert sums.tolist() == [[54, 52, 49, 45, 40, 34, 27, 19, 10]]


EVENTS = tuple(
    LabelledEvent(NOW - n * DAY_US, 0.9 + 0.3 * (n % 10), n % 3 == 0, inclusion=0.5 + n % 2 / 2)
    for n in range(40)
)


def test_draws_of_the_population_weigh_the_events_anew() -> None:
    seen = sample(EVENTS, NOW, START)
    lots = -np.log(1 - uniforms(7, (DRAWS, 40), 1))
    expected = np.zeros((DRAWS, 10))
    for place, into in enumerate(seen.bins.tolist()):
        expected[:, into] += lots[:, place] * seen.weight[place]
    assert beliefs._population(seen, 7) == pytest.approx(expected)


def test_draws_of_the_rates_have_the_mean_of_the_posterior() -> None:
    """Curve by curve: prior x likelihood, and (20 p + yes) / (20 + asked) given the curve."""
    seen = sample(EVENTS, NOW, START)
    curves, prior = beliefs._curves(START)
    no = seen.asked - seen.said_yes
    logs = prior + (np.log(curves) * seen.said_yes + np.log(1 - curves) * no).sum(axis=1)
    weight = np.exp(logs - logs.max())
    given = (20 * curves + seen.said_yes) / (20 + seen.asked)
    expected = (weight[:, None] * given).sum(axis=0) / weight.sum()
    drawn = beliefs._rates(seen, START, 7)
    assert drawn.shape == (DRAWS, 10)
    assert np.abs(drawn.mean(axis=0) - expected).max() < 0.01


def test_f_is_the_weighted_harmonic_mean_of_precision_and_recall() -> None:
    """1 / F = 0.8 / precision + 0.2 / recall, for F_0.5."""
    found = believe(sample(EVENTS, NOW, START), START, 7)
    assert 1 / found.f == pytest.approx(0.8 / found.precision + 0.2 / found.recall)
    assert (found.recall[:, :-1] >= found.recall[:, 1:]).all()
    assert found.right(2) == np.mean(found.precision[:, 2] > 0.5)


@pytest.mark.parametrize(("best_right", "useless"), [(0.2, False), (0.1995, True)])
def test_a_rule_is_useless_where_no_threshold_is_right_in_a_fifth_of_the_draws(
    monkeypatch: pytest.MonkeyPatch, best_right: float, *, useless: bool
) -> None:
    precision = np.full((DRAWS, 9), 0.5)
    precision[:, 8] = np.where(share_of_draws(best_right), 0.51, 0.5)
    made = replace(believed(), precision=precision)
    monkeypatch.setattr("coach.engine.rules.calibration.look.believe", lambda *_: made)
    case = CalibrationCase("calibrate", "r", tuple(answers(20)), NOW, START, "1")
    assert weigh(case).useless_since_us == (NOW if useless else None)
    known = replace(case, state=replace(START, useless_since_us=5))
    assert weigh(known).useless_since_us == (5 if useless else None)
    few = replace(case, events=case.events[:19])
    assert weigh(few).useless_since_us is None
    assert weigh(replace(known, question="monitor")).useless_since_us == 5
