"""One import of a user at a time.

Every import asks for its turn, a file that is known too, so nothing is loaded that reads a file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from coach.engine.store.imports import runs
from coach.errors import Locked

if TYPE_CHECKING:
    from coach.model.accounts import User

PATIENCE_S = 60.0
"""How long an import waits for another of the same user to end."""
UNNOTICED_S = 1.0
"""How long it waits before it says so."""


def announce_nothing() -> None:
    """Wait in silence."""


@contextmanager
def import_lock(
    connection: Connection[Any],
    user: "User",
    patience_s: float = PATIENCE_S,
    announce_wait: Callable[[], None] = announce_nothing,
) -> Iterator[None]:
    """Hold the user's import lock, or raise Locked; the server frees it when we die."""
    at_first = min(patience_s, UNNOTICED_S)
    if not runs.hold_import_lock(connection, user.id, at_first):
        announce_wait()
        if not runs.hold_import_lock(connection, user.id, patience_s - at_first):
            raise Locked("wait until it is done and try again", doing=f"importing for {user.name}")
    try:
        yield
    finally:
        if not connection.closed:
            runs.free_import_lock(connection, user.id)
