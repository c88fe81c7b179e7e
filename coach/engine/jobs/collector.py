"""The cycle collector, kept out of the way of work that makes no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from coach.model.machine.own_process import is_own_process


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep the cycle collector out while millions of values without cycles are made.

    It is switched off for the whole process, so only in a process of our own.
    """
    if not is_own_process() or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
