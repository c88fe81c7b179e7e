"""Reading an archive into a fresh home: checked, read, compared, and only then put in place.

All of it happens in a database beside the one of coach. Two names change in one transaction, so a
kill leaves the fresh home or the whole archive; the next import of it begins anew.
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from coach.engine.backup.restoring import close_unopened
from coach.engine.exports.archive import CANDLES, TABLES
from coach.engine.exports.manifest import MANIFEST, ExportedFile, ExportManifest, manifest_of
from coach.engine.exports.sealed_archive import ArchiveSource, opened_archive
from coach.engine.keyring.keyring import Keyring
from coach.engine.market import snapshots
from coach.engine.outbox import epochs, partitions
from coach.engine.store import migrate, users
from coach.engine.store.backup.databases import databases
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.exports import user_rows
from coach.engine.store.exports.user_rows import UserTable
from coach.errors import Refused, TamperedSecrets, UnreadableFile
from coach.model.accounts import UserId

PIECE = 1 << 20
LARGEST_MANIFEST = 100_000_000
MADE_BY_ITSELF = ("user_stream", "steady_clock", "conclusion_state")
"""Tables in which coach writes a row for a user who has done nothing yet."""

KeepObject = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class ImportedArchive:
    """An archive that is a home now; `reconnect` are its accounts that need a broker's key."""

    manifest: ExportManifest
    reconnect: tuple[str, ...]


def import_archive(
    url: str, source: ArchiveSource, keep: KeepObject, keyring: Callable[[], Keyring], now: datetime
) -> ImportedArchive:
    """Make a fresh home at `url` of an archive; its followers of events begin a new epoch.

    TamperedSecrets for a file that is not what its manifest says, NoAgeKey for a sealed one whose
    key is not at hand, Refused where the home is not empty or the archive is of a newer coach:
    nothing was changed then.
    """
    with _opened(source) as (archive, manifest), databases(url) as beside:
        _require_fresh(url)
        try:
            restored = beside.url_of(beside.restoring)
            beside.make_empty(beside.restoring)
            migrate.upgrade(restored, manifest.schema)
            with connect(restored) as connection:
                _read_in(connection, archive, manifest, source.path.name)
            closed = _finish(restored, keyring, now)
            _keep_candles(archive, manifest, keep)
            beside.put_in_place(beside.restoring)
            beside.drop(beside.before)
        finally:
            beside.drop(beside.restoring)
        return ImportedArchive(manifest, closed)


def _finish(restored: str, keyring: Callable[[], Keyring], now: datetime) -> tuple[str, ...]:
    """Bring what was read to the tables of this coach; return the accounts without a key."""
    migrate.upgrade(restored)
    with connect(restored) as connection:
        partitions.ensure(connection, now)
        epochs.renew(connection)
        return tuple(account for _, account in close_unopened(connection, keyring, now))


@contextmanager
def _opened(source: ArchiveSource) -> Iterator[tuple[zipfile.ZipFile, ExportManifest]]:
    """Open an archive and compare every file in it with what the manifest says."""
    path = source.path
    try:
        with opened_archive(source) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise TamperedSecrets(file=path.name, what="its manifest is too long")
            manifest = manifest_of(archive.read(MANIFEST), path.name)
            _check(archive, manifest, path.name)
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError) as damaged:
        hint = "give a file that coach exported as an archive"
        raise Refused(hint, what=f"{path.name} is no archive: {damaged}") from damaged
    except OSError as trouble:
        raise UnreadableFile(str(path), trouble.strerror or "it cannot be read") from trouble


