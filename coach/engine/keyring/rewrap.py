"""Wrapping every data key anew: by a new key of keys, or by another provider.

Nothing that is sealed changes. A new key is put on the ring first, then the data keys are wrapped
anew one by one; killed at any point, the next run goes on with the key that is there. Former keys
stay on the ring, because older backups of the database need them, until somebody drops them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import deks
from coach.engine.vault.kek import Kek, LocalKek, changing
from coach.engine.vault.ring import WrapContext, with_new_key, without_former
from coach.errors import KekUnavailable
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry

RewrapFile = Callable[[Kek], bool]
"""Wraps the keys of a file by the current key; False where one could not be opened."""


@dataclass(frozen=True, slots=True)
class RewrapResult:
    """Data keys that are wrapped by the current key now; those that could not be opened stay."""

    kek_id: str
    rewrapped: int
    failed: int
    dropped: int


def rewrap(
    keyring: Keyring,
    connection: CoachConnection,
    files: Sequence[RewrapFile] = (),
    *,
    drop_former: bool = False,
) -> RewrapResult:
    """Wrap every data key by a new key of keys, or go on with what was begun.

    So are the keys in `files`. Former keys are dropped only where all of that could be opened.
    Where the provider was changed, its key takes over and no other is made. KekUnavailable where
    the provider's key cannot be had, or coach may not change it.
    """
    kek = keyring.kek(connection)
    waiting = deks.not_wrapped_by(connection, kek.current)
    if not waiting:
        kek = _with_new_key(keyring, connection, kek)
        waiting = deks.not_wrapped_by(
            connection, None if kek.provider == "aws-kms" else kek.current
        )
    done = sum(_rewrap_one(keyring, connection, kek, *one) for one in waiting)
    failed = len(waiting) - done + sum(not wrapped(kek) for wrapped in files)
    dropped = _drop_former(keyring, kek) if drop_former and not failed else 0
    return RewrapResult(kek.current, done, failed, dropped)


def _with_new_key(keyring: Keyring, connection: CoachConnection, kek: Kek) -> Kek:
    """Put a new key on a ring that coach keeps; a service makes its own."""
    if not isinstance(kek, LocalKek):
        return kek
    with changing(kek.folder):
        ring = kek.place.load()
        if ring is not None and ring.current == kek.current:
            kek.place.save(with_new_key(ring))
    keyring.forget_keks()
    return keyring.kek(connection)


def _rewrap_one(
    keyring: Keyring,
    connection: CoachConnection,
    kek: Kek,
    user_id: UserId,
    dek_id: bytes,
) -> bool:
    with connection.transaction():
        found = deks.by_id(connection, user_id, dek_id, locked=True)
        if found is None or found.wrapped is None:
            return True
        try:
            dek = keyring.unwrap(connection, found)
        except KekUnavailable:
            return False
        wrapped = kek.wrap(dek, WrapContext(user_id, dek_id))
        done = deks.replace_wrapping(connection, found, wrapped, (kek.provider, kek.current))
        entry = AuditEntry("key.rewrapped", "data key", {"provider": kek.provider})
        record(connection, user_id, [entry] if done else [], keyring.clock())
        return done


def _drop_former(keyring: Keyring, kek: Kek) -> int:
    """Take former keys off the ring; what only they open is lost, and the face has said so."""
    if not isinstance(kek, LocalKek):
        return 0
    with changing(kek.folder):
        ring = kek.place.load()
        if ring is None or ring.current != kek.current or len(ring.keys) == 1:
            return 0
        kek.place.save(without_former(ring))
    keyring.forget_keks()
    return len(ring.keys) - 1
