"""A stream within an event loop: woken by another thread, held back, ended."""

import asyncio
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime
from functools import partial
from threading import Thread

import psycopg
import pytest

from coach.engine.relay.hub import StreamHub
from coach.engine.relay.live import RESTART, LiveStream, ResumeRequest
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.runtime import LoopCalls
from coach.engine.relay.stream import (
    BAD_REQUEST,
    FULL_S,
    STALLED,
    STALLED_S,
    WINDOW,
    Closed,
    OutOfStep,
)
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, StreamHead

ALICE = UserId("u-alice")
THEN = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = StreamHead("e", 1, 0)
PATIENCE = 60


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def no_database() -> psycopg.Connection:
    raise DatabaseTrouble(what="it is not there")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock: Clock) -> Iterator[StreamHub]:
    with StreamHub(no_database, lambda: THEN, ticks=clock) as hub:
        yield hub


def events(first: int, last: int) -> list[Event]:
    return [
        Event(EventId(f"{seq:026}"), ALICE, seq, "digest.ready", 1, THEN, {}, "e")
        for seq in range(first, last + 1)
    ]


def opened(hub: StreamHub, box: Mailbox) -> LiveStream:
    """Return a stream that begins with the first event, as one that was opened over a database."""
    stream = LiveStream(hub.runtime, ALICE, None)
    stream._box = box
    stream._session.open(None, NOTHING)
    return stream


def test_a_follower_that_acknowledges_nothing_gets_a_window_and_then_a_place(
    hub: StreamHub, clock: Clock
) -> None:
    box = Mailbox(NOTHING)
    box.put(StreamHead("e", 1, WINDOW + 10), events(1, WINDOW + 10))

    async def follow() -> None:
        stream = opened(hub, box)
        assert len(await stream.next_frames()) == WINDOW
        stream.ack(7)
        assert [frame.seq for frame in await stream.next_frames() if isinstance(frame, Event)] == [
            *range(WINDOW + 1, WINDOW + 8)
        ]
        clock.seconds += FULL_S + 1
        [behind] = await stream.next_frames()
        assert behind == OutOfStep("e", 8, WINDOW + 10)
        assert stream.acked_id == f"{7:026}"
        clock.seconds += STALLED_S
        [end] = await stream.next_frames()
        assert isinstance(end, Closed)
        assert end.code == STALLED

    asyncio.run(follow())


def test_an_acknowledgement_of_what_was_not_sent_ends_the_stream(hub: StreamHub) -> None:
    async def follow() -> None:
        stream = opened(hub, Mailbox(NOTHING))
        stream.ack(1)
        [end] = await stream.next_frames()
        assert isinstance(end, Closed)
        assert end.code == BAD_REQUEST

    asyncio.run(follow())


class CountingLoop(asyncio.SelectorEventLoop):
    """A loop that counts how often another thread woke it."""

    woken = 0

    def call_soon_threadsafe(
        self,
        callback: Callable[..., object],
        *given: object,
        context: Context | None = None,
    ) -> asyncio.Handle:
        self.woken += 1
        return super().call_soon_threadsafe(callback, *given, context=context)


def test_a_loop_is_woken_once_for_all_that_came_meanwhile() -> None:
    calls, loop, made = LoopCalls(), CountingLoop(), list[int]()

    async def work() -> None:
        for first in (0, 100):
            for number in range(first, first + 100):
                calls.add(loop, partial(made.append, number))
            await asyncio.sleep(0)

    loop.run_until_complete(work())
    assert (made, loop.woken) == ([*range(200)], 2)
    loop.close()
    calls.add(loop, partial(made.append, 200))
    assert len(made) == 200


def test_what_another_thread_puts_into_the_mailbox_wakes_the_stream(hub: StreamHub) -> None:
    async def follow() -> list[int]:
        box, loop = Mailbox(NOTHING), asyncio.get_running_loop()
        stream = opened(hub, box)
        with box.watched(lambda: stream._look_again_from(loop)):
            writer = Thread(target=lambda: box.put(StreamHead("e", 1, 2), events(1, 2)))
            writer.start()
            seen: list[int] = []
            async with asyncio.timeout(PATIENCE):
                while len(seen) < 2:
                    for frame in await stream.next_frames():
                        assert isinstance(frame, Event)
                        seen.append(frame.seq)
            writer.join()
            return seen

    assert asyncio.run(follow()) == [1, 2]


def test_a_loop_that_has_ended_does_not_end_the_thread_that_wakes_it(hub: StreamHub) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    stream = opened(hub, Mailbox(NOTHING))
    stream._look_again_from(loop)
    assert not stream._changed.is_set()


def test_every_stream_hears_that_the_process_ends(hub: StreamHub) -> None:
    async def follow() -> list[object]:
        stream = opened(hub, Mailbox(NOTHING))
        await hub.drain()
        return [*await stream.next_frames()]

    [end] = asyncio.run(follow())
    assert isinstance(end, Closed)
    assert end.code == RESTART


def test_without_a_database_a_stream_is_told_to_come_back(hub: StreamHub) -> None:
    async def follow() -> object:
        return await LiveStream(hub.runtime, ALICE, None).open(ResumeRequest())

    end = asyncio.run(follow())
    assert isinstance(end, Closed)
    assert end.code == 1013
