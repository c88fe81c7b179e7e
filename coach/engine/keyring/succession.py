"""Replacing a secret by the one that follows it, by one process at a time.

What follows is asked for, and stored, under the lock of the secret's row: whoever waited finds the
new one. It is the one place where a transaction waits for the network, for as long as one bounded
request takes; what came of it counts from the commit on and not before.
"""

from collections.abc import Callable

from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus

from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import opened, seal_secret
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.errors import Locked, NotFound
from coach.model.machine.secrets import Secret

PATIENCE_S = 60
"""How long somebody waits for another one who replaces the same secret."""


def replace_secret(
    keyring: Keyring,
    connection: CoachConnection,
    place: SecretPlace,
    following: Callable[[Secret], Secret | None],
) -> Secret:
    """Return what stands in a place after `following` saw what stood there; None keeps that.

    NotFound where there is nothing, Locked where somebody else holds it for too long.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("what is stored within another transaction is not stored yet")
    try:
        with connection.transaction():
            return _replaced(keyring, connection, place, following)
    except LockNotAvailable as taken:
        doing = f"replacing the {place.field} of {place.owner}"
        raise Locked("wait until it is done and try again", doing=doing) from taken


def _replaced(
    keyring: Keyring,
    connection: CoachConnection,
    place: SecretPlace,
    following: Callable[[Secret], Secret | None],
) -> Secret:
    connection.execute(f"set local lock_timeout = {PATIENCE_S * 1000}")
    found = sealed_secrets.find(connection, place, locked=True)
    if found is None:
        raise NotFound(kind="sealed secret", name=f"{place.field} of {place.owner}")
    kept = opened(keyring.key_named(connection, place.user_id, found.dek_id), found)
    made = following(kept)
    if made is None:
        return kept
    seal_secret(keyring, connection, place, made)
    return made
