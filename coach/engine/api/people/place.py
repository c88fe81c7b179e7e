"""What signing in takes: a connection, the clock, the keys, and how passwords are hashed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from coach.engine.audit.record import record
from coach.engine.store.connect import CoachConnection
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry

if TYPE_CHECKING:
    from coach.engine.api.people.password_hashes import PasswordHashing
    from coach.engine.keyring.keyring import Keyring


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """What signing in takes. One thread at a time may use it."""

    connection: CoachConnection
    clock: Callable[[], datetime]
    keyring: "Callable[[], Keyring]"
    hashing: "PasswordHashing"

    @contextmanager
    def change(self, user_id: UserId) -> Iterator[list[AuditEntry]]:
        """Open a transaction; what the block appends is audited for the user, within it."""
        entries: list[AuditEntry] = []
        with self.connection.transaction():
            yield entries
            record(self.connection, user_id, entries, self.clock())

    def audit(self, user_id: UserId, entries: Iterable[AuditEntry]) -> None:
        """Audit what changed nothing else."""
        with self.change(user_id) as waiting:
            waiting.extend(entries)
