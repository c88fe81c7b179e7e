"""The file that says which process serves: another one asks it to read its files again.

The process holds a lock on it for as long as it lives, so no process that has its number later is
taken for it.
"""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coach.model.machine.home import private_folder

OWNERS_ALONE = 0o600


@contextmanager
def serving_as(file: Path) -> Iterator[None]:
    """Keep the number of this process there; where another one holds it, the other stays named."""
    handle = os.open(private_folder(file.parent) / file.name, os.O_RDWR | os.O_CREAT, OWNERS_ALONE)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(handle)


def hang_up(file: Path) -> bool:
    """Let the process that serves read its files again; False where none does."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        if _is_free(handle):
            return False
        os.kill(int(os.pread(handle, 20, 0)), signal.SIGHUP)
    except (ValueError, ProcessLookupError):
        return False
    finally:
        os.close(handle)
    return True


def _is_free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
