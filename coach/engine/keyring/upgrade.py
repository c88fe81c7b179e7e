"""Sealing the keys that an older coach left in private files, and removing the files.

A file is removed after its sealed copy was read back from the database and is the same. Killed at
any point, the next command goes on: a file whose key is sealed is removed, any other is sealed.
"""

from contextlib import suppress
from hmac import compare_digest
from pathlib import Path

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store import accounts
from coach.engine.store.accounts import KeyFile
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.errors import KekUnavailable, NotFound, SealBroken
from coach.model.machine.audit import AuditEntry
from coach.model.machine.inputs import read_small_text
from coach.model.machine.secrets import Secret

KEY = "key"


def place_of(found: KeyFile) -> SecretPlace:
    """Return where the key of a connection belongs."""
    return SecretPlace(found.user_id, account_owner(found.account_id), KEY, found.broker)


def seal_key_files(keyring: Keyring, connection: CoachConnection) -> None:
    """Seal every broker key that lies in a file, for all users.

    A file that cannot be read, and all of them while the keys cannot be had, stay as they are:
    the doctor names them.
    """
    with suppress(KekUnavailable):
        for found in accounts.key_files(connection):
            _seal_file(keyring, connection, found)


def _seal_file(keyring: Keyring, connection: CoachConnection, found: KeyFile) -> None:
    place, file = place_of(found), Path(found.key_file)
    try:
        text = read_small_text(file)
    except (OSError, UnicodeDecodeError):
        text = None
    with connection.transaction():
        # the row is held, so that two coaches that start at once seal it one after the other
        if found not in accounts.key_files(connection, locked=True):
            return
        if text is not None and sealed_secrets.find(connection, place) is None:
            seal_secret(keyring, connection, place, Secret(text))
            entry = AuditEntry("key.sealed", place.owner, {"from": "file"})
            record(connection, place.user_id, [entry], keyring.clock())
    if _reads_back(keyring, connection, place, text):
        with suppress(FileNotFoundError):
            file.unlink()
        accounts.forget_key_file(connection, found)


def _reads_back(
    keyring: Keyring, connection: CoachConnection, place: SecretPlace, text: str | None
) -> bool:
    """Say whether the sealed copy opens, and holds what the file holds where that is there."""
    try:
        kept = open_secret(keyring, connection, place).reveal()
    except (NotFound, SealBroken):
        return False
    return text is None or compare_digest(kept.encode(), text.encode())
