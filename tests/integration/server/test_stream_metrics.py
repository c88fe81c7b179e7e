"""What metrics say of streams is what happened on real sockets."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic, sleep

from coach.engine.outbox.write import emit
from coach.engine.relay.announcements import PATIENCE_S
from coach.model.notifications.events import DigestReady
from coach.server.app import ServerParts
from tests import clock
from tests.integration.server.conftest import EventWriter
from tests.integration.server.listening import PATIENCE, ack, event_source, following, hear

LATENCY = "coach_event_commit_to_socket_seconds"
MILLISECOND = 0.001
"""The time of an event is whole milliseconds, rounded down."""


def value(parts: ServerParts, name: str, **labels: str) -> float:
    """Return what a reader of the metrics finds now."""
    found = parts.metrics.registry.get_sample_value(name, labels)
    assert found is not None
    return found


def wait_until(true: Callable[[], bool], patience_s: float = PATIENCE) -> None:
    deadline = monotonic() + patience_s
    while not true():
        if monotonic() > deadline:
            raise TimeoutError
        sleep(0.01)


def test_the_time_from_a_commit_to_a_socket_is_that_of_events_that_came_while_it_was_open(
    parts: ServerParts, place: tuple[str, int], writer: EventWriter
) -> None:
    writer = replace(writer, now=clock.now())
    missed, *_ = writer.write(3)
    with following(place, f"lastEventId={missed}") as follower:
        assert [hear(follower)["type"] for _ in range(3)] == ["hello", *2 * ["digest.ready"]]
        before = clock.now()
        replace(writer, now=before).write(2)
        assert [hear(follower)["seq"] for _ in range(2)] == [4, 5]
        wait_until(lambda: value(parts, f"{LATENCY}_count") == 2)
        longest = (clock.now() - before).total_seconds() + MILLISECOND
    assert 0 < value(parts, f"{LATENCY}_sum") <= 2 * longest
    assert value(parts, f"{LATENCY}_count") == 2


def test_open_streams_are_counted_by_their_kind(
    parts: ServerParts, place: tuple[str, int], writer: EventWriter
) -> None:
    writer.write()
    with following(place) as one, following(place) as two, event_source(place) as source:
        assert [hear(one)["type"], hear(two)["type"]] == ["hello", "hello"]
        assert source.recv(1)
        assert value(parts, "coach_sockets", kind="ws") == 2
        assert value(parts, "coach_sockets", kind="sse") == 1
    wait_until(lambda: value(parts, "coach_sockets", kind="ws") == 0)
    wait_until(lambda: value(parts, "coach_sockets", kind="sse") == 0)


def test_the_lag_is_that_of_the_follower_that_acknowledged_least(
    parts: ServerParts, place: tuple[str, int], writer: EventWriter
) -> None:
    with following(place) as slow, following(place) as quick:
        hear(slow)
        hear(quick)
        writer.write(7)
        assert [hear(quick)["seq"] for _ in range(7)] == [*range(1, 8)]
        ack(quick, 7)
        assert [hear(slow)["seq"] for _ in range(7)] == [*range(1, 8)]
        ack(slow, 2)
        wait_until(lambda: value(parts, "coach_stream_lag_events") == 5)
        ack(slow, 7)
        wait_until(lambda: value(parts, "coach_stream_lag_events") == 0)


def test_events_that_nobody_was_told_of_are_counted(
    parts: ServerParts, place: tuple[str, int], writer: EventWriter
) -> None:
    with following(place) as follower:
        hear(follower)
        writer.write(2)
        assert [hear(follower)["seq"] for _ in range(2)] == [1, 2]
        news, emitted = DigestReady(week="2026-W10", sha256=""), 2

        def is_told() -> bool:
            return value(parts, "coach_events_found_by_poll_total") >= 3

        while not is_told():  # a late notification of the first two may announce these as well
            with writer.connection.transaction():
                emit(writer.connection, {writer.user_id: 3 * [news]}, writer.now)
            emitted += 3
            with suppress(TimeoutError):
                wait_until(is_told, 4 * PATIENCE_S)
        assert value(parts, "coach_events_seen_total") == emitted
