"""What was planted is there, grows with its intensity, and nothing else is."""

import numpy as np
import pytest

from coach.engine.lab.generator import population
from coach.engine.lab.generator.habits import LOWEST
from coach.engine.lab.generator.market import GeneratedMarket, market
from coach.engine.lab.generator.plans import (
    BY_TIME_ALONE,
    HABITS,
    WAYS,
    Archetype,
    Habit,
    TraderPlan,
    Way,
)
from coach.engine.lab.generator.run import trader
from tests.unit.lab.generator.replays import (
    SEED,
    growth_after,
    histories,
    labelled,
    plainly,
    ratio_of_exits,
    replay,
    runs,
    soon_after,
)


@pytest.mark.parametrize("archetype", BY_TIME_ALONE)
def test_no_kind_that_leaves_by_time_alone_leaves_gains_sooner(
    grounds: list[GeneratedMarket], archetype: Archetype
) -> None:
    plans = [
        plan for plan in population.rational(160, BY_TIME_ALONE) if plan.archetype == archetype
    ]
    ratio, error = ratio_of_exits(replay(ground, run) for ground, run in runs(grounds, plans))
    assert abs(np.log(ratio)) < 3.0 * error


def test_all_kinds_that_leave_by_time_alone_leave_gains_like_losses(
    grounds: list[GeneratedMarket],
) -> None:
    everybody = (replay(*made) for made in runs(grounds, population.rational(60, BY_TIME_ALONE)))
    ratio, _ = ratio_of_exits(everybody)
    assert ratio == pytest.approx(1.0, abs=0.04)


@pytest.mark.parametrize(("k", "ratio"), [(0.15, 1.22), (0.3, 1.46), (0.6, 2.01)])
def test_planted_disposition_has_its_ratio(
    grounds: list[GeneratedMarket], k: float, ratio: float
) -> None:
    found, error = ratio_of_exits(histories(grounds, {"disposition": k}, 24))
    assert abs(np.log(found / ratio)) < 3.0 * error


def test_limits_at_gains_leave_gains_sooner(grounds: list[GeneratedMarket]) -> None:
    ratios = [
        ratio_of_exits(histories(grounds, {"disposition": k}, 16, "profit_limits"))[0]
        for k in (0.3, 1.0)
    ]
    assert 1.2 < ratios[0] < 0.8 * ratios[1]


def test_adds_at_new_lows_lie_below_cost(grounds: list[GeneratedMarket]) -> None:
    counts = []
    for k in (0.0, 0.3, 1.0):
        found = histories(grounds, {"averaging_down": k}, 16, "new_lows")
        counts.append(sum(history.adds[True] for history in found))
    assert 1.3 * counts[0] < counts[1] < 0.8 * counts[2]


def test_a_rampage_comes_after_losses_alone_and_grows(grounds: list[GeneratedMarket]) -> None:
    after = [
        (soon_after(found, loss=True), soon_after(found, loss=False))
        for found in (histories(grounds, {"revenge": k}, 16, "rampage") for k in (0.0, 0.3, 1.0))
    ]
    assert after[0][0] + 0.03 < after[1][0] < after[2][0] - 0.05
    assert max(gain for _, gain in after) - min(gain for _, gain in after) < 0.06


def test_sizes_grow_with_the_last_loss(grounds: list[GeneratedMarket]) -> None:
    habit: dict[Habit, float] = {"size_after_loss": 0.6}
    found = histories(grounds, habit, 8, "in_proportion")
    difference = growth_after(found, loss=True) - growth_after(found, loss=False)
    assert difference > 0.1


@pytest.mark.parametrize(
    ("habit", "way"), [("fomo", "single_bar"), ("panic_selling", "market_falls")]
)
def test_the_other_way_shows_in_other_moments(
    grounds: list[GeneratedMarket], habit: Habit, way: Way
) -> None:
    moments = []
    for ways in ({}, {habit: way}):
        plan = TraderPlan("truth", "noise", {habit: 1.0}, ways=ways)
        run = trader(grounds[0], plan, SEED)
        shown = {trade_id for trade_id, _ in run.labels}
        assert len(shown) > 3
        assert run.way == (way if ways else WAYS[habit][0])
        moments.append(
            {at for at, name in zip(run.time_us, run.trade_id, strict=True) if name in shown}
        )
    assert moments[0] != moments[1]


def test_revenge_comes_after_losses_alone_and_grows(grounds: list[GeneratedMarket]) -> None:
    after = [
        (soon_after(found, loss=True), soon_after(found, loss=False))
        for found in (histories(grounds, {"revenge": k}) for k in (0.0, 0.3, 1.0))
    ]
    assert after[0][0] == pytest.approx(after[0][1], abs=0.05)
    assert after[0][0] + 0.1 < after[1][0] < after[2][0] - 0.1
    assert max(gain for _, gain in after) - min(gain for _, gain in after) < 0.06


@pytest.mark.parametrize("habit", ["size_after_loss", "size_after_win"])
def test_sizes_grow_where_the_habit_says(grounds: list[GeneratedMarket], habit: Habit) -> None:
    loss = habit == "size_after_loss"
    differences = []
    for k in (0.0, 0.3, 0.6):
        found = histories(grounds, {habit: k}, 8)
        differences.append(growth_after(found, loss=loss) - growth_after(found, loss=not loss))
    assert abs(differences[0]) < 0.06
    assert differences[0] + 0.1 < differences[1] < differences[2] - 0.1


