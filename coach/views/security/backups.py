"""How backups look: what a file says of itself, what is in it, what came of it."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.backup.backups import (
        BackupFile,
        MadeBackup,
        ReadBackup,
        RestoredBackup,
    )

BACKUPS = (
    Column("file", "backup"),
    Column("created_at", "made", "time"),
    Column("size", "bytes", "number"),
    Column("coach", "coach"),
    Column("postgresql", "PostgreSQL"),
    Column("schema"),
    Column("verified_at", "verified", "time"),
    Column("recipients"),
    Column("fault", "not usable"),
)


class BackupRow(TypedDict):
    """A backup on the disk, by what it says of itself; `fault` says why it cannot be used.

    `recipients` are the public sides of the keys that open it. `verified_at` is when it was last
    read back and compared here, null where that was never done to this file.
    """

    file: str
    created_at: datetime | None
    size: int
    coach: str
    postgresql: str
    schema: str
    recipients: list[str]
    verified_at: datetime | None
    fault: str


class MadeBackupRow(TypedDict):
    """A backup that was made, how much is in it, and the older files that were removed."""

    backup: BackupRow
    tables: int
    rows: int
    objects: int
    verified: bool
    removed: list[str]


class BackupVerificationRow(TypedDict):
    """A backup that was read back and compared: every table had its rows and its sum."""

    file: str
    created_at: datetime
    tables: int
    rows: int
    objects: int


class ReconnectRow(TypedDict):
    """An account whose sealed key does not open here."""

    user: str
    account: str


class RestorationRow(TypedDict):
    """A backup in the place of what was there, which the database `kept` holds now.

    `purged` is how many of its users had been removed for good, and were removed again.
    """

    file: str
    created_at: datetime
    tables: int
    rows: int
    objects: int
    kept: str
    reconnect: list[ReconnectRow]
    purged: int


class UndoneRestorationRow(TypedDict):
    """What was there before the last restore is back; `kept` holds what had been restored."""

    kept: str


class BackupKeyRow(TypedDict):
    """A key for backups: its public side, and the file that holds the key, empty for none."""

    recipient: str
    file: str


def backup(found: "BackupFile") -> BackupRow:
    """Return what a file says of itself."""
    header = found.header
    return {
        "file": str(found.path),
        "created_at": header.created_at if header else None,
        "size": found.size,
        "coach": header.coach if header else "",
        "postgresql": header.postgresql if header else "",
        "schema": header.schema if header else "",
        "recipients": list(header.recipients) if header else [],
        "verified_at": found.verified_at,
        "fault": found.fault,
    }


def made_backup(made: "MadeBackup", *, verified: bool) -> MadeBackupRow:
    """Return a backup that was made."""
    return {
        "backup": backup(made.file),
        "tables": len(made.manifest.tables),
        "rows": made.manifest.rows,
        "objects": len(made.manifest.objects),
        "verified": verified,
        "removed": [str(path) for path in made.removed],
    }


def verification(file: str, read: "ReadBackup") -> BackupVerificationRow:
    """Return a backup that was read back."""
    return {
        "file": file,
        "created_at": read.header.created_at,
        "tables": len(read.manifest.tables),
        "rows": read.manifest.rows,
        "objects": len(read.manifest.objects),
    }


def restoration(file: str, restored: "RestoredBackup") -> RestorationRow:
    """Return a backup that stands in its place."""
    return {
        **verification(file, restored.read),
        "kept": restored.kept,
        "reconnect": [{"user": user, "account": name} for user, name in restored.reconnect],
        "purged": restored.purged,
    }
