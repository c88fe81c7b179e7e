"""A process that another one started ends with it, also where that one is killed.

The other one holds the writing end of a pipe that is this one's standard input. However it ends,
the pipe is closed.
"""

import os
from collections.abc import Callable
from threading import Thread

INPUT = 0
PIECE = 4096


def when_parent_is_gone(end: Callable[[], object]) -> None:
    """Call `end`, in a thread of its own, once nobody holds the other end of standard input."""
    Thread(target=_wait, args=(end,), name="coach-parent", daemon=True).start()


def _wait(end: Callable[[], object]) -> None:
    while os.read(INPUT, PIECE):
        pass
    end()
