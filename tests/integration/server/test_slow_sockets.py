"""Followers over real sockets that do not read, do not acknowledge, or are gone without a word."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from websockets.exceptions import ConnectionClosed

from coach.engine.outbox.write import emit
from coach.engine.relay.stream import FULL_S, STALLED_S, WINDOW
from coach.model.notifications.events import DigestReady
from coach.server.app import ServerParts
from tests.chaos.without_backpressure import M10
from tests.integration.server.conftest import EventWriter, SteppedClock
from tests.integration.server.listening import (
    PATIENCE,
    event_source,
    following,
    hear,
    listening,
)
from tests.integration.server.test_stream_metrics import LATENCY, value, wait_until

SMALL = 4096
LARGE = 40_000
"""Bytes of an event, so that a window of them is more than a kernel takes for one connection."""
SOON_S = 0.3
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
Deaf = Callable[[tuple[str, int]], AbstractContextManager[socket.socket]]


@contextmanager
def deaf_source(place: tuple[str, int]) -> Iterator[socket.socket]:
    with event_source(place, SMALL) as wire:
        yield wire


@contextmanager
def deaf_socket(place: tuple[str, int]) -> Iterator[socket.socket]:
    """Follow over a WebSocket and read nothing, not even a ping."""
    with socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        wire.settimeout(PATIENCE)
        wire.connect(place)
        host = f"{place[0]}:{place[1]}"
        wire.sendall(f"GET /ws/coach HTTP/1.1\r\nHost: {host}\r\n{UPGRADE}\r\n".encode())
        yield wire


def test_who_lags_and_says_nothing_for_a_minute_is_closed_with_4008(
    place: tuple[str, int], writer: EventWriter, ticks: SteppedClock
) -> None:
    with following(place) as follower:
        hear(follower)
        writer.write(WINDOW + 1)
        assert [hear(follower)["seq"] for _ in range(WINDOW)] == [*range(1, WINDOW + 1)]
        ticks.seconds += FULL_S + 1
        assert hear(follower)["type"] == "sync"
        ticks.seconds += STALLED_S
        goodbye = hear(follower)
        assert (goodbye["type"], goodbye["payload"]["code"]) == ("closed", 4008)
        with pytest.raises(ConnectionClosed) as end:
            follower.recv(PATIENCE)
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 4008


@pytest.mark.parametrize("deaf", [deaf_source, deaf_socket])
@pytest.mark.parametrize("mutant", [{}, M10], ids=["coach", "M10"])
def test_a_follower_that_does_not_read_is_held_back_and_closed_unless_a_server_never_waits(
    parts: ServerParts, writer: EventWriter, deaf: Deaf, mutant: dict[str, object]
) -> None:
    hub = parts.streams
    assert hub is not None
    hub.runtime.patience_s = SOON_S
    with listening(parts, **mutant) as place, deaf(place):
        wait_until(lambda: hub.open_streams.total() == 1 and hub.most_behind() == 0)
        write_large(writer, WINDOW)
        wait_until(lambda: value(parts, f"{LATENCY}_count") == WINDOW or not hub.open_streams)
        assert bool(hub.open_streams) == bool(mutant)


def write_large(writer: EventWriter, count: int) -> None:
    news = DigestReady(week="2026-W10", sha256=LARGE * "x")
    with writer.connection.transaction():
        emit(writer.connection, {writer.user_id: count * [news]}, writer.now)


def test_a_follower_that_is_gone_without_a_word_is_found_out_by_its_pings(
    parts: ServerParts,
) -> None:
    hub = parts.streams
    assert hub is not None
    pings = {"ws_ping_interval": SOON_S, "ws_ping_timeout": SOON_S}
    with listening(parts, **pings) as place, deaf_socket(place):
        wait_until(lambda: hub.open_streams.total() == 1)
        wait_until(lambda: not hub.open_streams)
