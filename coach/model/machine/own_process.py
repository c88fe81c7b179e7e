"""Whether this process is ours alone, so that we may change how it runs.

The cycle collector belongs to the whole process, and a fork copies all of it. The program `coach`
declares that its process is its own; a process that merely calls the engine, such as a server or a
notebook, declares nothing and is left as it is. The declaration holds for the context in which it
is made: a further thread begins without it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import TypeVar

Result = TypeVar("Result")
_DECLARED: ContextVar[bool] = ContextVar("own_process", default=False)


@contextmanager
def own_process() -> Iterator[None]:
    """Declare that the process is ours until the block ends."""
    token = _DECLARED.set(True)
    try:
        yield
    finally:
        _DECLARED.reset(token)


def is_own_process() -> bool:
    """Say whether the collector may be switched off here, and whether we may fork."""
    return _DECLARED.get()


def in_shared_process(work: Callable[[], Result]) -> Result:
    """Do some work as in a process that is not ours alone: what serves many threads is none."""
    return Context().run(work)
