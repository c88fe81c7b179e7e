"""What is due now: for each kind of work, for whom, and as which run.

Each function here names the runs of its kind that the time asks for; nothing is changed by looking.
A run that anybody asked for before is not due again, whatever has become of it: a worker tries
again by itself what failed, and after that a person decides. What the database is asked about users
it is asked about all of them at once, and only where the run of any is new.
"""

from __future__ import annotations

from datetime import UTC
from functools import cache, partial
from typing import TYPE_CHECKING

from coach.engine.digest.week import span, week_at, week_before
from coach.engine.features.zones import zone_named
from coach.engine.jobs import queue
from coach.engine.outbox import partitions
from coach.engine.periodic import orders
from coach.engine.periodic.possible import PossibleRun
from coach.engine.periodic.settling import settlements
from coach.engine.store import accounts, conclusions, users
from coach.engine.store.notifications import deliveries
from coach.engine.store.tending import periods, purge
from coach.model.accounts import INSTALLATION
from coach.model.notifications.channels import MOST_SENDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from coach.engine.periodic.possible import PeriodicWishes
    from coach.engine.rules.steady import ClockReading
    from coach.engine.store.connect import CoachConnection
    from coach.model.accounts import User, UserId


def ask_for_what_is_due(
    connection: CoachConnection, reading: ClockReading, wishes: PeriodicWishes
) -> int:
    """Queue every run that is due and was not asked for yet; return how many are new."""
    due = what_is_due(connection, reading, wishes)
    return sum(queue.enqueue(connection, one.user_id, one.order, reading.wall) for one in due)


def what_is_due(
    connection: CoachConnection, reading: ClockReading, wishes: PeriodicWishes
) -> list[PossibleRun]:
    """Return the runs that are due and that nobody asked for yet; nothing is changed."""
    now, everybody = reading.wall, users.everybody(connection)
    possible = [
        *digests(connection, now, everybody),
        *sendings(connection, now, everybody),
        *calibrations(connection, now, everybody),
        *settlements(connection, reading, everybody),
        *scores(connection, now, everybody),
        *(syncs(connection, now, everybody) if wishes.sync else ()),
        *(fetches(connection, now, everybody) if wishes.fetch_candles else ()),
        *months(connection, now, wishes.event_months),
        *purges(connection, now, wishes.run_months),
        *prunings(connection, now),
    ]
    asked = periods.asked_for(connection, [(one.user_id, one.order.id) for one in possible])
    new = (one for one in possible if (one.user_id, one.order.id) not in asked)
    return [one for one in new if one.is_needed()]


def digests(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield each user's digest of the last week that is over where the user's clocks stand.

    It is needed where the user had traded by the week's end.
    """
    weeks = {user.id: week_before(week_at(now, user.zone)) for user in everybody}

    @cache
    def traded() -> set[UserId]:
        ends = {user.id: span(weeks[user.id], user.zone)[1] for user in everybody}
        return periods.who_traded_before(connection, ends)

    for user_id, week in weeks.items():
        yield PossibleRun(user_id, orders.digest_order(week), partial(_is_among, traded, user_id))


def sendings(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield the sending of the last week's digest by each channel that has not had it.

    Only a channel that was there before the week's end is sent to, outside of its quiet hours, and
    not on a day on which it had another digest.
    """
    zones = {user.id: user.zone for user in everybody}
    weeks = {user.id: week_before(week_at(now, user.zone)) for user in everybody}
    ends = {user: (week, span(week, zones[user])[1]) for user, week in weeks.items()}
    for one in deliveries.waiting(connection, ends, MOST_SENDINGS):
        local = now.astimezone(zone_named(zones[one.user_id]))
        last = one.last_sent_at
        is_today = last is not None and last.astimezone(local.tzinfo).date() == local.date()
        if not is_today and not (one.quiet is not None and one.quiet.hold(local)):
            order = orders.send_order(one.channel, one.week, local.date())
            yield PossibleRun(one.user_id, order, lambda: True)


def calibrations(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield each user's calibration of this week.

    It is needed where an active rule may move by itself and was not calibrated this week.
    """
    weeks = {user.id: week_at(now, user.zone) for user in everybody}

    @cache
    def automatic() -> set[UserId]:
        return periods.who_has_automatic_rules(connection, now, weeks)

    for user_id, week in weeks.items():
        needed = partial(_is_among, automatic, user_id)
        yield PossibleRun(user_id, orders.calibration_order(week), needed)


def scores(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield the drawing of each user's conclusions; needed where an import left them due."""
    due = conclusions.who_is_due(connection)
    for user in everybody:
        if user.id in due:
            newest = periods.newest_import(connection, user.id)
            yield PossibleRun(user.id, orders.score_order(_day(now), newest), lambda: True)


def syncs(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield the sync of each connected account in its present period.

    An account is left alone that is not read by itself, and one whose key was refused: until its
    owner connects or syncs it, another try would only be refused again.
    """
    for user in everybody:
        for found in accounts.connected(connection, user.id):
            if found.sync_hours != 0 and found.trouble_code not in orders.KEY_REFUSED:
                yield PossibleRun(user.id, orders.sync_order(found, now), lambda: True)


def fetches(
    connection: CoachConnection, now: datetime, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield today's fetch of candles of each user; needed where a connected account has traded."""

    @cache
    def connected() -> set[UserId]:
        return periods.who_traded_connected(connection)

    order = orders.fetch_order(_day(now))
    for user in everybody:
        yield PossibleRun(user.id, order, partial(_is_among, connected, user.id))


def months(connection: CoachConnection, now: datetime, keep: int | None) -> Iterator[PossibleRun]:
    """Yield today's look after the months for events; needed where some lack or some are old."""

    def is_needed() -> bool:
        there = partitions.months(connection)
        lacking = partitions.months_ahead(there, now) < partitions.MONTHS_AHEAD
        return lacking or bool(keep is not None and partitions.overdue(there, now, keep))

    yield PossibleRun(INSTALLATION, orders.months_order(_day(now)), is_needed)


def purges(connection: CoachConnection, now: datetime, keep: int | None) -> Iterator[PossibleRun]:
    """Yield today's purge; needed where something has expired."""

    def is_needed() -> bool:
        return purge.any_expired(connection, runs_before(connection, now, keep))

    yield PossibleRun(INSTALLATION, orders.purge_order(_day(now)), is_needed)


def prunings(connection: CoachConnection, now: datetime) -> Iterator[PossibleRun]:
    """Yield this week's pruning of candles; needed where any are kept."""
    order = orders.prune_order(week_at(now, "UTC"))
    yield PossibleRun(INSTALLATION, order, partial(periods.any_candles, connection))


def runs_before(connection: CoachConnection, now: datetime, keep: int | None) -> datetime | None:
    """Return before when a run must have finished to leave; None where all of them stay.

    A run is as old as the newest run says, so that a clock that runs ahead deletes nothing.
    """
    newest = purge.newest_run(connection)
    if keep is None or newest is None:
        return None
    return partitions.month_of(min(now, newest), -keep)


def _is_among(users: Callable[[], set[UserId]], user_id: UserId) -> bool:
    return user_id in users()


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
