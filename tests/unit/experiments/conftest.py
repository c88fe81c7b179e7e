"""A registered experiment of twelve weeks, and weeks written as a reader would write them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.experiments.outcomes import CountedWeek
from coach.engine.experiments.registered import RegistrationRecord, read
from coach.engine.experiments.registration import ExperimentPlan, register
from coach.model.experiments import Experiment, Measure
from coach.model.rules import Rule, RuleId

RULE = Rule(RuleId("cooldown_after_loss"), "cooldown_after_loss", {"minutes": 30}, active=True)
NOW = datetime(2026, 3, 26, 9, tzinfo=UTC)
WEEKS = tuple(f"2026-W{number}" for number in range(14, 26))


def plan_of(measure: Measure = "net", quote: str | None = "USD") -> ExperimentPlan:
    return ExperimentPlan(RULE, "u", WEEKS, "UTC", measure, quote, "1.0")


@pytest.fixture
def experiment() -> Experiment:
    return register(plan_of(), NOW)


@pytest.fixture
def registered(experiment: Experiment) -> RegistrationRecord:
    return read(experiment)


@pytest.fixture
def weeks(registered: RegistrationRecord) -> Callable[..., list[CountedWeek]]:
    """Return so many weeks, with one net result while on and another while off, and some noise."""

    def made(count: int, on: str, off: str, entries: int = 4, broken: int = 1) -> list[CountedWeek]:
        found = []
        for place in range(count):
            is_on = registered.on[place]
            net = Decimal(on if is_on else off) + Decimal(place * 7 % 5) / 10
            lost = 0 if is_on else broken
            name = registered.weeks[place]
            found.append(CountedWeek(name, is_on, entries, lost, 0, net, Decimal(1000)))
        return found

    return made
