"""Experiments that run at the same time on one outcome: what one does shows in the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from coach.engine.experiments.registered import RegistrationRecord
from coach.model.experiments import ExperimentId, Measure
from coach.model.rules import RuleId

MONEY = ("net", "return")


@dataclass(frozen=True, slots=True)
class ExperimentSpan:
    """An experiment and the time it takes, [since, until): until its end, or its last week's."""

    id: ExperimentId
    rule_id: RuleId
    registered: RegistrationRecord
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another experiment on the same outcome, and when both run, [since, until)."""

    experiment: ExperimentId
    rule_id: RuleId
    measure: Measure
    quote: str | None
    since: datetime
    until: datetime


def overlaps(one: ExperimentSpan, others: Iterable[ExperimentSpan]) -> Iterator[Overlap]:
    """Yield the others that count the same outcome at the same time."""
    for other in others:
        since, until = max(one.since, other.since), min(one.until, other.until)
        if other.id != one.id and since < until and _same(one.registered, other.registered):
            measure, quote = other.registered.measure, other.registered.quote
            yield Overlap(other.id, other.rule_id, measure, quote, since, until)


def _same(one: RegistrationRecord, other: RegistrationRecord) -> bool:
    """Say whether two outcomes are one: net and return are both the money of the same trades."""
    both_money = one.measure in MONEY and other.measure in MONEY
    return one.quote == other.quote and (both_money or one.measure == other.measure)
