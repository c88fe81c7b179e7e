"""Keys: how they stand, and how they are replaced, wrapped anew and recovered."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from coach.engine.api import sight
from coach.engine.api.session import Session
from coach.engine.keyring import handed_in, recovery, rewrap, rotation, service_keys
from coach.engine.keyring.rewrap import RewrapFile, RewrapResult
from coach.engine.keyring.rotation import RotationResult
from coach.engine.store.vault import deks, sealed_secrets
from coach.engine.vault.kek import RingPlace
from coach.errors import Conflict, Invalid, KekUnavailable
from coach.files import write_private
from coach.model.machine.audit import AuditEntry
from coach.model.machine.engine_service import EngineWishes
from coach.model.machine.keys import BUCKET, ROTATED_AFTER, DekSummary, KekProvider
from coach.model.machine.secrets import Secret
from coach.model.market import VENDORS
from coach.model.reflections.language_model import MODEL_KEY

__all__ = [
    "KeyStatus",
    "RewrapResult",
    "RotationResult",
    "abandon",
    "export_recovery",
    "replace_data_key",
    "restore",
    "seal_named",
    "secrets_to_revoke",
    "status",
    "wrap_anew",
]

NAMED = (*VENDORS, BUCKET, MODEL_KEY)


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The key of keys, and every data key of this installation.

    `trouble` says why the key of keys cannot be had, empty where it can, or is not needed yet.
    `recoverable` is false where losing the key of keys would lose everything that is sealed.
    """

    provider: KekProvider
    kek_id: str | None
    trouble: str
    recoverable: bool
    next_rotation: datetime | None
    deks: tuple[DekSummary, ...]


def status(session: Session) -> KeyStatus:
    """Return how the keys stand; the key of keys is opened where anything was sealed by it."""
    keyring, connection = sight.keyring(session), session.connection
    found = deks.summaries(connection)
    kek_id, trouble = None, ""
    try:
        if found:
            kek_id = keyring.kek(connection).current
    except KekUnavailable as reason:
        trouble = str(reason)
    active = [one for one in found if one.state == "active" and one.user == session.user.name]
    return KeyStatus(
        provider=keyring.provider,
        kek_id=kek_id,
        trouble=trouble,
        recoverable=not deks.unrecoverable(connection),
        next_rotation=active[0].created_at + ROTATED_AFTER if active else None,
        deks=tuple(found),
    )


def replace_data_key(session: Session, *, incident: bool = False) -> RotationResult:
    """Replace the user's data key and seal everything anew under the new one.

    After an incident the former key is destroyed at once, and each secret is marked to be revoked
    where it came from.
    """
    return rotation.rotate(
        sight.keyring(session),
        session.connection,
        session.user.id,
        "incident" if incident else "asked",
    )


def secrets_to_revoke(session: Session) -> list[str]:
    """Return what the user's secrets open that were sealed anew after an incident."""
    stored = sealed_secrets.every(session.connection, session.user.id)
    return [one.owner for one in stored if one.revoke_due]


def wrap_anew(
    session: Session, engine: EngineWishes | None = None, *, drop_former: bool = False
) -> RewrapResult:
    """Wrap the data keys of all users by a new key of keys, or by that of another provider.

    With `engine` those of its services, too: the file of their keys, the key of their authority.
    """
    files = [] if engine is None else sealed_beside(engine)
    keyring = sight.keyring(session)
    return rewrap.rewrap(keyring, session.connection, files, drop_former=drop_former)


def sealed_beside(engine: EngineWishes) -> list[RewrapFile]:
    """Return what wraps anew that which the key of keys seals outside of the database."""
    from coach.engine.pki.folder import CertificateFolder

    authority = CertificateFolder(engine.certificates)
    return [partial(service_keys.wrap_anew, engine.keys_file), authority.wrap_anew]


def seal_named(session: Session, name: str, secret: Secret) -> bool:
    """Seal the key of a vendor of candles, a bucket or a model; return whether it reads back.

    Invalid for a name that has no key, and for a bucket's key without an id and a secret.
    """
    if name not in NAMED:
        raise Invalid("source", f"not {name!r}", f"one of {', '.join(NAMED)}")
    parts = handed_in.bucket_keys(secret) if name == BUCKET else ("", secret.reveal(), "")
    if parts is None or not parts[1].strip() or (name == BUCKET and not parts[0]):
        what = "the id and the secret on two lines" if name == BUCKET else "a key"
        raise Invalid("key_file", "not this file", what)
    return handed_in.seal_named(
        sight.keyring(session), session.connection, session.user.id, name, secret
    )


def export_recovery(session: Session, file: Path, passphrase: Secret) -> Path:
    """Write a recovery file that the passphrase opens; Conflict where a file is there already."""
    if file.exists():
        hint = "name another file: an older recovery file is never replaced"
        raise Conflict(("file", str(file)), f"there is a file {str(file)!r} already", hint=hint)
    keyring, connection = sight.keyring(session), session.connection
    write_private(file, recovery.export_recovery(keyring, connection, passphrase))
    recovery.note_export(keyring, connection, session.user.id)
    return file


def restore(session: Session, content: bytes, passphrase: Secret) -> int:
    """Bring back the key of keys from a recovery file; return how many data keys it opens."""
    place, folder = _place(session)
    opened = recovery.restore(place, folder, session.connection, content, passphrase)
    with session.connection.transaction():
        sight.audit(session, AuditEntry("key.restored", "key of keys", {"data_keys": opened}))
    return opened


def abandon(session: Session) -> int:
    """Give up what a lost key of keys sealed; return how many data keys that are."""
    place, folder = _place(session)
    return recovery.abandon(place, folder, session.connection, session.clock())


def _place(session: Session) -> tuple[RingPlace, Path]:
    from coach.engine.vault.providers.choice import ring_place

    assert session.kek is not None
    return ring_place(session.kek, session.kek.provider), session.kek.folder
