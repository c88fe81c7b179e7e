"""Evaluations: every trader judged, on as many cores as there are, then the tables."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING

from coach.engine.jobs.in_parallel import in_parallel
from coach.engine.lab import judge
from coach.engine.lab.evaluate import design
from coach.engine.lab.evaluate.made import HabitHistory, TraderLife
from coach.engine.lab.evaluate.report import report
from coach.engine.lab.evaluate.trial import Trial, trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coach.engine.features.bars import Market
    from coach.engine.jobs.in_parallel import OnProgress
    from coach.engine.lab.evaluate.design import Size, Task
    from coach.engine.lab.evaluate.report import Report
    from coach.engine.lab.evaluate.trial import TrialCase
    from coach.engine.lab.judge import LabFill, Profile

AT_ONCE = 8


class GivenTraders:
    """Traders from files: their fills, who they are, and what is true of them."""

    __slots__ = ("cases", "fills", "market", "profiles")

    def __init__(
        self,
        fills: Mapping[str, Sequence[LabFill]],
        profiles: Mapping[str, Profile],
        cases: Mapping[str, TrialCase],
        market: Market,
    ) -> None:
        self.fills = fills
        self.profiles = profiles
        self.cases = cases
        self.market = market

    def judged(self, trader: str, days: Sequence[int]) -> Trial:
        """Judge one of them."""
        fills = self.fills.get(trader, ())
        past = judge.past(fills, self.market, self.profiles[trader])
        return trial(past, self.cases[trader], days, fills)


def evaluate_given(
    given: GivenTraders, days: Sequence[int], workers: int, on_progress: OnProgress
) -> Report:
    """Judge the traders of files, in alphabetical order."""
    names = sorted(given.profiles)
    some = [names[first : first + AT_ONCE] for first in range(0, len(names), AT_ONCE)]

    def work(part: Sequence[str]) -> list[Trial]:
        return [_judged_in_time(given, name, days) for name in part]

    judged = [one for part in in_parallel(work, some, workers, on_progress) for one in part]
    tested = {
        bias
        for one in judged
        for bias, outcome in one.statements[max(days)].items()
        if outcome.tested
    }
    return report(judged, days, tested=tested)


def evaluate_made(
    size: Size, seed: int, days: Sequence[int], workers: int, on_progress: OnProgress
) -> Report:
    """Make up traders and judge them."""
    windows = tuple(days)

    def work(task: Task) -> list[Trial | TraderLife | HabitHistory]:
        began = process_time()
        done = design.done(task, windows, seed)
        spent = (process_time() - began) / max(len(done), 1)
        return [replace(one, cpu_s=spent) if isinstance(one, Trial) else one for one in done]

    found = [
        one
        for part in in_parallel(work, design.tasks(size, seed), workers, on_progress)
        for one in part
    ]
    return report(
        [one for one in found if isinstance(one, Trial)],
        windows,
        [one for one in found if isinstance(one, TraderLife)],
        [one for one in found if isinstance(one, HabitHistory)],
    )


def _judged_in_time(given: GivenTraders, name: str, days: Sequence[int]) -> Trial:
    """Judge one trader, and note the processor time that it took."""
    began = process_time()
    judged = given.judged(name, days)
    return replace(judged, cpu_s=process_time() - began)
