"""Reading a backup back into a database beside the one that is there, and comparing the two."""

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from coach.engine.backup.envelope import Piece, unseal
from coach.engine.backup.header import Header, read_header
from coach.engine.backup.manifest import DATABASE, MANIFEST, OBJECT, Manifest, manifest_of
from coach.engine.backup.programs import Fitting, psql
from coach.engine.store import migrate
from coach.engine.store.backup.contents import sums
from coach.engine.store.backup.databases import Databases
from coach.engine.store.connect import connect
from coach.engine.store.isolation import app_role
from coach.errors import Refused, TamperedSecrets, UnreadableFile
from coach.sops.age import AgeKeys

KeepObject = Callable[[str, bytes], None]
GZIP = 31  # zlib's word for a gzip file, its checksum included


@dataclass(frozen=True, slots=True)
class ReadBackup:
    """A backup whose rows stand in a database, each table counted and compared."""

    header: Header
    manifest: Manifest


def read_back(
    path: Path, keys: AgeKeys, databases: Databases, keep_object: KeepObject
) -> ReadBackup:
    """Read a backup into the database `restoring`, and compare every table with its manifest.

    NoAgeKey for another key, TamperedSecrets for a file that was changed or cut off, Refused for
    one of a newer coach or where a table is not what it was; nothing else is touched.
    """
    try:
        with path.open("rb") as file:
            header, line = read_header(file, path.name)
            _require_known(header)
            return _read_back(file, (header, line), keys, databases, keep_object, path.name)
    except OSError as trouble:
        raise UnreadableFile(str(path), trouble.strerror or "it cannot be read") from trouble


def _read_back(
    file: BinaryIO,
    opening: tuple[Header, bytes],
    keys: AgeKeys,
    databases: Databases,
    keep_object: KeepObject,
    name: str,
) -> ReadBackup:
    header, line = opening
    databases.make_empty(databases.restoring)
    url = databases.url_of(databases.restoring)
    with connect(url) as connection:
        app_role.make(connection)
    with psql(url) as into:
        taker = _Taker(line, name, into, keep_object)
        unseal(file, keys, header.recipients, name, taker.take)
        taker.finish()
    manifest = taker.manifest
    assert manifest is not None
    with connect(url) as connection:
        different = manifest.differences(sums(connection))
    if different:
        what = f"{name} does not hold what it says: {'; '.join(different[:3])}"
        raise Refused("keep it, and restore another backup", what=what)
    return ReadBackup(header, manifest)


def _require_known(header: Header) -> None:
    if header.schema > migrate.HEAD:
        what = f"the backup has newer tables ({header.schema}), of version {header.coach}"
        raise Refused("upgrade coach first: this one does not know these tables", what=what)


class _Taker:
    """What takes the pieces of a backup: its SQL goes to a server, its objects are kept."""

    def __init__(self, header: bytes, name: str, sql: IO[bytes], keep: KeepObject) -> None:
        self._header, self._name = header, name
        self._sql = sql
        self._keep = keep
        self._text = _GzippedLines()
        self._fitting = Fitting()
        self.manifest: Manifest | None = None

    def take(self, piece: Piece) -> None:
        """Take a piece; the manifest is the first."""
        name, data = piece
        if name == MANIFEST:
            self.manifest = manifest_of(data, self._header, self._name)
        elif self.manifest is None:
            raise TamperedSecrets(file=self._name, what="it does not begin with its manifest")
        elif name.startswith(OBJECT):
            if data:
                self._keep(self.manifest.objects[int(name[len(OBJECT) :])], data)
        elif name.startswith(DATABASE):
            self._pass_on(self._text.taken(data))

    def finish(self) -> None:
        """Pass on what is left; TamperedSecrets where the SQL ends too early."""
        if self.manifest is None or not self._text.is_whole:
            raise TamperedSecrets(file=self._name, what="it was changed or cut off")
        self._pass_on(self._text.rest())

    def _pass_on(self, lines: Iterator[bytes]) -> None:
        for line in lines:
            self._sql.write(self._fitting.fitted(line))


class _GzippedLines:
    """The lines of a gzipped text that comes in pieces."""

    def __init__(self) -> None:
        self._unpacking = zlib.decompressobj(GZIP)
        self._begun = b""

    @property
    def is_whole(self) -> bool:
        """Whether the text has come to its end, and its checksum is right."""
        return self._unpacking.eof

    def taken(self, data: bytes) -> Iterator[bytes]:
        """Take another piece, and return the lines that are whole now."""
        text = self._begun + self._unpacking.decompress(data)
        whole = text.rfind(b"\n") + 1
        self._begun = text[whole:]
        return iter(io.BytesIO(text[:whole]))

    def rest(self) -> Iterator[bytes]:
        """Return what is left at the end, a line that nothing ends."""
        return iter([self._begun] if self._begun else [])