def test_averaging_down_adds_below_cost_alone(grounds: list[GeneratedMarket]) -> None:
    below, above = [], []
    for k in (0.0, 0.3, 1.0):
        found = histories(grounds, {"averaging_down": k})
        below.append(sum(history.adds[True] for history in found))
        above.append(sum(history.adds[False] for history in found))
    assert below[0] == pytest.approx(above[0], rel=0.3)
    assert 1.5 * below[0] < below[1] < below[2]
    assert above[2] < 1.4 * above[0]


def test_panic_sells_after_crashes(grounds: list[GeneratedMarket]) -> None:
    for ground, run in runs(grounds, plainly({"panic_selling": 1.0}, 8)):
        shown = {trade_id for trade_id, _ in run.labels}
        assert shown
        for row, trade_id in enumerate(run.trade_id):
            if trade_id in shown:
                bar = (run.time_us[row] - ground.start_us) // ground.step_us
                symbol = ground.symbols.index(run.symbol[row])
                assert run.side[row] == "sell"
                # a later piece of an order may lie in the next bar
                assert ground.three_hours[symbol, bar - 2 : bar].min() < -LOWEST.crash


def test_chasers_enter_after_large_hours(grounds: list[GeneratedMarket]) -> None:
    for ground, run in runs(grounds, plainly({"fomo": 1.0}, 8)):
        shown = {trade_id for trade_id, _ in run.labels}
        assert shown
        for row, trade_id in enumerate(run.trade_id):
            if trade_id in shown:
                bar = (run.time_us[row] - ground.start_us) // ground.step_us
                symbol = ground.symbols.index(run.symbol[row])
                assert run.side[row] == "buy"
                assert ground.hour[symbol, bar - 2 : bar].max() > LOWEST.chase


@pytest.mark.parametrize("habit", [habit for habit in HABITS if habit != "disposition"])
def test_a_stronger_habit_shows_at_least_as_often(
    grounds: list[GeneratedMarket], habit: Habit
) -> None:
    weak, strong = (len(labelled(grounds, {habit: k})) for k in (0.15, 1.0))
    assert weak > 0
    assert strong > (0.9 if habit.startswith("size") else 1.5) * weak


def test_a_habit_keeps_to_its_days(grounds: list[GeneratedMarket]) -> None:
    days = labelled(grounds, {"revenge": 1.0, "fomo": 0.6}, (30, 60))
    assert min(days) >= 30
    assert max(days) < 60.1


def test_coaching_weakens_a_habit(grounds: list[GeneratedMarket]) -> None:
    days = labelled(grounds, {"averaging_down": 1.0, "fatigue": 1.0}, coached_day=45)
    assert sum(day >= 45 for day in days) < 0.8 * sum(day < 45 for day in days)


@pytest.mark.parametrize(("rev", "cost"), [(0.25, 0.002), (0.0, 0.0)])
def test_a_chase_costs_what_the_market_takes_back(rev: float, cost: float) -> None:
    grounds = [market(seed, 90, rev) for seed in range(8)]
    later = []
    for ground, run in runs(grounds, plainly({"fomo": 1.0}, 40)):
        shown = {trade_id for trade_id, _ in run.labels}
        for row, trade_id in enumerate(run.trade_id):
            bar = (run.time_us[row] - ground.start_us) // ground.step_us
            if trade_id in shown and bar + 16 < ground.bars:
                close = ground.close[ground.symbols.index(run.symbol[row]), bar + 16]
                later.append(float(close) / float(run.price[row]) - 1.0)
    error = float(np.std(later)) / len(later) ** 0.5
    if cost:
        assert float(np.mean(later)) < -cost
    else:
        assert abs(float(np.mean(later))) < 4.0 * error


@pytest.mark.parametrize(("days", "least", "most"), [(30, 50, 85), (90, 160, 250)])
def test_round_trips_of_a_rational_trader_are_near_what_was_aimed_at(
    days: int, least: int, most: int
) -> None:
    ground = market(2, days)
    counts = [
        len(replay(*made).trips) for made in runs([ground], population.rational(60, BY_TIME_ALONE))
    ]
    assert least <= float(np.median(counts)) <= most


def test_scalpers_trade_more_and_savers_less(grounds: list[GeneratedMarket]) -> None:
    counts: dict[str, list[int]] = {}
    for made in runs(grounds, population.rational(40, BY_TIME_ALONE)):
        counts.setdefault(made[1].archetype, []).append(len(replay(*made).trips))
    assert np.median(counts["scalper"]) > 2 * np.median(counts["noise"])
    assert np.median(counts["dca_plan"]) < np.median(counts["noise"]) / 4


def test_two_habits_show_side_by_side(grounds: list[GeneratedMarket]) -> None:
    _, run = next(iter(runs(grounds, population.cell({"revenge": 1.0, "panic_selling": 1.0}, 1))))
    assert {habit for _, habit in run.labels} == {"revenge", "panic_selling"}
    assert (run.bias, run.intensity) == ("revenge+panic_selling", "1+1")
