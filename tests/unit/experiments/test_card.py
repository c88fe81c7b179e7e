"""The card says "no effect" as readily as anything else, and exact money."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coach.engine.experiments.card import card, decided_after
from coach.engine.experiments.outcomes import CountedWeek
from coach.engine.experiments.registered import RegistrationRecord

Weeks = Callable[..., list[CountedWeek]]


def test_an_effect_is_told_with_its_interval(registered: RegistrationRecord, weeks: Weeks) -> None:
    told: dict[str, Any] = card(registered, weeks(12, "10", "-10"), "decided")
    assert told["finding"] == "higher"
    low, high = told["interval"]
    assert 0 < low < float(told["estimate"]) < high
    assert told["verdict"].startswith("higher with the rule on: +")
    assert "USD a week" in told["verdict"]
    assert told["evidence"] >= told["evidence_needed"] == 10


def test_worse_is_told_as_plainly_as_better(registered: RegistrationRecord, weeks: Weeks) -> None:
    told = card(registered, weeks(12, "-10", "10"), "decided")
    assert told["finding"] == "lower"


def test_no_effect_is_a_result_with_an_interval_around_zero(
    registered: RegistrationRecord, weeks: Weeks
) -> None:
    told: dict[str, Any] = card(registered, weeks(12, "1", "1"), "complete")
    assert told["finding"] == "no effect found"
    low, high = told["interval"]
    assert low < 0 < high
    assert told["verdict"].startswith("no effect found in 12 weeks: ")


def test_while_it_runs_nothing_is_claimed(registered: RegistrationRecord, weeks: Weeks) -> None:
    nothing: dict[str, Any] = card(registered, [], "running")
    assert (nothing["finding"], nothing["estimate"]) == ("cannot tell yet", None)
    assert "0 of 12 weeks count" in nothing["verdict"]
    four: dict[str, Any] = card(registered, weeks(4, "10", "-10"), "running")
    assert (four["finding"], four["interval"]) == ("cannot tell yet", None)
    eight: dict[str, Any] = card(registered, weeks(8, "1", "1"), "stopped")
    assert eight["verdict"].startswith("cannot tell yet: 8 of 12 weeks count, ")


def test_weeks_without_trades_compare_nothing(registered: RegistrationRecord, weeks: Weeks) -> None:
    told = card(registered, weeks(12, "0", "0", entries=0, broken=0), "complete")
    assert told["finding"] == "nothing traded"


def test_totals_are_the_money_to_the_cent(registered: RegistrationRecord, weeks: Weeks) -> None:
    seen = weeks(12, "0.10", "0.20")
    told = card(registered, seen, "complete")
    assert Decimal(str(told["on_total"])) == sum(week.net for week in seen if week.on)
    assert Decimal(str(told["off_total"])) == sum(week.net for week in seen if not week.on)


def test_compliance_stands_beside_the_result(registered: RegistrationRecord, weeks: Weeks) -> None:
    told: dict[str, Any] = card(registered, weeks(12, "1", "1"), "complete")
    assert told["compliance"]["on"] == {
        "weeks": 6,
        "weeks_kept": 6,
        "entries": 24,
        "broken": 0,
        "kept": 1.0,
    }
    assert told["compliance"]["off"]["kept"] == 0.75
    assert told["compliance"]["told"] == (
        "kept in 24 of 24 trades of on weeks, in 18 of 24 of off weeks"
    )


def test_a_rule_that_was_not_kept_better_is_told_so(
    registered: RegistrationRecord, weeks: Weeks
) -> None:
    told: dict[str, Any] = card(registered, weeks(12, "1", "1", broken=0), "complete")
    assert told["compliance"]["told"].endswith("so this says little of the rule itself")


def test_the_first_look_that_decides_counts(registered: RegistrationRecord, weeks: Weeks) -> None:
    assert decided_after(registered, weeks(12, "10", "-10")) == 2
    assert decided_after(registered, weeks(12, "1", "1")) is None


def test_counts_and_fractions_are_outcomes_too(
    registered: RegistrationRecord, weeks: Weeks
) -> None:
    seen = weeks(12, "10", "-10")
    broken: dict[str, Any] = card(replace(registered, measure="breaches"), seen, "complete")
    assert (broken["finding"], broken["estimate"], broken["on_total"]) == ("lower", -1.0, None)
    fraction: dict[str, Any] = card(replace(registered, measure="return"), seen, "complete")
    assert fraction["estimate"] == pytest.approx(0.02, abs=0.001)
