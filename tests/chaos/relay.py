"""A relay over the loopback: streams of events for followers in other processes, as JSON lines.

`python -m tests.chaos.relay FOLDER NAME`. A follower sends where it goes on, `{"user", "after":
{"seq", "id"} or null, "epoch"}`, and later `{"ack": seq}` or such a place again; it gets a hello,
then events, `{"sync": ...}` where it lags, `{"ping": true}` each second, and `{"close": code}`.
"""

import json
import resource
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

import psycopg

from coach.engine.outbox import read
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.stream import Closed, Frame, Hello, OutOfStep, ResumePoint, StreamSession
from coach.engine.relay.tail import Tail
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId
from coach.model.events import Event, StreamHead
from tests.chaos.history import History
from tests.chaos.mutants import session, tail_type
from tests.chaos.place import RunFolder, end_with_parent

TURN_S = 0.1
PING_S = 1.0
WRITE_PATIENCE_S = 30
REPORT_S = 2.0
Message = dict[str, Any]


@dataclass(slots=True)
class Stream:
    """One follower's connection, from its first message to its end."""

    folder: RunFolder
    wire: socket.socket
    tail: Tail
    session: StreamSession
    inbox: SimpleQueue[Message | None] = field(default_factory=SimpleQueue)
    pinged: float = 0.0

    def run(self) -> None:
        """Serve the follower until it or the stream ends."""
        with self.wire, suppress(OSError, psycopg.Error, DatabaseTrouble, ValueError):
            patience = struct.pack("ll", WRITE_PATIENCE_S, 0)
            self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
            Thread(target=self._receive, daemon=True).start()
            try:
                first = self.inbox.get()
                if first is not None:
                    self._serve(first)
            finally:
                self.wire.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> None:
        """Pass on what the follower says; None is its end."""
        with suppress(OSError, ValueError), self.wire.makefile("rb") as lines:
            for line in lines:
                self.inbox.put(json.loads(line))
        self.inbox.put(None)

    def _serve(self, first: Message) -> None:
        user = UserId(first["user"])
        point, there = self._point(user, first)
        with self.tail.following(user, there) as box:
            self._send([self.session.open(point, there)])
            while self.session.closed is None:
                self.tail.break_if_silent()
                self._send(self.session.look(box.there, monotonic()))
                if not self._hear(user):
                    return
                there = box.there
                if not self._push(user, box):
                    box.wait(there, TURN_S)
                if monotonic() - self.pinged > PING_S:
                    self.pinged = monotonic()
                    self._write({"ping": True})

    def _point(self, user: UserId, asked: Message) -> tuple[ResumePoint | None, StreamHead]:
        """Return where the follower goes on, and what is there, as the database has it."""
        after = asked["after"]
        with self.folder.connect("relay") as connection, connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            there = read.head(connection, user)
            if after is None:
                return None, there
            known = [
                event.id
                for event in read.page(connection, user, after["seq"] - 1, 1)
                if event.seq == after["seq"]
            ]
        same = bool(known) and after["id"] in {None, *known}
        return ResumePoint(after["seq"], known=same, epoch=asked["epoch"]), there

    def _hear(self, user: UserId) -> bool:
        """Take in what the follower said; say whether it is still there."""
        with suppress(Empty):
            while True:
                message = self.inbox.get_nowait()
                if message is None:
                    return False
                if "ack" in message:
                    self._send(self.session.ack(message["ack"]))
                else:
                    self._send([self.session.open(*self._point(user, message))])
        return True

    def _push(self, user: UserId, box: Mailbox) -> bool:
        """Send what is due now; say whether that was anything."""
        wanted = self.session.wanted()
        if wanted is None or wanted[0] >= box.there.head:
            return False
        found = box.read(*wanted) or self._stored(user, box, *wanted)
        if box.there.epoch != self.session.epoch:
            return False  # what was found may be of the new one
        sent = self.session.take(found, monotonic())
        self._send(sent)
        return bool(sent)

    def _stored(self, user: UserId, box: Mailbox, after: int, limit: int) -> list[Event]:
        with self.folder.connect("relay") as connection:
            there = read.head(connection, user)
            found = read.page(connection, user, after, min(limit, read.PAGE))
            same = there.epoch == self.session.epoch
            if not same or not found or found[0].seq != after + 1:
                box.put(there)
                return [event for event in found if self.folder.settings()["mutant"] == "M1"]
            return found

    def _send(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self._write(message(frame))

    def _write(self, what: Message) -> None:
        self.wire.sendall(json.dumps(what).encode() + b"\n")


def message(frame: Frame) -> Message:
    """Return what a frame is on the wire."""
    match frame:
        case Hello():
            return {"hello": asdict(frame)}
        case OutOfStep():
            return {"sync": asdict(frame)}
        case Closed():
            return {"close": frame.code}
        case Event():
            return {"seq": frame.seq, "id": frame.id, "uid": frame.payload["sha256"]}


def report(history: History, tail: Tail, door: socket.socket) -> None:
    """Note what this process holds: memory, and users that are followed."""
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    history.write("holds", rss_mb=peak_mb, boxes=len(tail._boxes), door=door.fileno())


def main(folder: str, name: str) -> None:
    """Serve until the process is ended."""
    end_with_parent()
    place = RunFolder(Path(folder))
    mutant = place.settings()["mutant"]
    history = History(place.path, name)
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        tail_type(mutant)(lambda: place.connect("tail")) as tail,
    ):
        door.settimeout(REPORT_S)
        place.put(f"port-{name}", str(door.getsockname()[1]))
        while True:
            report(history, tail, door)
            with suppress(TimeoutError):
                wire, _ = door.accept()
                stream = Stream(place, wire, tail, session(mutant))
                Thread(target=stream.run, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
