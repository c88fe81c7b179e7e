"""An archive: all rows of one user as CSV and the candles they refer to, in one zip file.

Any program opens it: `tables/NAME.csv` holds the rows of a table, `candles/NAME` a week of candles
by the hash of its text, `manifest.json` the columns, the counts and a SHA-256 of each file. No key,
no password and no token is inside.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from coach._version import VERSION
from coach.engine.exports.manifest import MANIFEST, ExportedFile, ExportManifest
from coach.engine.exports.sealed_archive import seal_archive
from coach.engine.market import snapshots
from coach.engine.market.objects import Objects
from coach.engine.store import candles, migrate
from coach.engine.store.connect import CoachConnection
from coach.engine.store.exports import user_rows
from coach.errors import NotInitialised
from coach.model.accounts import User
from coach.model.plain import time_text

SUFFIX = ".coacharchive"
TABLES = "tables/"
CANDLES = "candles/"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip file knows; the time stands in the manifest


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """Whose archive is wanted, with which candles, as of when, and for whom it is sealed, if so."""

    user: User
    objects: Objects | None
    now: datetime
    recipients: tuple[str, ...] = ()


def write_archive(path: Path, connection: CoachConnection, order: ArchiveOrder) -> ExportManifest:
    """Write the archive of a user's moment into a new file, and have it on the disk.

    The caller holds the moment (`user_rows.one_moment`). The same rows are the same bytes, but for
    the time in the manifest, and for one that is sealed: no file of that name holds it plain.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        if order.recipients:
            with TemporaryFile(dir=path.parent) as plain_file:
                manifest = _write(plain_file, connection, order)
                plain_file.seek(0)
                seal_archive(plain_file, file, order.recipients)
        else:
            manifest = _write(file, connection, order)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _write(file: BinaryIO, connection: CoachConnection, order: ArchiveOrder) -> ExportManifest:
    schema, user = migrate.revision(connection), order.user
    if schema is None:
        raise NotInitialised(remedy="start_here")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        files = [
            *_tables(into, connection, user),
            *_candles(into, connection, user, order.objects),
        ]
        moment = time_text(order.now)
        manifest = ExportManifest(VERSION, schema, user.name, user.id, moment, tuple(files))
        into.writestr(_entry(MANIFEST), manifest.text())
    return manifest


def _tables(
    into: zipfile.ZipFile, connection: CoachConnection, user: User
) -> Iterator[ExportedFile]:
    for table in user_rows.tables(connection):
        rows = user_rows.rows_as_csv(connection, table, user.id)
        yield _written(into, f"{TABLES}{table.name}.csv", (table.name, table.columns), rows)


def _candles(
    into: zipfile.ZipFile, connection: CoachConnection, user: User, objects: Objects | None
) -> Iterator[ExportedFile]:
    if objects is None:
        return
    for name in candles.referred(connection, user.id):
        data = objects.get(snapshots.key_of(name))
        if data is not None:
            yield _written(into, f"{CANDLES}{name}", ("candles", ()), [data])


def _written(
    into: zipfile.ZipFile, name: str, what: tuple[str, tuple[str, ...]], pieces: Iterable[bytes]
) -> ExportedFile:
    """Write a file, and return its hash and its rows: COPY hands out a row, or the header, each."""
    digest, count = sha256(), 0
    with into.open(_entry(name), "w", force_zip64=True) as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            count += 1
    noun, columns = what
    return ExportedFile(name, noun, count - bool(columns), columns, digest.hexdigest())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
