"""Backups: made, listed, verified, restored. None of this needs a session, or a user.

Nothing here prompts, so every face may ask. It has the arguments from its settings:

    url = wiring.database_url(settings, create=False)
    rows = [views.backup(one) for one in backups.backups(settings.backup.folder)]
    made = backups.make(url, wiring.object_store(settings), settings.backup.folder,
                        settings.backup.recipients, wiring.clock())
    found = backups.verify(url, path, backups.keys_in(what_was_typed), wiring.clock())

`views` is `coach.views.security.backups`. A row of it says when a backup was made, by which coach,
of which PostgreSQL, its size, when it was last verified, and the public sides of the keys that open
it. Making and verifying take seconds to minutes: they belong in a thread, with connections of their
own. Making one needs no key, only `settings.backup.recipients`; without any, Missing is raised.
Verifying takes the key: NoAgeKey names the one that is needed beside the one that was given. A
backup is named by its file name where a caller is not the owner of this machine: `in_folder`.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.backup import making, restoring, verified
from coach.engine.backup.header import header_of
from coach.engine.backup.making import BackupFile, MadeBackup
from coach.engine.backup.reading import ReadBackup
from coach.engine.backup.restoring import RestoredBackup, RestoreHome
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.engine.store.trouble import database_errors_explained
from coach.engine.vault.purged import PurgedPeople
from coach.errors import Missing, NotFound
from coach.model.machine.backups import KEPT
from coach.sops.age import check_recipients, read_age_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.keyring.keyring import Keyring
    from coach.engine.market.objects import Objects
    from coach.sops.age import AgeKeys

__all__ = ["BackupFile", "MadeBackup", "ReadBackup", "RestoredBackup"]


def make(
    url: str,
    objects: "Objects",
    folder: Path,
    recipients: Sequence[str],
    now: datetime,
    keep: int = KEPT,
) -> MadeBackup:
    """Write a backup into a folder, sealed for age recipients, and keep the newest ones there.

    Missing without a recipient, Invalid for one that is none. Candles in a bucket stay there.
    """
    wanted = check_recipients(recipients, "backup")
    if not wanted:
        raise Missing("a backup", "recipient", remedy="name_backup_key")
    here = None if objects.is_remote else objects
    return making.make(url, here, folder, wanted, now, keep)


def backups(folder: Path) -> list[BackupFile]:
    """Return the backups in a folder, oldest first."""
    return making.list_backups(folder)


def in_folder(folder: Path, name: str) -> BackupFile:
    """Return the backup of this file name in a folder; NotFound for any other name."""
    for one in making.list_backups(folder):
        if one.path.name == name:
            return one
    raise NotFound(kind="backup", name=name)


def described(path: Path) -> BackupFile:
    """Return what a file says of itself; UnreadableFile or Refused where that is nothing."""
    header = header_of(path)
    at = verified.verified_at(path)
    return BackupFile(path, path.stat().st_size, header, verified_at=at)


def keys_in(text: str, source: str = "what was typed") -> "AgeKeys":
    """Return the keys that a text holds, a line each; NoAgeKey for a line that is none."""
    return read_age_keys(text, source)


def verify(url: str, path: Path, keys: "AgeKeys", now: datetime) -> ReadBackup:
    """Read a backup into a database of its own, compare every table, and drop that again.

    That it was verified is kept beside it, for the list.
    """
    found = restoring.verify(url, path, keys)
    verified.note(path, now)
    return found


def restore_home(objects: "Objects", keyring: "Callable[[], Keyring]", vault: Path) -> RestoreHome:
    """Return into what a backup is restored; `vault` is the folder of the key of keys."""
    return RestoreHome(objects.put_once, keyring, PurgedPeople(vault))


def restore(
    url: str, path: Path, keys: "AgeKeys", home: RestoreHome, now: datetime
) -> RestoredBackup:
    """Put a backup in the place of what is there, which is kept beside it.

    Whoever was removed for good since it was made is removed again.
    """
    return restoring.restore(url, path, keys, home, now)


def undo_restore(url: str) -> str:
    """Put back what was there before the last restore; return what the other is called now."""
    return restoring.undo(url)


def is_in_use(url: str) -> bool:
    """Say whether there are tables already, which a restore would put aside."""
    with database_errors_explained(), connect(url) as connection:
        return migrate.revision(connection) is not None
