"""A rule that can never be broken, or always is, is no promise; and a promise is made once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.rules.kinds.catalogue import KINDS, kind_of
from coach.engine.rules.presets import PRESETS
from coach.engine.rules.refusals import refuse_identical, refuse_vacuous
from coach.engine.rules.schema import read_rule
from coach.errors import UsageError
from coach.model.rules import Rule, RuleId, RuleKind

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
EVERY_HOUR = {"kind": "trading_hours", "params": {}}
RULE = Rule(RuleId("hours"), "trading_hours", {"from": "09:00"}, active=True)


@pytest.mark.parametrize(
    ("kind", "params", "why"),
    [
        ("trading_hours", {}, "00:00 to 00:00 on every day is the whole week"),
        ("trading_hours", {"from": "9:00", "until": "9:00"}, "is the whole week"),
        ("trading_hours", {"until": "24:00", "days": "mon-sun"}, "is the whole week"),
        ("no_averaging_down", {"below": 100}, "a price cannot fall by more than 100 %"),
        ("cooldown_after_loss", {"minutes": 1e-9}, "shorter than a microsecond"),
        ("holding_time_floor", {"minutes_at_least": 1e-9}, "can never be broken"),
        ("holding_time_ceiling", {"minutes_at_most": 1e-9}, "it would always be broken"),
        (
            "any",
            {"rules": [{"kind": "all", "params": {"rules": [EVERY_HOUR]}}]},
            "all in it: trading_hours in it: 00:00 to 00:00",
        ),
    ],
)
def test_what_can_never_or_always_be_broken_is_refused(
    kind: RuleKind, params: dict[str, object], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        refuse_vacuous(kind, read_rule(kind, params))


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("trading_hours", {"until": "23:59"}),
        ("trading_hours", {"days": "mon-sat"}),
        ("no_averaging_down", {"below": 99.9}),
        ("cooldown_after_loss", {"minutes": "1s"}),
        *(rule for preset in PRESETS.values() for rule in preset),
    ],
)
def test_what_can_be_broken_and_kept_is_a_promise(
    kind: RuleKind, params: dict[str, object]
) -> None:
    checked = read_rule(kind, params)
    assert not kind_of(kind).vacuous(checked)
    refuse_vacuous(kind, checked)


def test_every_kind_says_whether_it_is_vacuous() -> None:
    assert all(callable(kind.vacuous) for kind in KINDS.values())


def test_the_same_promise_is_refused_by_the_name_of_the_first() -> None:
    again = replace(RULE, id=RuleId("hours-2"), note="other words")
    with pytest.raises(UsageError, match="hours promises that already, and it is active"):
        refuse_identical(again, [RULE], NOW)


def test_another_promise_or_one_that_is_not_active_is_no_repetition() -> None:
    for one in (
        replace(RULE, params={"from": "10:00"}),
        replace(RULE, kind="max_trades_per_day"),
        replace(RULE, active=False),
        replace(RULE, expires_at=NOW),
    ):
        refuse_identical(RULE, [one], NOW)
    refuse_identical(replace(RULE, active=False), [RULE], NOW)
    with pytest.raises(UsageError):
        refuse_identical(RULE, [replace(RULE, expires_at=NOW + timedelta(days=1))], NOW)
