"""Which made-up traders are judged, how many, and on which markets.

Traders of one market share its moves: no two of a kind, and few of a cell, share one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from coach.engine.lab.evaluate import made
from coach.engine.lab.evaluate.made import STOPS_DAY, HabitHistory, TraderLife
from coach.engine.lab.evaluate.trial import Group, Trial
from coach.engine.lab.generator.market import market
from coach.engine.lab.generator.plans import HABITS, Habit, TraderPlan
from coach.engine.lab.generator.population import cell, crowd, rational
from coach.engine.lab.generator.sets import market_seed
from coach.model.insights import Bias

AT_ONE_MARKET = 16
STOPPED_AT: tuple[Habit, ...] = (
    "revenge",
    "size_after_loss",
    "size_after_win",
    "disposition",
    "averaging_down",
)
STRENGTH_BEFORE_THE_STOP = 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """How many traders: rational, of the kind noise alone, per cell, in the crowd, per stop.

    `year` are rational traders who are looked at every week of a year.
    """

    rational: int
    noise: int
    per_cell: int
    intensities: tuple[float, ...]
    crowd: int
    per_stop: int
    year: int = 0


QUICK = Size(128, 32, 8, (0.3, 1.0), 16, 4)
FULL = Size(640, 100, 20, (0.3, 0.6, 1.0), 60, 8, 64)
YEAR_DAYS = 365


def sized(rational: int, size: Size = QUICK) -> Size:
    """Return the size with so many rational traders, everything else in proportion."""
    return Size(
        rational,
        max(1, size.noise * rational // size.rational),
        max(1, size.per_cell * rational // size.rational),
        size.intensities,
        size.crowd * rational // size.rational,
        size.per_stop * rational // size.rational,
        size.year * rational // size.rational,
    )


class Task(NamedTuple):
    """What one process does at a time."""

    kind: Literal["trials", "year", "lived", "stopped"]
    market_seed: int
    plans: tuple[TraderPlan, ...]
    group: Group = "cell"
    bias: Bias = "revenge"


def tasks(size: Size, seed: int) -> list[Task]:
    """Return all tasks of a size in a fixed order; every task has a market of its own."""
    found = [*_tasks(size, seed)]
    return [
        task._replace(market_seed=market_seed(seed, 2 * number))
        for number, task in enumerate(found)
    ]


def done(task: Task, days: tuple[int, ...], seed: int) -> list[Trial | TraderLife | HabitHistory]:
    """Do one task."""
    place, longest = task.market_seed, max(days)
    if task.kind == "trials":
        return [*made.trials(market(place, longest), task.plans, task.group, days, seed)]
    if task.kind == "year":
        return [*made.trials(market(place, YEAR_DAYS), task.plans, "year", (longest,), seed)]
    if task.kind == "lived":
        return [made.live(place, plan, longest, seed) for plan in task.plans]
    return [made.stopped(place, plan, task.bias, longest, seed) for plan in task.plans]


def _tasks(size: Size, seed: int) -> Iterator[Task]:
    yield from _judged(rational(size.rational), "rational")
    noise = (TraderPlan(f"null-{number:04d}", "noise") for number in range(size.noise))
    yield from _judged(noise, "null")
    for habit in HABITS:
        for strength in size.intensities:
            yield from _judged(cell({habit: strength}, size.per_cell), "cell")
    for plan in rational(size.year):
        yield Task("year", 0, (plan,))
    for plan in crowd(size.crowd, seed):
        yield Task("lived", 0, (plan,))
    for habit in STOPPED_AT:
        for number in range(size.per_stop):
            for ends in (True, False):
                yield _stop(habit, number, ends=ends)


def _stop(habit: Habit, number: int, *, ends: bool) -> Task:
    course = "ends" if ends else "goes-on"
    plan = TraderPlan(
        f"{habit}-{course}-{number:04d}",
        "noise",
        {habit: STRENGTH_BEFORE_THE_STOP},
        offset_day=STOPS_DAY if ends else None,
    )
    return Task("stopped", 0, (plan,), bias=habit)


def _judged(plans: Iterable[TraderPlan], group: Group) -> Iterator[Task]:
    left = tuple(plans)
    for first in range(0, len(left), AT_ONE_MARKET):
        yield Task("trials", 0, left[first : first + AT_ONE_MARKET], group)
