"""What an event of broken rules says of just now: breaches to warn somebody of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from coach.engine.api.promises import breaches, rules
from coach.engine.api.session import Session
from coach.engine.store.promises import revisions
from coach.errors import NotFound
from coach.model.events import Event
from coach.model.rules import Rule, RuleId

BREACHED: Final = "rule.breached"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
RECENT = timedelta(days=1)
"""An entry longer ago is no news: it came with older fills, and nobody is warned of it.

Nor is one from before the rule said what it says: whoever makes a promise has not broken it yet.
"""


@dataclass(frozen=True, slots=True)
class FreshBreach:
    """A trade that broke a rule within the last day, with its sentence."""

    rule_id: str
    trade_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FreshBreaches:
    """Those of an event, oldest first, and how many of its breaches are of before."""

    fresh: tuple[FreshBreach, ...]
    earlier: int


def fresh_breaches(session: Session, event: Event) -> FreshBreaches:
    """Return what an event `rule.breached` says of the last day; nothing of a rule that is gone."""
    rule_id = str(event.payload["rule_id"])
    told = frozenset(texts(event.payload["trade_ids"]))
    since = max(session.clock() - RECENT, _promised_since(session, RuleId(rule_id)))
    try:
        listed = list(breaches.stream(session, rule_id, since))
    except NotFound:  # the rule is gone meanwhile
        listed = []
    fresh = tuple(
        FreshBreach(rule_id, one.trade_id, f"{rule_id}: {rules.breach_sentence(one)}")
        for one in listed
        if one.trade_id in told
    )
    return FreshBreaches(fresh, int(str(event.payload["count"])) - len(fresh))


def _promised_since(session: Session, rule_id: RuleId) -> datetime:
    """Return since when a rule limits what it limits now; a changed note makes no other promise."""
    since = BEGINNING
    last: Rule | None = None
    for one in revisions.revisions(session.connection, session.user.id, rule_id):
        same = last is not None and _limits(last) == _limits(one.rule)
        since, last = since if same else one.at, one.rule
    return since


def _limits(rule: Rule) -> tuple[object, ...]:
    return rule.active, rule.kind, dict(rule.params)


def texts(value: object) -> Sequence[str]:
    """Return the texts of a list in an event's payload."""
    return [str(one) for one in value] if isinstance(value, list) else []
