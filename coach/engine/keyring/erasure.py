"""Destroying the data keys of one person, in older backups as well.

A backup holds data keys wrapped by the key of keys. So the person's are given up, everybody else's
are wrapped by a new key of keys, and the former ones are destroyed: nothing that is left opens what
an older backup has of the person. Neither does it open the others' keys there, which after a
restore of such a backup are connected again.
"""

from collections.abc import Sequence

from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.rewrap import RewrapFile, rewrap
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import deks
from coach.errors import ConfigError, KekUnavailable
from coach.model.accounts import UserId


def destroy_keys(
    keyring: Keyring, connection: CoachConnection, user_id: UserId, files: Sequence[RewrapFile]
) -> bool:
    """Destroy a user's data keys, and what wraps them in backups; say whether nothing opens them.

    `files` are wrapped anew with everybody else's keys. Where somebody else keeps the key of keys
    (systemd, AWS KMS), or another key cannot be opened now, only those in the database are given
    up. The rows stay until the user goes, so that whoever is killed does all of it again.
    """
    with connection.transaction():
        theirs = deks.give_up_all(connection, user_id)
    if not theirs:
        return True
    try:
        unfinished = deks.not_wrapped_by(connection, keyring.kek(connection).current)
        if unfinished and rewrap(keyring, connection, files).failed:
            return False
        return rewrap(keyring, connection, files, drop_former=True).dropped > 0
    except (KekUnavailable, ConfigError):
        return False
