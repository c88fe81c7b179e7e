"""Streams whose session or token no longer lets anybody in, found out by the tail as it looks.

Whoever signs out, is disabled or changes a password may do so in another process: the database is
asked, as it is for events. It is asked at most every EVERY_S, and only while somebody follows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic

import psycopg

from coach.engine.store.people.credentials import still_valid
from coach.model.people.access import CredentialId

EVERY_S = 0.25


@dataclass(slots=True)
class CredentialWatch:
    """What to call once a credential is no longer valid; any thread may add to it."""

    clock: Callable[[], datetime]
    _watched: dict[object, tuple[CredentialId, Callable[[], None]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _looked: float = float("-inf")

    @contextmanager
    def watched(self, credential: CredentialId, ended: Callable[[], None]) -> Iterator[None]:
        """Call `ended` in the thread of the tail where the credential ends within the block."""
        key = object()
        with self._lock:
            self._watched[key] = credential, ended
        try:
            yield
        finally:
            with self._lock:
                del self._watched[key]

    def look(self, connection: psycopg.Connection) -> None:
        """Ask the database which of them still count, and end the others."""
        with self._lock:
            watched = list(self._watched.values())
        if not watched or monotonic() - self._looked < EVERY_S:
            return
        self._looked = monotonic()
        valid = still_valid(connection, {one for one, _ in watched}, self.clock())
        for credential, ended in watched:
            if credential not in valid:
                ended()
