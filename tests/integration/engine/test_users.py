"""Users and their zones: who there is, and when verdicts are drawn anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from coach.engine.api import digests, events, users
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.store import users as store
from coach.errors import Invalid, UsageError
from coach.model.accounts import Run
from coach.model.events import Event

Importer = Callable[..., Run]
ENTRIES = tuple(
    f"{hour}:00 buy {coin}-USD 1 @ 10" for hour, coin in ((10, "A"), (12, "B"), (13, "C"))
)
"""Three of one UTC day; in Auckland they fall on two days."""


def news(session: Session) -> list[Event]:
    return list(events.every(session))


def test_a_user_is_made_once(session: Session) -> None:
    made = users.add(session.connection, "ann", "Europe/Berlin")
    assert users.find(session.connection, "ann") == made
    with pytest.raises(UsageError, match="'ann' already"):
        users.add(session.connection, "ann", "UTC")
    assert [one.name for one in users.users(session.connection)] == ["ann", "local"]


@pytest.mark.parametrize("name", ["", " ann", "ann\n", "a\tb", "x" * 101])
def test_a_name_that_does_not_fit_a_line_is_refused(session: Session, name: str) -> None:
    with pytest.raises(UsageError):
        users.add(session.connection, name, "UTC")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "/etc/localtime"])
def test_a_zone_that_does_not_exist_is_refused(session: Session, zone: str) -> None:
    with pytest.raises(Invalid):
        users.add(session.connection, "ann", zone)
    with pytest.raises(Invalid):
        users.set_zone(session, zone)


def test_only_an_installation_without_users_gets_a_first_one(session: Session) -> None:
    users.make_first(session.connection, "Asia/Tokyo")
    assert [(one.name, one.zone) for one in users.users(session.connection)] == [("local", "UTC")]
    session.connection.execute("delete from app_user")
    users.make_first(session.connection, "Asia/Tokyo")
    assert [(one.name, one.zone) for one in users.users(session.connection)] == [
        ("local", "Asia/Tokyo")
    ]


def test_another_zone_is_told_and_judged_at_once(session: Session, imported: Importer) -> None:
    """The day of the three entries begins and ends elsewhere."""
    rules.add(session, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    assert len(rules.breaches(session)) == 1
    before = len(news(session))
    users.set_zone(session, "Pacific/Auckland")
    [told, *_] = news(session)[before:]
    assert (told.type, told.payload) == ("zone.changed", {"was": "UTC", "now": "Pacific/Auckland"})
    assert rules.breaches(session) == []
    moved = store.find(session.connection, "local")
    assert moved is not None
    assert moved.zone == "Pacific/Auckland"


def test_a_breach_of_the_new_zone_is_told_with_it(session: Session, imported: Importer) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    users.set_zone(session, "Pacific/Auckland")
    before = len(news(session))
    users.set_zone(replace(session, user=replace(session.user, zone="Pacific/Auckland")), "UTC")
    assert [one.type for one in news(session)[before:]] == ["zone.changed", "rule.breached"]


def test_the_zone_that_one_has_is_no_change(session: Session) -> None:
    before = len(news(session))
    assert users.set_zone(session, "UTC") == ()
    assert len(news(session)) == before


def test_a_zone_changes_whole_or_not_at_all(session: Session, imported: Importer) -> None:
    """The last thing that a change asks is what time it is."""
    rules.add(session, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    before = len(news(session))

    def stopped() -> datetime:
        raise KeyError

    with pytest.raises(KeyError):
        users.set_zone(replace(session, clock=stopped), "Pacific/Auckland")
    assert store.find(session.connection, "local") == session.user
    assert len(rules.breaches(session)) == 1
    assert len(news(session)) == before


def test_a_digest_is_verified_in_the_zone_it_was_made_in(
    session: Session, imported: Importer
) -> None:
    imported("10:00 buy BTC-USD 1 @ 10", "11:00 sell BTC-USD 1 @ 11")
    week = digests.digest(session).week
    users.set_zone(session, "Pacific/Auckland")
    moved = replace(session, user=replace(session.user, zone="Pacific/Auckland"))
    found = digests.verify(moved, week)
    assert (found.ok, found.stored) == (True, found.recomputed)
