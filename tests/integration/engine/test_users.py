"""Users and their zones: who there is, and when verdicts are drawn anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from coach.engine.api import digests, events, rules, users
from coach.engine.api.desk import Desk
from coach.engine.store import users as store
from coach.errors import Invalid, UsageError
from coach.model.accounts import Run
from coach.model.events import Event

Importer = Callable[..., Run]
ENTRIES = tuple(
    f"{hour}:00 buy {coin}-USD 1 @ 10" for hour, coin in ((10, "A"), (12, "B"), (13, "C"))
)
"""Three of one UTC day; in Auckland they fall on two days."""


def news(desk: Desk) -> list[Event]:
    return list(events.since(desk))


def test_a_user_is_made_once(desk: Desk) -> None:
    made = users.add(desk.connection, "ann", "Europe/Berlin")
    assert users.find(desk.connection, "ann") == made
    with pytest.raises(UsageError, match="'ann' already"):
        users.add(desk.connection, "ann", "UTC")
    assert [one.name for one in users.users(desk.connection)] == ["ann", "local"]


@pytest.mark.parametrize("name", ["", " ann", "ann\n", "a\tb", "x" * 101])
def test_a_name_that_does_not_fit_a_line_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError):
        users.add(desk.connection, name, "UTC")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "/etc/localtime"])
def test_a_zone_that_does_not_exist_is_refused(desk: Desk, zone: str) -> None:
    with pytest.raises(Invalid):
        users.add(desk.connection, "ann", zone)
    with pytest.raises(Invalid):
        users.set_zone(desk, zone)


def test_only_an_installation_without_users_gets_a_first_one(desk: Desk) -> None:
    users.make_first(desk.connection, "Asia/Tokyo")
    assert [(one.name, one.zone) for one in users.users(desk.connection)] == [("local", "UTC")]
    desk.connection.execute("delete from app_user")
    users.make_first(desk.connection, "Asia/Tokyo")
    assert [(one.name, one.zone) for one in users.users(desk.connection)] == [
        ("local", "Asia/Tokyo")
    ]


def test_another_zone_is_told_and_judged_at_once(desk: Desk, imported: Importer) -> None:
    """The day of the three entries begins and ends elsewhere."""
    rules.add(desk, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    assert len(rules.breaches(desk)) == 1
    before = len(news(desk))
    users.set_zone(desk, "Pacific/Auckland")
    [told, *_] = news(desk)[before:]
    assert (told.type, told.payload) == ("zone.changed", {"was": "UTC", "now": "Pacific/Auckland"})
    assert rules.breaches(desk) == []
    moved = store.find(desk.connection, "local")
    assert moved is not None
    assert moved.zone == "Pacific/Auckland"


def test_a_breach_of_the_new_zone_is_told_with_it(desk: Desk, imported: Importer) -> None:
    rules.add(desk, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    users.set_zone(desk, "Pacific/Auckland")
    before = len(news(desk))
    users.set_zone(replace(desk, user=replace(desk.user, zone="Pacific/Auckland")), "UTC")
    assert [one.type for one in news(desk)[before:]] == ["zone.changed", "rule.breached"]


def test_the_zone_that_one_has_is_no_change(desk: Desk) -> None:
    before = len(news(desk))
    assert users.set_zone(desk, "UTC") == ()
    assert len(news(desk)) == before


def test_a_zone_changes_whole_or_not_at_all(desk: Desk, imported: Importer) -> None:
    """The last thing that a change asks is what time it is."""
    rules.add(desk, "max_trades_per_day", {"limit": 2})
    imported(*ENTRIES)
    before = len(news(desk))

    def stopped() -> datetime:
        raise KeyError

    with pytest.raises(KeyError):
        users.set_zone(replace(desk, clock=stopped), "Pacific/Auckland")
    assert store.find(desk.connection, "local") == desk.user
    assert len(rules.breaches(desk)) == 1
    assert len(news(desk)) == before


def test_a_digest_is_verified_in_the_zone_it_was_made_in(desk: Desk, imported: Importer) -> None:
    imported("10:00 buy BTC-USD 1 @ 10", "11:00 sell BTC-USD 1 @ 11")
    week = digests.digest(desk).week
    users.set_zone(desk, "Pacific/Auckland")
    moved = replace(desk, user=replace(desk.user, zone="Pacific/Auckland"))
    found = digests.verify(moved, week)
    assert (found.ok, found.stored) == (True, found.recomputed)
