"""The application behind a real socket, and followers that speak to it over one."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from coach.server import process
from coach.server.app import ServerParts, application

PATIENCE = 60
CUT_S = 0.2
Frame = dict[str, Any]


@contextmanager
def listening(parts: ServerParts, **changes: object) -> Iterator[tuple[str, int]]:
    """Serve on any free port as `coach serve` does, but for these settings of uvicorn's."""
    config = process._config(application(parts), None)
    for name, value in changes.items():
        setattr(config, name, value)
    server = uvicorn.Server(config)
    with process.listener_at("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive()


@contextmanager
def following(place: tuple[str, int], query: str = "") -> Iterator[Connection]:
    """Follow over a WebSocket."""
    address = f"ws://{place[0]}:{place[1]}/ws/coach?{query}"
    with connect(address, open_timeout=PATIENCE, close_timeout=CUT_S, compression=None) as follower:
        yield follower


def hear(follower: Connection) -> Frame:
    """Return the next frame."""
    frame: Frame = json.loads(follower.recv(PATIENCE))
    return frame


def ack(follower: Connection, seq: int) -> None:
    """Acknowledge all events up to a number."""
    follower.send(json.dumps({"type": "ack", "seq": seq}))


@contextmanager
def event_source(place: tuple[str, int], receive_buffer: int = 0) -> Iterator[socket.socket]:
    """Ask for an event source and read nothing; the buffer of this end may be made small."""
    with socket.socket() as wire:
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        wire.settimeout(PATIENCE)
        wire.connect(place)
        host = f"{place[0]}:{place[1]}"
        wire.sendall(f"GET /api/events/stream HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield wire
