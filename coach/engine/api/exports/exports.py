"""Exports: a user's nouns as files in a folder, an archive, and an archive read into a fresh home.

The rows of nouns are the faces' (`views`): an export shows what `--json` shows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from coach._version import VERSION
from coach.engine.api import insights, sight
from coach.engine.exports import archive, archive_import, folder, journals, tables
from coach.engine.exports.archive import ArchiveOrder
from coach.engine.exports.archive_import import ImportedArchive
from coach.engine.exports.lots import Restatements
from coach.engine.exports.manifest import ExportedFile, ExportManifest
from coach.engine.exports.sealed_archive import ArchiveSource
from coach.engine.exports.tables import Row
from coach.engine.ledger.exact import add
from coach.engine.store import migrate, trades
from coach.engine.store.entries.renames import renames_by_account_name
from coach.engine.store.entries.splits import by_account_name
from coach.engine.store.exports import fills, user_rows
from coach.engine.store.exports.fills import ListedFill
from coach.errors import Invalid
from coach.model.fills import FillKey
from coach.model.plain import time_text
from coach.sops.age import check_recipients

if TYPE_CHECKING:
    from pandas import DataFrame

    from coach.engine.api.session import Session
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.market.objects import Objects

__all__ = ["ArchiveSource", "ExportManifest", "ImportedArchive", "ListedFill", "Row"]

ARCHIVE = "archive"
FORMATS = (*tables.WRITERS, *journals.JOURNALS, ARCHIVE)
PACKAGES = {"parquet": ("pandas", "pyarrow"), "xlsx": ("pandas", "openpyxl")}


@dataclass(frozen=True, slots=True)
class ExportedNoun:
    """A noun that is exported: its columns, and how its rows are asked for."""

    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Export:
    """A folder that was written, and what it says of itself."""

    folder: Path
    manifest: ExportManifest


def check_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats, each once; Invalid for an unknown one, Refused without its package."""
    for name in formats:
        if name not in FORMATS:
            raise Invalid("format", f"not {name!r}", f"one of {', '.join(FORMATS)}", example="csv")
        for package in PACKAGES.get(name, ()):
            tables.require_package(package)
    return tuple(dict.fromkeys(formats))


def write(
    session: "Session",
    target: Path,
    formats: Sequence[str],
    nouns: Callable[["Session"], Mapping[str, ExportedNoun]],
    recipients: Sequence[str] = (),
) -> Export:
    """Write a folder with a file of each noun in each format; all of one moment.

    Conflict where the folder is there. A user's archive is one of the formats, the only one that is
    sealed for age recipients: Invalid for others, and for a recipient that is none.
    """
    wanted = check_formats(formats)
    sealed_for = check_recipients(recipients, "export")
    if sealed_for and set(wanted) != {ARCHIVE}:
        raise Invalid("format", "not sealed", f"{ARCHIVE} alone, with a recipient")
    with folder.whole_folder(target) as draft, one_moment(session):
        files: list[ExportedFile] = []
        for name in wanted:
            files += (
                [_archive(session, draft, sealed_for)]
                if name == ARCHIVE
                else _written(session, draft, name, nouns(session))
            )
        manifest = _manifest(session, files)
        folder.keep_manifest(draft, manifest)
    return Export(target, manifest)


def frame(noun: ExportedNoun) -> "DataFrame":
    """Return the rows of a noun as a frame of pandas."""
    return tables.frame(noun.columns, noun.rows())


def listed_fills(session: "Session") -> Iterator[ListedFill]:
    """Yield the fills of all accounts by time; streams, within a moment."""
    return fills.every(session.connection, session.user.id)


@contextmanager
def one_moment(session: "Session") -> Iterator[None]:
    """Hold one moment of the user's data, in which nothing is written; what is due is drawn before.

    Candles of a bucket are at hand then.
    """
    insights.findings(session)
    with still_moment(session):
        yield


@contextmanager
def still_moment(session: "Session") -> Iterator[None]:
    """Hold one moment of the user's data and write nothing, before it neither."""
    sight.bring_to_hand(session)
    with user_rows.one_moment(session.connection):
        yield


def only_read(session: "Session") -> None:
    """Let nothing be written over the connection of this session from now on."""
    user_rows.only_read(session.connection)


def import_archive(
    url: str,
    source: ArchiveSource,
    objects: "Objects",
    keyring: "Callable[[], Keyring]",
    now: datetime,
) -> ImportedArchive:
    """Make a fresh home at `url` of an archive; Refused where the home is not empty."""
    return archive_import.import_archive(url, source, objects.put_once, keyring, now)


def _written(
    session: "Session", draft: Path, name: str, nouns: Mapping[str, ExportedNoun]
) -> Iterator[ExportedFile]:
    if name in journals.JOURNALS:
        yield _journal(session, draft, name)
    else:
        for noun, found in nouns.items():
            path = folder.new_file(draft / f"{noun}.{name}")
            count = tables.WRITERS[name](path, found.columns, found.rows())
            yield _described(path, noun, count, found.columns)


def _archive(session: "Session", draft: Path, recipients: tuple[str, ...]) -> ExportedFile:
    path = draft / f"{session.user.name.replace('/', '-')}{archive.SUFFIX}"
    objects = None if session.objects is None else session.objects()
    order = ArchiveOrder(session.user, objects, session.clock(), recipients)
    made = archive.write_archive(path, session.connection, order)
    return _described(path, ARCHIVE, made.rows)


def _journal(session: "Session", draft: Path, name: str) -> ExportedFile:
    file, write_journal = journals.JOURNALS[name]
    path = folder.new_file(draft / file)
    listed, unknown = list(listed_fills(session)), _in_no_trade(session)
    count = write_journal(path, listed, unknown, _restatements(session), session.user.zone)
    return _described(path, "fills", count)


def _restatements(session: "Session") -> Restatements:
    from coach.engine.history.book_fills import moved_fills

    connection, user_id = session.connection, session.user.id
    renames = renames_by_account_name(connection, user_id)
    moved = moved_fills(connection, user_id) if renames else set()
    return Restatements(by_account_name(connection, user_id), renames, moved)


def _in_no_trade(session: "Session") -> dict[tuple[str, FillKey], Decimal]:
    """Return how much of which fills no trade could take."""
    found: defaultdict[tuple[str, FillKey], Decimal] = defaultdict(Decimal)
    for one in trades.unknown_basis(session.connection, session.user.id):
        found[one.account, one.key] = add(found[one.account, one.key], one.quantity)
    return found


def _described(path: Path, noun: str, rows: int, columns: tuple[str, ...] = ()) -> ExportedFile:
    return ExportedFile(path.name, noun, rows, columns, folder.hash_of(path))


def _manifest(session: "Session", files: list[ExportedFile]) -> ExportManifest:
    schema = migrate.revision(session.connection) or ""
    user, now = session.user, time_text(session.clock())
    return ExportManifest(VERSION, schema, user.name, user.id, now, tuple(files))
