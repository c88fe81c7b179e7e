"""A process that follows users from within, as `coach events --follow` does.

`python -m tests.chaos.follower FOLDER NAME`: a thread for each user.
"""

import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import sleep

import psycopg

from coach.engine.outbox import read
from coach.engine.relay.follow import follow
from coach.errors import DatabaseTrouble, EventsReplaced, Invalid
from coach.model.accounts import UserId
from coach.model.events import EventId
from tests.chaos.clients import Position, positions
from tests.chaos.history import History
from tests.chaos.place import RunFolder, end_with_any_thread, end_with_parent, users

AGAIN_S = 0.3


@dataclass(slots=True)
class InnerFollower:
    """One user's events, followed from the beginning on."""

    folder: RunFolder
    history: History
    name: str
    user: UserId
    position: Position
    connections: int
    epoch: str | None = None
    greeted: bool = False

    def run(self) -> None:
        """Follow for ever; what was replaced is read anew."""
        while True:
            self.connections += 1
            self.epoch, self.greeted = None, False
            try:
                self._follow()
            except (EventsReplaced, Invalid):
                self.position = Position()
                self._note("connect", after=0, epoch="")
                self._hello(recovered=False)
            except (psycopg.Error, DatabaseTrouble):
                pass
            sleep(AGAIN_S)

    def _follow(self) -> None:
        after = self.position.id
        self._note("connect", after=self.position.seq, epoch="")
        for event in follow(
            self._connect, self.user, None if after is None else EventId(after), lambda: False
        ):
            if not self.greeted:
                self.greeted = True
                self._hello(recovered=True)
            self._note(
                "recv", epoch=self.epoch, seq=event.seq, id=event.id, uid=event.payload["sha256"]
            )

    def _connect(self) -> psycopg.Connection:
        """Connect for `follow`, whose first connection says which epoch it follows."""
        connection = self.folder.connect("inner")
        if self.epoch is None:
            with suppress(psycopg.Error):
                self.epoch = read.head(connection, self.user).epoch
        return connection

    def _hello(self, *, recovered: bool) -> None:
        self._note(
            "hello",
            epoch=self.epoch or "",
            head=0,
            start=self.position.seq + 1,
            recovered=recovered,
            reason=None,
        )

    def _note(self, kind: str, **fields: object) -> None:
        one = {"client": self.name, "user": self.user, "conn": self.connections, **fields}
        self.history.write(kind, **one)
        self.position.note({"kind": kind, **one})


def main(folder: str, name: str) -> None:
    """Follow until the process is ended."""
    end_with_parent()
    end_with_any_thread()
    place = RunFolder(Path(folder))
    history = History(place.path, name)
    before = positions(history.path)
    for number, user in enumerate(users(place.settings()["users"])):
        own = f"i{number}"
        position, connections = before.get(own, (Position(), 0))
        inner = InnerFollower(place, history, own, user, position, connections)
        Thread(target=inner.run, daemon=True).start()
    while True:
        sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