def _check(archive: zipfile.ZipFile, manifest: ExportManifest, name: str) -> None:
    for one in manifest.files:
        candles = one.name.removeprefix(CANDLES)
        if candles != one.name and snapshots.name_of(snapshots.key_of(candles)) is None:
            raise TamperedSecrets(file=name, what=f"it has candles of the name {candles!r}")
    if manifest.schema > migrate.HEAD:
        what = f"the archive has newer tables ({manifest.schema}), of version {manifest.coach}"
        raise Refused("upgrade coach first: this one does not know these tables", what=what)
    said = [MANIFEST, *(one.name for one in manifest.files)]
    if sorted(said) != sorted(archive.namelist()):
        raise TamperedSecrets(file=name, what="it has other files than its manifest says")
    for one in manifest.files:
        digest = sha256()
        try:
            for piece in _pieces(archive, one.name):
                digest.update(piece)
        except (zipfile.BadZipFile, EOFError, OSError) as damaged:
            raise TamperedSecrets(file=name, what=f"{one.name} is damaged") from damaged
        if digest.hexdigest() != one.sha256:
            raise TamperedSecrets(file=name, what=f"{one.name} is not what its manifest says")


def _require_fresh(url: str) -> None:
    with connect(url) as connection:
        if migrate.revision(connection) is None:
            return
        table = user_rows.any_rows(connection, MADE_BY_ITSELF)
        people = users.summaries(connection)
        if table or len(people) > 1:
            holds = f"rows in {table}" if table else f"{len(people)} users"
            raise Refused(
                "import it into a new home: another COACH_HOME, or an empty database",
                what=f"this home is not empty, it has {holds}",
            )


def _read_in(
    connection: CoachConnection, archive: zipfile.ZipFile, manifest: ExportManifest, name: str
) -> None:
    known = {table.name: table for table in user_rows.tables(connection)}
    files = [one for one in manifest.files if one.name.startswith(TABLES)]
    strange = sorted({one.noun for one in files} - known.keys())
    if strange:
        raise TamperedSecrets(file=name, what=f"it has a table {strange[0]}")
    with connection.transaction():
        for one in files:
            if one.noun == user_rows.EVENTS:
                _open_months(connection, archive, one)
            _copy_in(connection, archive, one)
        user_rows.go_on_counting(connection)
    with user_rows.one_moment(connection):
        for one in files:
            _compare(connection, one, UserId(manifest.user_id), name)


def _copy_in(connection: CoachConnection, archive: zipfile.ZipFile, one: ExportedFile) -> None:
    with user_rows.rows_from_csv(connection, UserTable(one.noun, one.columns)) as copy:
        for piece in _pieces(archive, one.name):
            copy.write(piece)


def _open_months(connection: CoachConnection, archive: zipfile.ZipFile, one: ExportedFile) -> None:
    """Make the months of the events that come: they are written into them and nowhere else."""
    for month in _months(archive, one):
        partitions.ensure(connection, month, 0)


def _months(archive: zipfile.ZipFile, one: ExportedFile) -> list[datetime]:
    import csv
    from io import TextIOWrapper

    place = one.columns.index("ts")
    with archive.open(one.name) as file:
        rows = csv.reader(TextIOWrapper(file, "utf-8", newline=""))
        next(rows)
        moments = {row[place][:7] for row in rows}
    return [datetime.fromisoformat(f"{month}-01T00:00:00+00:00") for month in sorted(moments)]


def _compare(connection: CoachConnection, one: ExportedFile, user_id: UserId, name: str) -> None:
    """Refuse an archive whose rows, read back, are not the ones that were written."""
    digest = sha256()
    table = UserTable(one.noun, one.columns)
    for piece in user_rows.rows_as_csv(connection, table, user_id):
        digest.update(piece)
    if digest.hexdigest() != one.sha256:
        raise Refused(
            "keep it, and export once more",
            what=f"{name}: {one.noun} reads back as something else",
        )


def _keep_candles(archive: zipfile.ZipFile, manifest: ExportManifest, keep: KeepObject) -> None:
    for one in manifest.files:
        if one.name.startswith(CANDLES):
            keep(snapshots.key_of(one.name.removeprefix(CANDLES)), archive.read(one.name))


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        while piece := file.read(PIECE):
            yield piece
