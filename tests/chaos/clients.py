"""A process of followers over the loopback, some of them slow, all of them restless.

`python -m tests.chaos.clients FOLDER NAME FIRST COUNT`. A follower has applied what it has written
to its history: from there it goes on, whether its connection, its relay or it was killed.
"""

import json
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

from tests.chaos.history import History, records
from tests.chaos.place import RunFolder, end_with_any_thread, end_with_parent, users

DEAF_S = 6.0
"""Without a byte before a connection is taken for dead; a relay pings each second."""
ACK_EVERY = 20
ACK_S = 0.5
AGAIN_S = 0.3
LIVES_S = (3.0, 20.0)
"""A connection is given up after a time between these, as people close lids."""


@dataclass(slots=True)
class Position:
    """How far a follower has come; `epoch` is None where it has never been anywhere."""

    seq: int = 0
    id: str | None = None
    epoch: str | None = None

    def note(self, record: dict[str, Any]) -> None:
        """Move on by a record of the follower's own history."""
        if record["kind"] == "recv":
            self.seq, self.id, self.epoch = record["seq"], record["id"], record["epoch"]
        elif record["kind"] == "hello":
            if not record["recovered"] or self.epoch is None:
                self.seq, self.id = record["start"] - 1, None
            self.epoch = record["epoch"]


@dataclass(slots=True)
class Client:
    """One follower of one user."""

    folder: RunFolder
    history: History
    name: str
    user: str
    live: bool
    slow: bool
    chance: Random
    position: Position
    connections: int = 0
    acked: float = 0.0

    def run(self) -> None:
        """Follow for ever, on one connection after the other."""
        while True:
            with suppress(OSError, ValueError, IndexError):
                self._follow()
            sleep(self.chance.random() * AGAIN_S)

    def _follow(self) -> None:
        ends = monotonic() + self.chance.uniform(*LIVES_S)
        port = self.chance.choice(self.folder.ports("doors"))
        with socket.create_connection(("127.0.0.1", port), timeout=DEAF_S) as wire:
            self._say_where(wire)
            with wire.makefile("rb") as lines:
                for line in lines:
                    if not line.endswith(b"\n") or not self._apply(wire, json.loads(line)):
                        return
                    if monotonic() > ends and not self.folder.stopping:
                        return
                    if self.slow and not self.folder.stopping:
                        self._linger()

    def _say_where(self, wire: socket.socket) -> None:
        """Tell the relay from where to go on: from now, from the beginning, or from the last."""
        self.connections += 1
        fresh, place = self.position.epoch is None, self.position
        after = None if fresh and self.live else {"seq": place.seq, "id": place.id}
        self.history.write(
            "connect",
            client=self.name,
            user=self.user,
            conn=self.connections,
            after=None if after is None else place.seq,
            epoch=place.epoch or "",
        )
        self._write(wire, {"user": self.user, "after": after, "epoch": place.epoch or ""})

    def _apply(self, wire: socket.socket, message: dict[str, Any]) -> bool:
        """Take in one message; say whether the connection goes on."""
        if "seq" in message:
            self._note("recv", epoch=self.position.epoch, **message)
            if message["seq"] % ACK_EVERY == 0:
                self._ack(wire)
        elif "hello" in message:
            told = message["hello"]
            wanted = ("epoch", "head", "start", "recovered", "reason")
            self._note("hello", **{name: told[name] for name in wanted})
        elif "sync" in message:
            self._note("sync", **message["sync"])
            place = self.position
            after = {"seq": place.seq, "id": place.id}
            self._write(wire, {"user": self.user, "after": after, "epoch": place.epoch or ""})
        elif "close" in message:
            self._note("closed", code=message["close"])
            return False
        elif monotonic() - self.acked > ACK_S:
            self._ack(wire)
        return True

    def _note(self, kind: str, **fields: object) -> None:
        one = {"client": self.name, "user": self.user, "conn": self.connections, **fields}
        self.history.write(kind, **one)
        self.position.note({"kind": kind, **one})

    def _ack(self, wire: socket.socket) -> None:
        self.acked = monotonic()
        self._write(wire, {"ack": self.position.seq})

    @staticmethod
    def _write(wire: socket.socket, message: dict[str, Any]) -> None:
        wire.sendall(json.dumps(message).encode() + b"\n")

    def _linger(self) -> None:
        """Read slowly; now and then not at all, with the connection left open."""
        if self.chance.random() < 0.01:
            sleep(self.chance.uniform(1, 14))
        else:
            sleep(self.chance.random() * 0.02)


def positions(path: Path) -> dict[str, tuple[Position, int]]:
    """Return where the followers of an earlier process were, and their connections so far."""
    found: dict[str, tuple[Position, int]] = {}
    for record in records(path):
        if "client" in record:
            place, _ = found.setdefault(record["client"], (Position(), 0))
            place.note(record)
            found[record["client"]] = place, record["conn"]
    return found


def main(folder: str, name: str, first: str, count: str) -> None:
    """Run the followers of this process until it is ended."""
    end_with_parent()
    end_with_any_thread()
    place = RunFolder(Path(folder))
    history = History(place.path, name)
    before, settings = positions(history.path), place.settings()
    people = users(settings["users"])
    for number in range(int(first), int(first) + int(count)):
        own = f"c{number}"
        position, connections = before.get(own, (Position(), 0))
        client = Client(
            place,
            history,
            own,
            people[number % len(people)],
            live=number % 4 == 3,
            slow=number % 2 == 1,
            chance=Random(f"{settings['seed']}/{own}/{connections}"),
            position=position,
            connections=connections,
        )
        Thread(target=client.run, daemon=True).start()
    while True:
        sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
