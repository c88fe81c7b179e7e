"""Dry runs: what a rule would have caught over the whole history, without storing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.promises import rules as api
from coach.engine.rules.schema import known_kind, read_rule, sentence
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coach.engine.api.session import Session
    from coach.engine.rules.worth import Worth
    from coach.model.rules import Breach


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have caught; `lacks` is what was missing to judge it."""

    rule: Rule
    sentence: str
    worth: Worth
    breaches: tuple[Breach, ...]
    lacks: tuple[str, ...]


def of_stored(session: Session, rule_id: str) -> DryRun:
    """Evaluate a stored rule, paused or not."""
    [run] = _replay(session, [api.view(session, rule_id).rule])
    return run


def of_given(session: Session, kind: str, params: Mapping[str, object]) -> DryRun:
    """Evaluate a rule that is not stored."""
    known = known_kind(kind)
    [run] = _replay(session, [Rule(RuleId(known), known, read_rule(known, params), active=True)])
    return run


def of_drafts(session: Session, wanted: list[api.Draft]) -> list[DryRun]:
    """Evaluate rules that are about to be made; UsageError where one of them cannot be made."""
    return _replay(session, api.checked(session, wanted))


def _replay(session: Session, kept: Sequence[Rule]) -> list[DryRun]:
    from coach.engine.promises import judge
    from coach.engine.rules.evaluate import breaches, lacks
    from coach.engine.rules.worth import worth

    awake = [replace(rule, active=True) for rule in kept]
    with sight.reading(session):
        past = judge.whole(session.connection, session.user, awake, sight.reader(session))
    runs = []
    for given, rule in zip(kept, awake, strict=True):
        found = tuple(breaches([rule], past, session.user.zone))
        runs.append(DryRun(given, sentence(rule), worth(past, found), found, lacks(rule, past)))
    return runs
