"""A process of followers of `coach serve`: over WebSockets and event sources, some of them deaf.

`python -m tests.chaos.sockets FOLDER NAME FIRST COUNT`. They go on as `tests.chaos.clients` do, at
any of the servers; all follow the one user whom the servers serve. A deaf one reads nothing and is
no witness: it is there to hold up the others.
"""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from coach.engine.outbox.ids import mint
from tests.chaos.clients import (
    ACK_EVERY,
    ACK_S,
    AGAIN_S,
    DEAF_S,
    LIVES_S,
    Client,
    Position,
    positions,
)
from tests.chaos.history import History
from tests.chaos.place import RunFolder, end_with_any_thread, end_with_parent, users

CUT_S = 0.2
SMALL = 4096
DEAF_FOR_S = (2.0, 15.0)
NO_RANDOM = bytes(5)
Frame = dict[str, Any]


@dataclass(slots=True)
class SocketClient(Client):
    """Follows over a WebSocket and acknowledges."""

    def run(self) -> None:
        """Follow for ever, on one connection after the other."""
        while True:
            with suppress(
                OSError, EOFError, ValueError, IndexError, WebSocketException, HTTPException
            ):
                self._follow()
            sleep(self.chance.random() * AGAIN_S)

    def _follow(self) -> None:
        ends, port = monotonic() + self.chance.uniform(*LIVES_S), self._door()
        query = self._begin()
        with connect(
            f"ws://127.0.0.1:{port}/ws/coach?{query}",
            open_timeout=DEAF_S,
            close_timeout=CUT_S,
            compression=None,
        ) as wire:
            while self.folder.stopping or monotonic() < ends:
                if not self._take(wire, json.loads(wire.recv(DEAF_S))):
                    return
                if self.slow and not self.folder.stopping:
                    self._linger()

    def _door(self) -> int:
        return self.chance.choice(self.folder.ports("gates"))

    def _begin(self) -> str:
        """Note that a connection begins, and return the query that says from where."""
        self.connections += 1
        fresh, place = self.position.epoch is None, self.position
        from_now = fresh and self.live
        self.history.write(
            "connect",
            client=self.name,
            user=self.user,
            conn=self.connections,
            after=None if from_now else place.seq,
            epoch=place.epoch or "",
        )
        if from_now:
            return ""
        return f"lastEventId={place.id or mint(0, place.seq, NO_RANDOM)}&epoch={place.epoch or ''}"

    def _take(self, wire: Connection, frame: Frame) -> bool:
        """Take in a frame, acknowledge now and then; say whether the connection goes on."""
        if not self._apply_frame(frame):
            return False
        if frame["type"] == "sync":
            place = self.position
            last = place.id or mint(0, place.seq, NO_RANDOM)
            resume = {"type": "resume", "lastEventId": last, "epoch": place.epoch or ""}
            wire.send(json.dumps(resume))
        elif frame["seq"] % ACK_EVERY == 0 or monotonic() - self.acked > ACK_S:
            self.acked = monotonic()
            wire.send(json.dumps({"type": "ack", "seq": self.position.seq}))
        return True

    def _apply_frame(self, frame: Frame) -> bool:
        """Note a frame; say whether it was not the last one."""
        told, epoch = frame["payload"], frame["epoch"]
        match frame["type"]:
            case "hello":
                wanted = {name: told[name] for name in ("head", "recovered", "reason")}
                self._note("hello", epoch=epoch, start=told["from"], **wanted)
            case "sync":
                self._note("sync", start=told["from"], head=told["head"])
            case "closed":
                self._note("closed", code=told["code"])
                return False
            case _:
                self._note(
                    "recv", epoch=epoch, seq=frame["seq"], id=frame["id"], uid=told["sha256"]
                )
        return True


class SourceClient(SocketClient):
    """Follows over an event source, which acknowledges nothing."""

    def _follow(self) -> None:
        ends, port = monotonic() + self.chance.uniform(*LIVES_S), self._door()
        line = HTTPConnection("127.0.0.1", port, timeout=DEAF_S)
        try:
            line.request("GET", f"/api/events/stream?{self._begin()}")
            for frame in frames_of(line.getresponse()):
                if not self._apply_frame(frame):
                    return
                if monotonic() > ends and not self.folder.stopping:
                    return
                if self.slow and not self.folder.stopping:
                    self._linger()
        finally:
            line.close()


def frames_of(lines: Iterator[bytes]) -> Iterator[Frame]:
    """Yield the frames of an event source; a message that was cut is none."""
    data = b""
    for line in lines:
        if line.startswith(b"data: "):
            data = line.removeprefix(b"data: ")
        elif line == b"\n" and data:
            yield json.loads(data)
            data = b""


def be_deaf(folder: RunFolder, chance: Random) -> None:
    """Ask for an event source again and again, and read none of it."""
    while True:
        with suppress(OSError, IndexError), socket.socket() as wire:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            wire.connect(("127.0.0.1", chance.choice(folder.ports("gates"))))
            beginning = f"lastEventId={mint(0, 0, NO_RANDOM)}"
            wire.sendall(
                f"GET /api/events/stream?{beginning} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
            )
            sleep(chance.uniform(*DEAF_FOR_S))


def main(folder: str, name: str, first: str, count: str) -> None:
    """Run the followers of this process until it is ended."""
    end_with_parent()
    end_with_any_thread()
    place = RunFolder(Path(folder))
    history = History(place.path, name)
    before, settings = positions(history.path), place.settings()
    user = users(settings["users"])[0]
    for number in range(int(first), int(first) + int(count)):
        own = f"s{number}"
        position, connections = before.get(own, (Position(), 0))
        kind = SourceClient if number % 3 == 2 else SocketClient
        client = kind(
            place,
            history,
            own,
            user,
            live=number % 4 == 3,
            slow=number % 2 == 1,
            chance=Random(f"{settings['seed']}/{own}/{connections}"),
            position=position,
            connections=connections,
        )
        Thread(target=client.run, daemon=True).start()
    be_deaf(place, Random(f"{settings['seed']}/deaf/{first}"))


if __name__ == "__main__":
    main(*sys.argv[1:])
