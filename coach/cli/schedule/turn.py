"""One at a time: a lock of the kernel's, which is free again however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from coach.errors import Locked

OWNERS_ALONE = 0o600
PAUSE_S = 0.1
LONGEST_NOTE = 400


@contextmanager
def turn(path: Path, patience_s: float, note: str) -> Iterator[int]:
    """Hold the lock of this file and yield its handle; Locked where another keeps it too long.

    `note` says who holds it. A child that inherits the handle holds the lock as well, so that it
    is not free before both have ended.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNERS_ALONE)
    try:
        _wait(handle, patience_s)
        os.ftruncate(handle, 0)
        os.pwrite(handle, note.encode(), 0)
        yield handle
    finally:
        os.close(handle)


def _wait(handle: int, patience_s: float) -> None:
    until = monotonic() + patience_s
    while not _taken(handle):
        if monotonic() >= until:
            holder = os.pread(handle, LONGEST_NOTE, 0).decode(errors="replace").strip()
            raise Locked(
                "it ends by itself; --wait-lock 10m waits for it",
                doing=f"at this job ({holder})" if holder else "at this job",
            )
        sleep(PAUSE_S)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
