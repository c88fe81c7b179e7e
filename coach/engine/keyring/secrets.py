"""Sealing a secret into its place, and opening it again.

A secret that does not open is quarantined: it is marked, nobody tries it again, and all others go
on. Nothing is deleted, since a restored key of keys may still open it once it is released.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import SealedSecret, SecretPlace
from coach.engine.vault.seal import DataKey, SealContext, seal, unseal
from coach.errors import NotFound, SealBroken
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from coach.model.events import Json


def seal_secret(
    keyring: Keyring, connection: CoachConnection, place: SecretPlace, secret: Secret
) -> None:
    """Seal a secret into its place, within a transaction; an older one there is replaced."""
    key = keyring.active_key(connection, place.user_id)
    was = sealed_secrets.find(connection, place, locked=True)
    version = 1 if was is None else was.version + 1
    sealed_secrets.write(
        connection, sealed_by(key, place, version, secret.reveal().encode()), keyring.clock()
    )


def open_secret(keyring: Keyring, connection: CoachConnection, place: SecretPlace) -> Secret:
    """Return the secret of a place, outside of any transaction.

    NotFound where there is none, SealBroken where it does not open: it is in quarantine then.
    KekUnavailable where the keys cannot be had; the secret stays as it is.
    """
    found = sealed_secrets.find(connection, place)
    if found is None:
        raise NotFound(kind="sealed secret", name=f"{place.field} of {place.owner}")
    if found.state == "unreadable":
        raise SealBroken(
            remedy="replace_secret",
            secret=f"{place.field} of {place.owner}",
            reason="it did not open before, and is in quarantine",
            dek_id=found.dek_id.hex(),
        )
    key = keyring.key_named(connection, place.user_id, found.dek_id)
    try:
        return opened(key, found)
    except SealBroken:
        with connection.transaction():
            quarantine(connection, found, keyring.clock())
        raise


def quarantine(connection: CoachConnection, found: SealedSecret, now: datetime) -> None:
    """Mark a secret that does not open, within a transaction, and audit that once."""
    if sealed_secrets.quarantine(connection, found):
        details: dict[str, Json] = {"field": found.field, "version": found.version}
        entry = AuditEntry("key.unreadable", found.owner, details)
        record(connection, found.user_id, [entry], now)


def opened(key: DataKey, found: SealedSecret) -> Secret:
    """Return what a stored secret holds; SealBroken where it does not open."""
    return Secret(unseal(key, context_of(found.place, found.version), found.sealed).decode())


def sealed_by(
    key: DataKey, place: SecretPlace, version: int, plain: bytes, *, revoke_due: bool = False
) -> SealedSecret:
    """Return a secret sealed for its place and version."""
    sealed = seal(key, context_of(place, version), plain)
    return SealedSecret(
        place.user_id,
        place.owner,
        place.field,
        place.broker,
        version,
        key.id,
        sealed,
        "sealed",
        revoke_due,
    )


def context_of(place: SecretPlace, version: int) -> SealContext:
    """Return what a seal is bound to; a tenant is a user."""
    return SealContext(
        place.user_id, place.user_id, place.owner, place.broker, place.field, version
    )
