"""Who does what comes again: a worker that is alive, and which of the scheduled jobs it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from coach.engine.store.queue import workers

if TYPE_CHECKING:
    from coach.engine.api.session import Session

PeriodicWork = Literal["sync", "digest"]


def done_by_a_worker(session: Session) -> frozenset[PeriodicWork]:
    """Return what a worker does by itself; nothing where none is alive.

    It makes digests, and reads connected accounts unless that was turned off.
    """
    if not workers.any_alive(session.connection):
        return frozenset()
    return frozenset(("digest", "sync") if session.sync_auto else ("digest",))
