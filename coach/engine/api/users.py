"""Users, and the time zone in which each user's days and weeks begin.

Every session looks its user up here, so what a change of the zone needs is loaded for that alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.engine.store import users as store
from coach.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.store.connect import CoachConnection
    from coach.model.accounts import User, UserSummary
    from coach.model.events import NewEvent

LONGEST_NAME = 100
FIRST_USER = "local"
"""The user of a terminal, made with the tables."""


def users(connection: CoachConnection) -> list[UserSummary]:
    """Return every user of this installation by name."""
    return store.summaries(connection)


def add(connection: CoachConnection, name: str, zone: str) -> User:
    """Make a user whose days are cut in `zone`; UsageError where the name is taken or invalid."""
    if not name.isprintable() or not name.strip() or name != name.strip():
        raise Invalid("user", f"not {name!r}", "one plain word")
    if len(name) > LONGEST_NAME:
        allowed = f"at most {LONGEST_NAME} letters"
        raise Invalid("user", f"not {len(name)}", allowed, hint="take a shorter name")
    check_zone(zone)
    made = store.add(connection, name, zone)
    if made is None:
        what = f"there is a user {name!r} already"
        raise Conflict(("user", name), what, remedy="list_users")
    return made


def remove(connection: CoachConnection, name: str, now: datetime) -> None:
    """Delete a user and everything that is theirs: nothing of it can be brought back.

    NotFound for a user that nobody made; Conflict for the last one, whom a terminal needs.
    """
    from coach.engine.store.vault.purge import purge

    found = store.find(connection, name)
    if found is None:
        raise NotFound(kind="user", name=name, remedy="list_users")
    if len(store.summaries(connection)) == 1:
        raise Conflict(("user", name), f"{name} is the only user", remedy="add_user")
    with connection.transaction():
        purge(connection, found.id, now)


def find(connection: CoachConnection, name: str) -> User | None:
    """Return the user of that name."""
    return store.find(connection, name)


def make_first(connection: CoachConnection, zone: str) -> None:
    """Make the user of a terminal where there is no user at all yet."""
    if not store.any_there(connection):
        store.add(connection, FIRST_USER, zone)


def set_zone(session: Session, zone: str) -> tuple[str, ...]:
    """Cut the user's days and weeks in another zone: rules and habits are judged anew.

    Where a locked rule counts days or hours the change waits for its lock: see `pending_settings`.
    The zone that is the user's already drops a change that waits, and changes nothing else. Returns
    what a reader should know about how the conclusions were drawn. The session goes on in the zone
    it was opened in.
    """
    from coach.engine.api.promises import pending_settings

    check_zone(zone)
    if zone == session.user.zone:
        pending_settings.drop(session, "zone")
        return ()
    if pending_settings.hold_back(session, pending_settings.SettingChange("zone", "", zone)):
        return ()
    return move(session, zone)


def move(session: Session, zone: str, patience_s: float = 60.0) -> tuple[str, ...]:
    """Cut the user's days and weeks in another zone, whatever is locked; a change waits no more.

    Locked where another process imports for longer than `patience_s`.
    """
    from coach.engine.api import insights, sight
    from coach.engine.conclusions import announcements
    from coach.engine.promises import judge
    from coach.engine.store.promises import pending_settings
    from coach.model.conclusions.answer_events import ZoneChanged

    was = session.user.zone
    moved = replace(session, user=replace(session.user, zone=zone))

    def change() -> Iterable[NewEvent]:
        pending_settings.forget(moved.connection, moved.user.id, "zone", "")
        store.set_zone(moved.connection, moved.user.id, zone)
        broken = judge.hold(moved.connection, moved.user, sight.reader(moved))
        return [ZoneChanged(was=was, now=zone), *announcements.of_breaches(broken)]

    return insights.conclude_anew(moved, change, patience_s)


def check_zone(zone: str) -> None:
    """Raise Invalid unless `zone` is an IANA name."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as unknown:
        allowed = "an IANA time zone"
        raise Invalid("zone", f"not {zone!r}", allowed, example="Europe/Berlin") from unknown
