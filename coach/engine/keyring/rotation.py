"""A new data key for a user, and everything sealed anew under it, in batches.

The new key is made active first, so whatever is written meanwhile is under it already. A batch
takes the oldest secrets that nobody else is just writing; one that was replaced meanwhile keeps its
newer seal. Killed at any point, the next rotation goes on with the key that is there. The former
key stays for the backups that need it, and is then destroyed: at once after an incident.
"""

from dataclasses import dataclass

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import opened, quarantine, sealed_by
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import deks, sealed_secrets
from coach.engine.store.vault.sealed_secrets import SealedSecret
from coach.engine.vault.seal import DataKey
from coach.errors import SealBroken
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry
from coach.model.machine.keys import KEPT_FOR_BACKUPS, ROTATED_AFTER, RotationReason

BATCH = 100


@dataclass(frozen=True, slots=True)
class RotationResult:
    """A rotation: what was sealed anew, what did not open, and whether anything is left to do."""

    dek_id: str
    resealed: int
    unreadable: int
    destroyed: int
    done: bool


def rotate_when_due(keyring: Keyring, connection: CoachConnection, user_id: UserId) -> None:
    """Go a batch on with a rotation, begin the annual one, destroy former keys after their time."""
    now = keyring.clock()
    found = deks.active(connection, user_id)
    if found is not None and (found.finished_at is None or found.created_at <= now - ROTATED_AFTER):
        rotate(keyring, connection, user_id, "annual", most_batches=1)
    with connection.transaction():
        deks.destroy_unused(connection, user_id, now - KEPT_FOR_BACKUPS)


def rotate(
    keyring: Keyring,
    connection: CoachConnection,
    user_id: UserId,
    reason: RotationReason,
    most_batches: int | None = None,
) -> RotationResult:
    """Make a new data key and seal everything anew, or go on with the rotation that was begun.

    KekUnavailable before anything is changed where the keys cannot be had.
    """
    dek_id = _begin(keyring, connection, user_id, reason)
    moved = unreadable = batches = 0
    while most_batches is None or batches < most_batches:
        batch = _reseal_batch(keyring, connection, user_id, dek_id)
        moved, unreadable, batches = moved + batch[0], unreadable + batch[1], batches + 1
        if not sealed_secrets.any_under_other_keys(connection, user_id, dek_id):
            destroyed = _finish(keyring, connection, user_id, dek_id)
            return RotationResult(dek_id.hex(), moved, unreadable, destroyed, done=True)
    return RotationResult(dek_id.hex(), moved, unreadable, 0, done=False)


def _begin(
    keyring: Keyring, connection: CoachConnection, user_id: UserId, reason: RotationReason
) -> bytes:
    """Return the id of the key to seal with: a new one, or that of an unfinished rotation.

    After an incident an unfinished rotation of another reason does not do: its key may be known.
    """
    with connection.transaction():
        found = deks.active(connection, user_id, for_change=True)
        resumed = found is not None and found.finished_at is None
        if found is not None and resumed and reason in {found.reason, "annual", "asked"}:
            return found.id
        deks.retire_active(connection, user_id, keyring.clock())
        keyring.make_active(connection, user_id, reason)
        made = deks.active(connection, user_id)
        assert made is not None
        return made.id


def _reseal_batch(
    keyring: Keyring, connection: CoachConnection, user_id: UserId, dek_id: bytes
) -> tuple[int, int]:
    """Seal the next secrets anew in one transaction; return how many, and how many do not open."""
    moved = unreadable = 0
    with connection.transaction():
        active = deks.active(connection, user_id)
        if active is None or active.id != dek_id:
            return 0, 0
        key, revoke = keyring.active_key(connection, user_id), active.reason == "incident"
        for found in sealed_secrets.batch_under_other_keys(connection, user_id, dek_id, BATCH):
            former = keyring.key_named(connection, user_id, found.dek_id)
            if _reseal(keyring, connection, (former, key), found, revoke=revoke):
                moved += 1
            else:
                unreadable += 1
    return moved, unreadable


def _reseal(
    keyring: Keyring,
    connection: CoachConnection,
    keys: tuple[DataKey, DataKey],
    found: SealedSecret,
    *,
    revoke: bool,
) -> bool:
    """Seal one secret under the second of the keys; False where it does not open by the first."""
    former, key = keys
    try:
        plain = opened(former, found).reveal().encode()
    except SealBroken:
        quarantine(connection, found, keyring.clock())
        return False
    due = found.revoke_due or revoke
    made = sealed_by(key, found.place, found.version + 1, plain, revoke_due=due)
    return sealed_secrets.replace_seal(connection, found, made, keyring.clock())


def _finish(keyring: Keyring, connection: CoachConnection, user_id: UserId, dek_id: bytes) -> int:
    """Note that nothing is left to seal; return how many former keys were destroyed."""
    with connection.transaction():
        active = deks.active(connection, user_id, for_change=True)
        if active is None or active.id != dek_id:
            return 0
        now = keyring.clock()
        if active.finished_at is None:
            deks.note_finished(connection, user_id, dek_id, now)
            entry = AuditEntry("key.rotated", "data key", {"reason": active.reason})
            record(connection, user_id, [entry], now)
        until = now if active.reason == "incident" else now - KEPT_FOR_BACKUPS
        return len(deks.destroy_unused(connection, user_id, until))
