"""Days of the last months: what was closed, what it realised, and how often a rule was broken.

Money counts on the day on which it was realised, as in the digest.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from coach.engine.api import sight
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.session import Session
from coach.engine.digest.week import span, week_at
from coach.engine.features.zones import zone_named
from coach.engine.ledger.conversion.rates import Rates
from coach.engine.ledger.conversion.sums import Realised, amounts, realised
from coach.engine.ledger.exact import add, subtract
from coach.engine.store import fills, trades
from coach.engine.store.browse import days as store
from coach.errors import ObjectTrouble

WEEKS = 13


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day in the trader's zone: trades closed, net realised by currency, rules broken.

    What stored candles convert is told in the trader's base currency, where there is one.
    """

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
    zone, parts = session.user.zone, list[Realised]()
    for trip in trades.touching(session.connection, session.user.id, start, end):
        if trip.closed_at is not None and start <= trip.closed_at < end:
            closed[_local(trip.closed_at, zone)] += 1
        parts += [one for one in realised([trip]) if start <= one[1].at < end]
    rates = _rates(session, parts)
    for quote, part in parts:
        sums, rate = net[_local(part.at, zone)], rates.at(quote, part.at)
        currency = quote if rate is None else rates.currency
        gross, fees = (part.gross, part.fees) if rate is None else amounts(quote, part, rate)
        sums[currency] = add(sums.get(currency, Decimal(0)), subtract(gross, fees))
    return closed, net


def _rates(session: Session, parts: list[Realised]) -> Rates:
    """Return the rates into the base currency; none where candles cannot be read."""
    currency = session.user.base_currency
    if not currency:
        return Rates(currency)
    from coach.engine.api.money.realised import rates_in

    try:
        with sight.reading(session):
            return rates_in(session, parts, currency)
    except ObjectTrouble:
        return Rates(currency)


def _local(moment: datetime, zone: str) -> date:
    return moment.astimezone(zone_named(zone)).date()
