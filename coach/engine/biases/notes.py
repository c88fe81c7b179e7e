"""What a person needs to read a finding: what is missing, the effect, what it cost."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from coach.model.plans import question_id
from coach.wording import numbers, reasons
from coach.wording.habit_costs import describe_habit_cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coach.engine.biases.words import AnyWords
    from coach.model.insights import Finding
    from coach.remedies import Remedy

CLAIMS = frozenset({"likely", "strong"})
CANDLES_OF = "candles of "
NO_FACTS: Final[Mapping[str, str]] = MappingProxyType({})


class HabitNote(NamedTuple):
    """A sentence about a finding, and what can be done about it; `facts` fill the face's words."""

    text: str
    remedy: Remedy | None = None
    facts: Mapping[str, str] = NO_FACTS


def notes(finding: Finding, words: AnyWords) -> Iterator[HabitNote]:
    """Yield the sentences about a finding, in the words of its habit.

    Only what is told is called a habit and has a cost: not what a rule explains, or may, nor what
    is merely possible.
    """
    if finding.standing in {"asked", "style"}:
        yield from _explained(finding, words)
        return
    yield from _missing(finding)
    if finding.effect is not None:
        yield HabitNote(words.sentence(finding.effect, finding.interval))
        yield from _half_seen(finding)
    if finding.level == "possible":
        yield HabitNote("the evidence does not stand, so it is not called a habit")
    if finding.level not in CLAIMS:
        return
    if not finding.costs:
        yield HabitNote("no measurable price cost")
    yield from (HabitNote(describe_habit_cost(cost)) for cost in finding.costs)


def _explained(finding: Finding, words: AnyWords) -> Iterator[HabitNote]:
    reason = finding.reasons[0]
    if finding.standing == "style":
        yield HabitNote(reasons.style_text(reason))
        return
    if finding.effect is not None:
        yield HabitNote(f"a pattern: {words.sentence(finding.effect, finding.interval)}")
    asked = {"question": question_id(finding.bias, reason.kind)}
    yield HabitNote(reasons.question_text(reason), "answer_question", asked)


def _missing(finding: Finding) -> Iterator[HabitNote]:
    symbols = [lack.removeprefix(CANDLES_OF) for lack in finding.lacks if _of_a_symbol(lack)]
    if symbols:
        yield HabitNote(f"needs {CANDLES_OF}{', '.join(symbols)}", "bring_candles")
    for lack in finding.lacks:
        if not _of_a_symbol(lack):
            yield HabitNote(
                f"needs {lack}", "bring_candles" if lack.startswith("candles") else None
            )
    if finding.level == "insufficient" and finding.needed:
        if _all_planned(finding):
            yield HabitNote("all of it was by a plan that you declared: nothing is left to test")
        else:
            more = numbers.counted(finding.needed, "more trade")
            yield HabitNote(f"{more} needed")


def _of_a_symbol(lack: str) -> bool:
    return lack.startswith(CANDLES_OF) and " or more" not in lack


def _half_seen(finding: Finding) -> Iterator[HabitNote]:
    for evidence in finding.evidence[:1]:
        covered = evidence.sample.get("covered")
        if isinstance(covered, float) and (seen := numbers.whole_percent(covered)) != "100 %":
            yield HabitNote(f"candles cover {seen} of it, the rest is left out")


def _all_planned(finding: Finding) -> bool:
    samples = [evidence.sample for evidence in finding.evidence]
    planned = [sample[name] for sample in samples for name in sample if name.startswith("planned_")]
    return not finding.n and any(planned)
