"""A digest is sent once it is made, outside of quiet hours, to channels that were there in time."""

from collections.abc import Iterator

import pytest

from coach.engine.api import digests
from coach.engine.api.jobs.handlers import HANDLERS
from coach.engine.api.jobs.workplace import Workplace
from coach.engine.api.notify import channels, deliveries
from coach.engine.api.notify.channels import ChannelRequest
from coach.engine.api.session import Session
from coach.engine.store import users
from coach.model.machine.secrets import Secret
from tests.hooks import HookServer, hook_server
from tests.integration.engine.conftest import Importer
from tests.integration.engine.periodic.conftest import WISHES, Clock, Due

TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")
WEEK = "2026-W10"


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


@pytest.fixture
def ready(at: Session, clock: Clock, hook: HookServer, imported: Importer) -> Session:
    """The channel was added in the week, whose digest was made as soon as it was over."""
    imported(*TRADE)
    clock.later(days=-2)
    asked = ChannelRequest("hook", "webhook", Secret(hook.url), quiet="22:00-07:00")
    channels.add(at, asked)
    clock.later(days=2)
    digests.digest(at, WEEK)
    return at


def test_it_waits_for_the_end_of_quiet_hours(ready: Session, due: Due, clock: Clock) -> None:
    """The week ended at midnight of the user's zone."""
    assert due("send.digest") == []
    clock.later(hours=6, minutes=59)
    assert due("send.digest") == []
    clock.later(minutes=1)
    request = {"channel": "hook", "week": WEEK, "day": "2026-03-09"}
    assert due("send.digest") == [(ready.user.id, "send.digest", request)]


def test_quiet_hours_are_those_of_the_users_zone(ready: Session, due: Due, clock: Clock) -> None:
    users.set_zone(ready.connection, ready.user.id, "Asia/Kolkata")
    clock.later(hours=1, minutes=29)
    assert due("send.digest") == []
    clock.later(minutes=1)
    assert len(due("send.digest")) == 1


def test_a_worker_sends_it_and_it_is_not_due_again(
    ready: Session, due: Due, clock: Clock, hook: HookServer
) -> None:
    clock.later(hours=9)
    [(_, _, request)] = due("send.digest")
    assert isinstance(request, dict)
    place = Workplace(ready, lambda: pytest.fail("no candles"), WISHES)
    assert HANDLERS["send.digest"](place, request) == {"standing": "due"}
    assert len(hook.posts) == 1
    assert due("send.digest") == []
    clock.later(days=1)
    assert due("send.digest") == []


def test_what_failed_is_due_the_next_day_until_it_was_tried_five_times(
    ready: Session, due: Due, clock: Clock, hook: HookServer
) -> None:
    hook.status = 500
    clock.later(hours=9)
    deliveries.send_digest(ready, WEEK)
    assert due("send.digest") == []
    clock.later(days=1)
    assert len(due("send.digest")) == 1
    for _ in range(4):
        deliveries.send_digest(ready, WEEK)
    clock.later(days=1)
    assert due("send.digest") == []


def test_nothing_is_due_before_the_digest_is_made_nor_for_a_channel_of_later(
    at: Session, due: Due, clock: Clock, hook: HookServer, imported: Importer
) -> None:
    imported(*TRADE)
    clock.later(hours=9)
    channels.add(at, ChannelRequest("late", "webhook", Secret(hook.url), quiet="none"))
    digests.digest(at, WEEK)
    assert due("send.digest") == []
    clock.later(days=7)
    assert due("send.digest") == []
    digests.digest(at, "2026-W11")
    assert [request for _, _, request in due("send.digest")] == [
        {"channel": "late", "week": "2026-W11", "day": "2026-03-16"}
    ]
