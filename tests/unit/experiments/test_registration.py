"""What is registered stands: all of it in one text, and a hash that anybody can make again."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from coach.engine.experiments.registered import RegistrationRecord, read, was_active
from coach.engine.experiments.registration import (
    ExperimentPlan,
    check_weeks,
    measure_named,
    register,
)
from coach.errors import UsageError
from coach.model.experiments import Experiment
from coach.model.rules import Rule, RuleId

NOW = datetime(2026, 3, 26, 9, tzinfo=UTC)
RULE = Rule(RuleId("r"), "max_trades_per_day", {"limit": 5}, active=False, revision=3)


def test_the_hash_is_that_of_the_text(experiment: Experiment) -> None:
    assert experiment.sha256 == sha256(experiment.registration.encode()).hexdigest()
    assert experiment.sha256.startswith(experiment.id)


def test_all_that_decides_the_result_is_in_the_text(experiment: Experiment) -> None:
    said = json.loads(experiment.registration)
    wanted = {"rule", "outcome", "outcome_means", "quote", "zone", "weeks", "blocks", "seed", "on"}
    wanted |= {"alpha", "stakes", "stopping", "method", "registered_at", "engine_version"}
    assert wanted <= said.keys()
    assert experiment.registration == json.dumps(said, sort_keys=True, separators=(",", ":"))


def test_what_is_read_back_is_what_was_registered(registered: RegistrationRecord) -> None:
    assert registered.measure == "net"
    assert registered.rule.params == {"minutes": 30}
    assert len(registered.on) == len(registered.weeks) == 12
    assert sum(registered.on) == 6
    assert registered.block_ends() == [3] * 4 + [7] * 4 + [11] * 4
    assert [registered.whole(weeks) for weeks in (0, 3, 4, 7, 11, 12)] == [0, 0, 1, 1, 2, 3]


def test_a_rule_that_rested_is_remembered_as_such_and_judged_as_active() -> None:
    plan = ExperimentPlan(RULE, "u", tuple("abcdefgh"), "UTC", "entries", None, "1.0")
    made = register(plan, NOW)
    assert not was_active(made)
    assert read(made).rule == Rule(
        RuleId("r"), "max_trades_per_day", {"limit": 5}, True, revision=3
    )


def test_a_later_moment_is_another_registration_of_the_same_weeks() -> None:
    plan = ExperimentPlan(RULE, "u", tuple("abcdefgh"), "UTC", "entries", None, "1.0")
    first, second = register(plan, NOW), register(plan, NOW + timedelta(seconds=1))
    assert first.id != second.id
    assert read(first).on == read(second).on


@pytest.mark.parametrize(
    ("weeks", "why"),
    [
        (0, "at least 8"),
        (-4, "at least 8"),
        (6, "at least 8"),
        (9, "even number"),
        (106, "even number"),
    ],
)
def test_weeks_that_could_find_nothing_are_refused(weeks: int, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        check_weeks(weeks)


@pytest.mark.parametrize("weeks", [8, 10, 12, 26, 104])
def test_an_even_number_of_weeks_that_is_long_enough_is_taken(weeks: int) -> None:
    check_weeks(weeks)


def test_an_outcome_that_nobody_knows_is_refused_with_those_there_are() -> None:
    assert measure_named("net") == "net"
    refused = "outcome takes one of net, return, breaches, entries, not 'nett'"
    with pytest.raises(UsageError, match=refused):
        measure_named("nett")
