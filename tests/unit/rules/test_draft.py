"""Rules as JSON and as presets: checked before anything is kept."""

from datetime import UTC, datetime

import pytest

from coach.engine.rules.draft import Terms, drafts, preset
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.presets import PRESETS
from coach.engine.rules.schema import read_rule, sentence
from coach.errors import UsageError
from coach.model.rules import Rule, RuleId

RULE = {"kind": "max_trades_per_day", "params": {"limit": 5}}
KEPT = Rule(RuleId("r"), "max_trades_per_day", {"limit": 5}, active=True, note="walk", lock_s=60)


def test_one_rule_or_a_list_of_them() -> None:
    [one] = drafts(RULE)
    first, second = drafts([RULE, {**RULE, "active": False, "lock_hours": 2, "note": "walk"}])
    assert one == first
    assert (second.active, second.terms.lock_hours, second.terms.note) == (False, 2, "walk")


def test_an_expiry_has_a_zone() -> None:
    [one] = drafts({**RULE, "expires": "2026-12-31T00:00:00Z"})
    assert one.terms.expires_at == datetime(2026, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        [],
        "rule",
        {"params": {}},
        {"kind": "max_trades_per_day"},
        {**RULE, "colour": "red"},
        {**RULE, "active": 1},
        {**RULE, "note": 5},
        {**RULE, "lock_hours": "long"},
        {**RULE, "expires": "tomorrow"},
        {**RULE, "expires": "2026-12-31T00:00:00"},
        {**RULE, "expires": "0001-01-01T00:00:00+14:00"},
        {**RULE, "expires": "9999-12-31T23:59:00-14:00"},
        [RULE, {"kind": "max_trade", "params": {}}],
    ],
)
def test_what_is_no_rule_is_refused(given: object) -> None:
    with pytest.raises(UsageError):
        drafts(given)


def test_terms_left_out_stay_as_they_are() -> None:
    assert Terms().of(KEPT) == KEPT
    later = datetime(2026, 12, 31, tzinfo=UTC)
    ending = Terms(expires_at=later).of(KEPT)
    assert (ending.expires_at, ending.note, ending.lock_s) == (later, "walk", 60)
    assert Terms(forever=True, note="", lock_hours=0.5).of(ending) == Rule(
        KEPT.id, KEPT.kind, KEPT.params, active=True, lock_s=1_800
    )


@pytest.mark.parametrize(
    "terms",
    [Terms(note="x" * 501), Terms(note="a\0b"), Terms(lock_hours=-1), Terms(lock_hours=8_761)],
)
def test_terms_that_cannot_be_are_refused(terms: Terms) -> None:
    with pytest.raises(UsageError):
        terms.of(KEPT)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_made_of_rules(name: str) -> None:
    for one in preset(name):
        assert one.kind in KINDS
        rule = Rule(RuleId("r"), one.kind, read_rule(one.kind, one.params), active=True)
        assert sentence(rule)


def test_an_unknown_preset_is_told_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        preset("scalp")
    said = str(caught.value)
    assert said.startswith("preset takes one of day, swing, long, ftmo-2-step, ")
    assert said.endswith(", not 'scalp'")
