"""A limit to how long work may take that nothing else can stop.

A thread that computes cannot be ended from outside, and a library that does not return may keep
every other thread of Python from running. So the limit is the kernel's: it ends the process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from signal import ITIMER_REAL, setitimer


@contextmanager
def process_ends_after(limit: timedelta) -> Iterator[None]:
    """Have SIGALRM end this process where the block takes longer; one block at a time.

    The time that the machine is asleep does not count.
    """
    setitimer(ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        setitimer(ITIMER_REAL, 0)
