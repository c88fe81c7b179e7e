"""The folder of a run: where its processes find the database, the clock and one another."""

import json
import os
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

from psycopg.conninfo import make_conninfo

from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import UserId
from tests import clock

PARENT = "CHAOS_PARENT"
"""The variable with the process of the run, which may have been killed before its child looks."""
PARENT_S = 0.5


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Small files that one process writes and the others read, beside the history."""

    path: Path

    def put(self, name: str, text: str) -> None:
        """Write a file as a whole, or not at all."""
        fresh = self.path / f"{name}.new"
        fresh.write_text(text)
        fresh.replace(self.path / name)

    def text(self, name: str, otherwise: str = "") -> str:
        """Return what stands in a file."""
        try:
            return (self.path / name).read_text()
        except FileNotFoundError:
            return otherwise

    def connect(self, purpose: str) -> CoachConnection:
        """Connect to the database that is in use now; the server can tell for what."""
        return connect(make_conninfo(self.text("url"), application_name=f"chaos-{purpose}"))

    def now(self) -> datetime:
        """Return the time, off by as much as the clock of this run is off.

        Under libfaketime the process's own clock is off already.
        """
        if "FAKETIME_TIMESTAMP_FILE" in os.environ:
            return clock.now()
        return clock.now() + timedelta(seconds=float(self.text("clock", "+0s").rstrip("s")))

    def ports(self, name: str) -> list[int]:
        """Return where to connect to on the loopback."""
        found: list[int] = json.loads(self.text(name, "[]"))
        return found

    @property
    def stopping(self) -> bool:
        """Say whether writers are to stop."""
        return (self.path / "stop").exists()

    def settings(self) -> dict[str, Any]:
        """Return what the run was started with."""
        found: dict[str, Any] = json.loads(self.text("settings"))
        return found


def end_with_parent() -> None:
    """Let this process end with the one that started it, also where that is killed."""
    parent = int(os.environ[PARENT])
    Thread(target=_wait_for_parent, args=(parent,), daemon=True).start()


def end_with_any_thread() -> None:
    """Let this process end when a thread of it raises what it does not know."""
    threading.excepthook = _end


def _end(trouble: threading.ExceptHookArgs) -> None:
    sys.excepthook(trouble.exc_type, trouble.exc_value or Exception(), trouble.exc_traceback)
    os._exit(1)


def _wait_for_parent(parent: int) -> None:
    while os.getppid() == parent:
        sleep(PARENT_S)
    os._exit(1)


def users(count: int) -> list[UserId]:
    """Return the users of a run."""
    return [UserId(f"u-{number}") for number in range(count)]
