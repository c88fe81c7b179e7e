"""Backups: made, listed, verified, restored. None of this needs a session, or a user."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.backup import making, restoring
from coach.engine.backup.header import header_of
from coach.engine.backup.making import BackupFile, MadeBackup
from coach.engine.backup.reading import ReadBackup
from coach.engine.backup.restoring import RestoredBackup
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.engine.store.trouble import database_errors_explained
from coach.errors import Missing
from coach.model.machine.backups import KEPT
from coach.sops.age import check_recipients

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


def described(path: Path) -> BackupFile:
    """Return what a file says of itself; UnreadableFile or Refused where that is nothing."""
    return BackupFile(path, path.stat().st_size, header_of(path))


def verify(url: str, path: Path, keys: "AgeKeys") -> ReadBackup:
    """Read a backup into a database of its own, compare every table, and drop that again."""
    return restoring.verify(url, path, keys)


def restore(
    url: str,
    path: Path,
    keys: "AgeKeys",
    objects: "Objects",
    keyring: "Callable[[], Keyring]",
    now: datetime,
) -> RestoredBackup:
    """Put a backup in the place of what is there, which is kept beside it."""
    return restoring.restore(url, path, keys, objects.put_once, keyring, now)


def undo_restore(url: str) -> str:
    """Put back what was there before the last restore; return what the other is called now."""
    return restoring.undo(url)


def is_in_use(url: str) -> bool:
    """Say whether there are tables already, which a restore would put aside."""
    with database_errors_explained(), connect(url) as connection:
        return migrate.revision(connection) is not None
