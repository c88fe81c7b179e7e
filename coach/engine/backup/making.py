"""Making a backup: one moment of the database and all candles, sealed, whole or not at all."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

from coach._version import VERSION
from coach.engine.backup import verified
from coach.engine.backup.envelope import Piece, seal
from coach.engine.backup.errors import UnwritableFile
from coach.engine.backup.header import NAME, UNFINISHED, Header, header_of
from coach.engine.backup.manifest import DATABASE, MANIFEST, OBJECT, Manifest
from coach.engine.backup.programs import dumped
from coach.engine.market.objects import Objects
from coach.engine.store import health, migrate
from coach.engine.store.backup.contents import snapshot, sums
from coach.engine.store.connect import connect
from coach.engine.store.trouble import database_errors_explained
from coach.errors import CoachError, NotInitialised
from coach.files import only_one
from coach.model.machine.home import private_folder

EVERYTHING = ""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup on the disk. `header` is None and `fault` says why where it cannot be used.

    `verified_at` is when it was last read back whole, None where that was never done.
    """

    path: Path
    size: int
    header: Header | None
    fault: str = ""
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that was made, what is in it, and the older ones that were removed for it."""

    file: BackupFile
    manifest: Manifest
    removed: tuple[Path, ...]


def make(
    url: str,
    objects: Objects | None,
    folder: Path,
    recipients: Sequence[str],
    now: datetime,
    keep: int,
) -> MadeBackup:
    """Write a backup into a folder and keep the newest `keep` there; one process at a time.

    `objects` are the candles in a folder of this machine, None where a bucket keeps them.
    """
    try:
        private_folder(folder)
        with only_one(folder / ".lock"):
            _sweep(folder)
            made = _make(url, objects, folder, recipients, now)
            return MadeBackup(made[0], made[1], _thin_out(folder, keep))
    except OSError as trouble:
        place = str(trouble.filename or folder)
        raise UnwritableFile(place, trouble.strerror or "no reason was given") from trouble


def list_backups(folder: Path) -> list[BackupFile]:
    """Return the backups in a folder, oldest first; what was broken off is named as such."""
    if not folder.is_dir():
        return []
    found = [_described(path) for path in folder.iterdir() if NAME.match(path.name)]
    return sorted(found, key=lambda one: one.path.name)


def _make(
    url: str, objects: Objects | None, folder: Path, recipients: Sequence[str], now: datetime
) -> tuple[BackupFile, Manifest]:
    with database_errors_explained(), connect(url) as connection, snapshot(connection) as moment:
        schema = migrate.revision(connection)
        if schema is None:
            raise NotInitialised(remedy="start_here")
        version, _ = health.server(connection)
        header = Header(now.replace(microsecond=0), VERSION, version, schema, tuple(recipients))
        keys = tuple(sorted(one.key for one in objects.listed(EVERYTHING))) if objects else ()
        digest = sha256(header.line()).hexdigest()
        manifest = Manifest(digest, tuple(sums(connection)), keys)
        path = folder / header.file_name
        draft = path.with_name(path.name + UNFINISHED)
        try:
            _write(draft, header, _pieces(manifest, objects, url, moment))
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        draft.replace(path)
        _to_disk(folder)
    return _described(path), manifest


def _write(draft: Path, header: Header, pieces: Iterator[Piece]) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(header.line())
        seal(pieces, file, header.recipients)
        file.flush()
        os.fsync(file.fileno())


def _pieces(manifest: Manifest, objects: Objects | None, url: str, moment: str) -> Iterator[Piece]:
    yield MANIFEST, manifest.text()
    for number, key in enumerate(manifest.objects):
        # an object that nobody refers to may have been removed since: its place stays empty
        data = objects.get(key) if objects else None
        yield f"{OBJECT}{number:06}", data or b""
    for number, piece in zip(count(1), dumped(url, moment), strict=False):
        yield f"{DATABASE}{number:06}", piece


def _described(path: Path) -> BackupFile:
    size = path.stat().st_size
    if path.name.endswith(UNFINISHED):
        return BackupFile(path, size, None, "broken off")
    try:
        return BackupFile(path, size, header_of(path), verified_at=verified.verified_at(path))
    except CoachError as trouble:
        return BackupFile(path, size, None, str(trouble))


def _sweep(folder: Path) -> None:
    """Remove what was left by those who were killed: the lock of the folder is ours."""
    for draft in folder.glob(f"*{UNFINISHED}"):
        if NAME.match(draft.name):
            draft.unlink(missing_ok=True)


def _thin_out(folder: Path, keep: int) -> tuple[Path, ...]:
    whole = [one.path for one in list_backups(folder) if one.header is not None]
    superfluous = tuple(whole[: max(0, len(whole) - keep)])
    for path in superfluous:
        with suppress(FileNotFoundError):
            path.unlink()
        verified.forget(path)
    return superfluous


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
