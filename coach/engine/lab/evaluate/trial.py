"""One trader judged: what was said over each window, and what was true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab import judge, naive, shuffled
from coach.engine.lab.evaluate.announced import announced
from coach.engine.lab.evaluate.year import YearOfLooks, year_of_looks
from coach.engine.lab.judge import EventTag, LabFill, Past
from coach.model.insights import Bias, Finding
from coach.model.reasons import Level

Group = Literal["given", "rational", "null", "cell", "year"]
"""Where a trader comes from; those of a year count in what a year brings, and nowhere else."""


class Truth(NamedTuple):
    """Who a trader is: the kind, and each habit that was planted with its intensity.

    `way` tells how the habits were planted, joined by `+`, or what else sets traders of one kind
    apart; empty where nobody said.
    """

    archetype: str
    biases: Mapping[str, float]
    way: str = ""

    @property
    def rational(self) -> bool:
        """Whether nothing was planted."""
        return not self.biases


class HabitStatement(NamedTuple):
    """What is said of one habit over one window.

    `flagged` is whether the flag rule holds, `announced` whether the product tells it as a habit,
    `asked` whether it asks about a rule instead. `score` is 0 to 100; below the floor it is the
    leaning, which ranks and is never told, and 0 where there is none.
    """

    level: Level
    score: float
    flagged: bool
    announced: bool
    p: float | None = None
    effect: float | None = None
    interval: tuple[float, float] | None = None
    n: int = 0
    asked: bool = False

    @property
    def tested(self) -> bool:
        """Whether there was enough to say something."""
        return self.level != "insufficient"


NOTHING = HabitStatement("insufficient", 0.0, flagged=False, announced=False)


class TrueLabel(NamedTuple):
    """The truth about one fill."""

    trade_id: str
    bias: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A trader judged. `said` and `naive` hold the words per window in days, then per habit.

    `shuffled` are p-values with the outcomes of the trader's closes shuffled. `truth` and `labels`
    are None where nobody told them, `year` where the fills span none. `cpu_s` is
    what it took, set by whoever runs it.
    """

    trader: str
    group: Group
    truth: Truth | None
    statements: Mapping[int, Mapping[Bias, HabitStatement]]
    naive: Mapping[int, Mapping[Bias, HabitStatement]]
    tags: tuple[EventTag, ...] = ()
    naive_tags: tuple[EventTag, ...] = ()
    labels: tuple[TrueLabel, ...] | None = None
    shuffled: Mapping[Bias, float] = field(default_factory=dict)
    fills: int = 0
    duplicates: int = 0
    year: YearOfLooks | None = None
    cpu_s: float = field(default=0.0, compare=False)


class TrialCase(NamedTuple):
    """A trader to be judged, and what is known of them."""

    group: Group
    truth: Truth | None
    labels: tuple[TrueLabel, ...] | None


def trial(past: Past, case: TrialCase, days: Sequence[int], fills: Sequence[LabFill]) -> Trial:
    """Judge a trader over windows of so many days, all ending with the last fill."""
    judged = _judged(past, case, days, fills)
    first_us = min((fill.at_us for fill in fills), default=past.end_us)
    lived = year_of_looks(past, max(days), first_us)
    return replace(judged, year=lived)


def _judged(past: Past, case: TrialCase, days: Sequence[int], fills: Sequence[LabFill]) -> Trial:
    return Trial(
        trader=past.profile.name,
        group=case.group,
        truth=case.truth,
        statements={window: statements_of(judge.findings(past, window)) for window in days},
        naive={window: _naive(past, window) for window in days},
        tags=judge.tags(past),
        naive_tags=naive.tags(past),
        labels=case.labels,
        shuffled=shuffled.p_values(past, max(days)),
        fills=len(fills),
        duplicates=past.duplicates,
    )


def statements_of(findings: Sequence[Finding]) -> dict[Bias, HabitStatement]:
    """Return what was said of every habit; nothing of one that no detector looks for."""
    found = {one.bias: _statement_of(one) for one in findings}
    return {bias: found.get(bias, NOTHING) for bias in HABITS}


def _statement_of(finding: Finding) -> HabitStatement:
    return HabitStatement(
        level=finding.level,
        score=finding.score or finding.leaning or 0.0,
        flagged=bool(finding.facts.get("flagged")),
        announced=announced(finding) == "told",
        asked=announced(finding) == "asked",
        p=finding.p,
        effect=finding.effect,
        interval=finding.interval,
        n=finding.n,
    )


def _naive(past: Past, days: int) -> dict[Bias, HabitStatement]:
    by_habit = {
        bias: HabitStatement("none", answer.score, answer.flagged, answer.flagged)
        for bias, answer in naive.answers(past, days).items()
    }
    return {bias: by_habit.get(bias, NOTHING) for bias in HABITS}
