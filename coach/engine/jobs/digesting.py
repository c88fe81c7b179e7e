"""Making a week's digest from what was known at its end, and keeping its bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from coach.engine.biases import catalogue
from coach.engine.digest import pack
from coach.engine.digest.inputs import Coverage, DigestInputs
from coach.engine.digest.week import bounds, span, week_before
from coach.engine.jobs.deriving import known_history
from coach.engine.jobs.knowing import WINDOW_DAYS
from coach.engine.rules.evaluate import breaches
from coach.engine.store import digests, fills, rules, trades

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.digest.shape import Pack
    from coach.engine.features.history import History
    from coach.model.accounts import User
    from coach.model.insights import Finding
    from coach.model.trades import RoundTrip

DAY_US = 86_400_000_000
NOTHING = Decimal(0)


def make(connection: Connection[Any], user: User, week: str) -> Pack:
    """Return the week's pack, made from nothing that came after the week."""
    with connection.transaction():
        return pack.build(_inputs(connection, user, week))


def _inputs(connection: Connection[Any], user: User, week: str) -> DigestInputs:
    start_us, end_us = bounds(week, user.zone)
    start, end = span(week_before(week), user.zone)[0], span(week, user.zone)[1]
    past = known_history(connection, user.id).until(end_us)
    promised = [rule for rule in rules.rules(connection, user.id) if rule.active]
    count, first, last = fills.reach(connection, user.id, end)
    return DigestInputs(
        zone=user.zone,
        week=week,
        trips=tuple(
            as_known(trip, end) for trip in trades.touching(connection, user.id, start, end)
        ),
        findings=_findings(past, end_us),
        findings_before=_findings(past, start_us),
        rules=tuple(promised),
        breaches=tuple(breaches(promised, past, user.zone)),
        unknown=tuple(sale for sale in trades.unknown_basis(connection, user.id) if sale.at < end),
        coverage=Coverage(count, first, last),
    )


def _findings(past: History, end_us: int) -> tuple[Finding, ...]:
    begin_us = end_us - WINDOW_DAYS * DAY_US
    return tuple(catalogue.findings(past.until(end_us), begin_us, end_us))


def as_known(trip: RoundTrip, moment: datetime) -> RoundTrip:
    """Return what was known of a trip: of one still open then, its opening order."""
    if trip.closed_at is not None and trip.closed_at < moment:
        return trip
    return trip._replace(
        closed_at=None,
        quantity=trip.entry_quantity,
        entry=NOTHING,
        exit=None,
        gross=NOTHING,
        fees=NOTHING,
        net=NOTHING,
        fills=len(trip.entry_fills),
        exit_fills=(),
        other_fees={},
    )


def keep(connection: Connection[Any], user: User, week: str, made: Pack, now: datetime) -> bool:
    """Keep the week's pack; False when the same bytes were kept before."""
    stored = digests.StoredDigest(
        week, pack.input_sha256(made), pack.canonical(made).decode(), pack.sha256(made), now
    )
    return digests.keep(connection, user.id, stored)
