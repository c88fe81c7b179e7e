"""Dry runs: what a rule would have caught over the whole history, without storing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.promises import rules as api
from coach.engine.rules.schema import known_kind, read_rule, sentence
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    return _replay(session, api.view(session, rule_id).rule)


def of_given(session: Session, kind: str, params: Mapping[str, object]) -> DryRun:
    """Evaluate a rule that is not stored."""
    known = known_kind(kind)
    return _replay(session, Rule(RuleId(known), known, read_rule(known, params), active=True))


def _replay(session: Session, kept: Rule) -> DryRun:
    from coach.engine.promises import judge
    from coach.engine.rules.evaluate import breaches, lacks
    from coach.engine.rules.worth import worth

    rule = replace(kept, active=True)
    with sight.reading(session):
        past = judge.whole(session.connection, session.user, [rule], sight.reader(session))
    found = breaches([rule], past, session.user.zone)
    return DryRun(kept, sentence(kept), worth(past, found), tuple(found), lacks(rule, past))
