"""What an event of broken rules says of just now: breaches to warn somebody of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from coach.engine.api.promises import breaches, rules
from coach.engine.api.session import Session
from coach.errors import NotFound
from coach.model.events import Event

BREACHED: Final = "rule.breached"
RECENT = timedelta(days=1)
"""An entry longer ago is no news: it came with older fills, and nobody is warned of it."""


@dataclass(frozen=True, slots=True)
class FreshBreach:
    """A trade that broke a rule within the last day, with its sentence."""

    rule_id: str
    trade_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FreshBreaches:
    """Those of an event, oldest first, and how many of its breaches lie further back."""

    fresh: tuple[FreshBreach, ...]
    earlier: int


def fresh_breaches(session: Session, event: Event) -> FreshBreaches:
    """Return what an event `rule.breached` says of the last day; nothing of a rule that is gone."""
    rule_id = str(event.payload["rule_id"])
    told = frozenset(texts(event.payload["trade_ids"]))
    try:
        listed = list(breaches.stream(session, rule_id, session.clock() - RECENT))
    except NotFound:  # the rule is gone meanwhile
        listed = []
    fresh = tuple(
        FreshBreach(rule_id, one.trade_id, f"{rule_id}: {rules.breach_sentence(one)}")
        for one in listed
        if one.trade_id in told
    )
    return FreshBreaches(fresh, int(str(event.payload["count"])) - len(fresh))


def texts(value: object) -> Sequence[str]:
    """Return the texts of a list in an event's payload."""
    return [str(one) for one in value] if isinstance(value, list) else []
