"""Which cooldowns run: until when a rule of the user's asks for a pause after a loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.engine.api.session import Session
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.params import number
from coach.engine.rules.refusals import in_force
from coach.engine.store import lately
from coach.engine.store.lately import TradeReach
from coach.engine.store.promises import rules
from coach.model.times import instant
from coach.model.trades import outcome

ANY_QUOTE = "%"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A pause that a rule asks for since a losing close, and when it ends."""

    rule_id: str
    since: datetime
    until: datetime


def cooldowns(session: Session) -> tuple[Cooldown, ...]:
    """Return the cooldowns that run now, of the rules in force that stand by themselves.

    A rule within a group asks for a pause under conditions that only an entry settles. The pause of
    a rule that expires ends with its rule.
    """
    now = session.clock()
    return tuple(one for one in _since_losses(session, now) if one.until > now)


def _since_losses(session: Session, now: datetime) -> Iterator[Cooldown]:
    kept = rules.rules(session.connection, session.user.id)
    for rule in (one for one in kept if in_force(one, now)):
        kind = kind_of(rule.kind)
        if kind.scale is None or kind.scale.unit != "pause":
            continue
        pause = timedelta(minutes=number(rule.params, kind.threshold))
        loss = _last_loss(session, now - pause, now)
        if loss is not None:
            ends = loss + pause
            until = ends if rule.expires_at is None else min(ends, rule.expires_at)
            yield Cooldown(rule.id, loss, until)


def _last_loss(session: Session, since: datetime, now: datetime) -> datetime | None:
    """Return when the newest losing close was, None where none was since then."""
    reach = TradeReach(ANY_QUOTE, since, lately.FEWEST)
    closes = [
        instant(trip.closed_us)
        for trip in lately.trips(session.connection, session.user.id, reach)
        if trip.closed_us is not None and outcome(trip.net, trip.fees, trip.other_fees) == "loss"
    ]
    return max((one for one in closes if since < one <= now), default=None)
