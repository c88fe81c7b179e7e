"""Days of the last months: what was closed, what it realised, and how often a rule was broken.

Money counts on the day on which it was realised, as in the digest.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.session import Session
from coach.engine.digest.week import span, week_at
from coach.engine.features.zones import zone_named
from coach.engine.ledger.exact import add
from coach.engine.ledger.realised import realisations
from coach.engine.store import fills, trades
from coach.engine.store.browse import days as store

WEEKS = 13


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day in the trader's zone: trades closed, net realised by currency, rules broken."""

    day: date
    closed: int
    net: dict[str, Decimal]
    breaches: int

    @property
    def sign(self) -> int:
        """Return 1 where every currency gained or kept, -1 where every one lost, else 0."""
        signs = {(net > 0) - (net < 0) for net in self.net.values()}
        return signs.pop() if len(signs) == 1 else 0


def calendar(session: Session, weeks: int = WEEKS) -> list[CalendarDay]:
    """Return every day of the weeks up to that of the newest fill, oldest first; [] without one."""
    _, _, last = fills.reach(session.connection, session.user.id, None)
    if last is None:
        return []
    conclude_due(session)
    zone = session.user.zone
    end = span(week_at(last, zone), zone)[1]
    first_week = week_at(end - timedelta(weeks=weeks) + timedelta(hours=12), zone)
    start = span(first_week, zone)[0]
    closed, net = _realised(session, start, end)
    broken = Counter(
        _local(at, zone)
        for at in store.breach_moments(session.connection, session.user.id, start, end)
    )
    days = (_local(end, zone) - _local(start, zone)).days
    every = [_local(start, zone) + timedelta(days=number) for number in range(days)]
    return [CalendarDay(day, closed[day], net[day], broken[day]) for day in every]


def _realised(
    session: Session, start: datetime, end: datetime
) -> tuple[Counter[date], defaultdict[date, dict[str, Decimal]]]:
    closed, net = Counter[date](), defaultdict[date, dict[str, Decimal]](dict)
    for trip in trades.touching(session.connection, session.user.id, start, end):
        if trip.closed_at is not None and start <= trip.closed_at < end:
            closed[_local(trip.closed_at, session.user.zone)] += 1
        quote = trip.symbol.rpartition("-")[2]
        for part in realisations(trip):
            if start <= part.at < end:
                sums = net[_local(part.at, session.user.zone)]
                earned = part.gross - part.fees
                sums[quote] = add(sums.get(quote, Decimal(0)), earned)
    return closed, net


def _local(moment: datetime, zone: str) -> date:
    return moment.astimezone(zone_named(zone)).date()
