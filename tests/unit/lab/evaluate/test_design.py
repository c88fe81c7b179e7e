"""Made-up populations: the same seed, the same traders, whoever does the work."""

import pytest

from coach.engine.lab.evaluate import design, made
from coach.engine.lab.evaluate.design import Size, Task
from coach.engine.lab.evaluate.made import HabitHistory, TraderLife
from coach.engine.lab.evaluate.trial import Trial
from coach.engine.lab.generator.market import market
from coach.engine.lab.generator.plans import TraderPlan
from coach.engine.lab.generator.run import trader

SMALL = Size(rational=3, noise=2, per_cell=1, intensities=(1.0,), crowd=1, per_stop=1)


def test_every_task_has_a_market_and_every_trader_a_name_of_its_own() -> None:
    tasks = design.tasks(design.QUICK, 7)
    names = [plan.name for task in tasks for plan in task.plans]
    assert len(set(names)) == len(names)
    assert len({task.market_seed for task in tasks}) == len(tasks)
    assert max(len(task.plans) for task in tasks) == design.AT_ONE_MARKET


def test_another_seed_has_other_markets() -> None:
    ours = {task.market_seed for task in design.tasks(SMALL, 1)}
    assert ours.isdisjoint(task.market_seed for task in design.tasks(SMALL, 2))


def test_a_size_is_scaled_as_a_whole() -> None:
    assert design.sized(256).per_cell == 2 * design.QUICK.per_cell
    assert design.sized(320, design.FULL).year == design.FULL.year // 2
    assert design.sized(1).per_cell == 1


def test_the_same_task_gives_the_same_trials() -> None:
    task = Task("trials", 5, (TraderPlan("a", "noise", {"revenge": 1.0}),), "cell")
    first, second = (design.done(task, (10, 30), 1)[0] for _ in range(2))
    assert first == second
    assert isinstance(first, Trial)
    assert (first.trader, first.group, set(first.statements)) == ("a", "cell", {10, 30})
    assert first.truth is not None
    assert first.truth.biases == {"revenge": 1.0}
    assert first.labels


def test_a_year_is_looked_at_every_week() -> None:
    """Thirty days a look keep it short; a monthly saver leaves little to look at."""
    found = design.done(Task("year", 5, (TraderPlan("a", "rebalancer"),)), (10,), 1)[0]
    assert isinstance(found, Trial)
    assert (found.group, set(found.statements)) == ("year", {10})
    assert found.year is not None


def test_a_life_is_read_twice() -> None:
    found = design.done(Task("lived", 5, (TraderPlan("a"),)), (60,), 1)[0]
    assert isinstance(found, TraderLife)
    assert found.long["revenge"].n > 5 * found.short["revenge"].n


def test_a_habit_that_stops_is_followed_for_eight_weeks() -> None:
    plan = TraderPlan("a", "noise", {"size_after_win": 1.0}, offset_day=made.STOPS_DAY)
    found = design.done(Task("stopped", 5, (plan,), bias="size_after_win"), (90,), 1)[0]
    assert isinstance(found, HabitHistory)
    assert found.announced
    assert found.ended
    assert found.weeks is None or 1 <= found.weeks <= made.WEEKS


def test_a_habit_that_was_never_there_is_withdrawn_at_once() -> None:
    found = made.stopped(5, TraderPlan("b", "noise"), "revenge", 30, 1)
    assert (found.announced, found.ended, found.weeks) == (False, False, 1)


def test_fills_and_candles_cross_unchanged() -> None:
    place = market(3, 10)
    run = trader(place, TraderPlan("a", "scalper"), 1)
    fills = made.fills_of(run)
    assert [str(one.quantity) for one in fills[:3]] == list(run.qty[:3])
    assert {one.side for one in fills} == {"buy", "sell"}
    profile = made.profile_of(run)
    assert profile.offset_minutes == pytest.approx(60 * run.utc_offset_h)
    bars = made.as_candles(place).of("BTC-USD")
    assert bars is not None
    assert len(bars) == place.bars
