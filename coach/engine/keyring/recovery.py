"""A recovery file: the ring of keys, encrypted to a passphrase, to be kept somewhere else.

The list of who was removed for good goes along, for whoever restores an older backup elsewhere.

It is read back before anybody is told that it is there. Whoever has it and the passphrase can open
every sealed key of a database backup. A key of AWS KMS never leaves the service: no file of it can
be made, and that is said instead.
"""

import json
from datetime import datetime
from pathlib import Path

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import deks
from coach.engine.vault.kek import LocalKek, RingPlace, changing
from coach.engine.vault.providers.passphrase import opened
from coach.engine.vault.purged import PurgedPeople
from coach.engine.vault.ring import KekRing, WrapContext, new_ring, ring_in, ring_text, unwrap
from coach.errors import KekUnavailable, Refused
from coach.model.accounts import UserId
from coach.model.canonical import canonical_json
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret

KIT = "the recovery file"
PURGED = "purged"


def export_recovery(keyring: Keyring, connection: CoachConnection, passphrase: Secret) -> bytes:
    """Return a recovery file and remember that there is one; Refused where no key can be had."""
    from pyrage import passphrase as by_passphrase

    kek = keyring.kek(connection)
    if not isinstance(kek, LocalKek):
        raise Refused(
            "back the key up by the means of AWS: it is deleted only after a waiting period",
            what=f"{kek.provider} never gives its key away, so no recovery file can be made",
        )
    text = _with_purged(ring_text(kek.ring), PurgedPeople(kek.folder))
    sealed = by_passphrase.encrypt(text, passphrase.reveal(), armored=True)
    made: bytes = sealed if isinstance(sealed, bytes) else sealed.encode()
    if ring_in(opened(made, passphrase, KIT), KIT) != kek.ring:
        raise KekUnavailable(what="the recovery file that was just made does not open")
    return made


def note_export(keyring: Keyring, connection: CoachConnection, user_id: UserId) -> None:
    """Remember that a recovery file with every key of the ring was written, and by whom."""
    kek, now = keyring.kek(connection), keyring.clock()
    assert isinstance(kek, LocalKek)
    with connection.transaction():
        for kek_id in kek.ring.keys:
            deks.note_recovery(connection, kek_id, now)
        record(connection, user_id, [AuditEntry("key.exported", "key of keys")], now)


def restore(
    place: RingPlace, folder: Path, connection: CoachConnection, content: bytes, passphrase: Secret
) -> int:
    """Put the keys of a recovery file into their place; return how many data keys they open.

    Refused where they do not open a data key that another key of this ring wraps: they are of
    another installation, or were forged. WrongPassphrase where the file does not open.
    """
    text = opened(content, passphrase, KIT)
    brought = ring_in(text, KIT)
    opening = _opened_by(connection, brought)
    with changing(folder):
        place.save(_joined(place, brought))
    PurgedPeople(folder).join(json.loads(text).get(PURGED, []))
    return opening


def abandon(place: RingPlace, folder: Path, connection: CoachConnection, now: datetime) -> int:
    """Give up everything that a lost key of keys sealed; return how many data keys that are.

    A new key of keys is made where the old one cannot be had. Refused while it opens a data key.
    """
    try:
        ring = place.load()
    except KekUnavailable:
        ring = None
    lost = deks.every_wrapped(connection)
    if ring is not None and any(one.kek_id in ring.keys for one in lost):
        raise Refused(
            what="the key of keys is here and opens data keys: nothing has to be given up"
        )
    if ring is None:
        with changing(folder):
            place.save(new_ring())
    with connection.transaction():
        for one in lost:
            deks.give_up(connection, one)
            record(connection, one.user_id, [AuditEntry("key.lost", "data key")], now)
    return len(lost)


def _with_purged(ring: bytes, purged: PurgedPeople) -> bytes:
    """Return the text of a ring with the list of who was removed; `ring_in` reads both."""
    return canonical_json({**json.loads(ring), PURGED: sorted(purged.entries())})


def _opened_by(connection: CoachConnection, ring: KekRing) -> int:
    wrapped = [
        one for one in deks.every_wrapped(connection) if one.kek_id in ring.keys and one.wrapped
    ]
    for one in wrapped:
        assert one.wrapped is not None
        unwrap(ring, one.wrapped, one.kek_id, WrapContext(one.user_id, one.id))
    if not wrapped and deks.every_wrapped(connection):
        raise Refused(what="this recovery file opens nothing that is sealed in this database")
    return len(wrapped)


def _joined(place: RingPlace, brought: KekRing) -> KekRing:
    """Return the brought keys beside those that are there, where they can be had."""
    try:
        there = place.load()
    except KekUnavailable:
        there = None
    if there is None:
        return brought
    return KekRing(there.current, {**brought.keys, **there.keys})
