"""How an export looks, and an archive that is a home now."""

from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.exports.exports import Export, ImportedArchive

FILES = (
    Column("name", "file"),
    Column("noun", "what"),
    Column("rows", "rows", "number"),
    Column("columns"),
    Column("sha256", "sha256", "key"),
)


class ExportedFileRow(TypedDict):
    """A file of an export, with the SHA-256 of its bytes."""

    name: str
    noun: str
    rows: int
    columns: list[str]
    sha256: str


class ExportRow(TypedDict):
    """A folder that was exported: by which coach, of which tables, and its files."""

    folder: str
    user: str
    coach: str
    schema: str
    exported_at: str
    files: list[ExportedFileRow]


class ImportedArchiveRow(TypedDict):
    """An archive that is a home now; the accounts in `reconnect` have no key here."""

    file: str
    user: str
    coach: str
    exported_at: str
    rows: int
    reconnect: list[str]


def export(made: "Export") -> ExportRow:
    """Return an export."""
    manifest = made.manifest
    return {
        "folder": str(made.folder),
        "user": manifest.user,
        "coach": manifest.coach,
        "schema": manifest.schema,
        "exported_at": manifest.exported_at,
        "files": [
            {
                "name": one.name,
                "noun": one.noun,
                "rows": one.rows,
                "columns": list(one.columns),
                "sha256": one.sha256,
            }
            for one in manifest.files
        ],
    }


def imported_archive(file: str, found: "ImportedArchive") -> ImportedArchiveRow:
    """Return an archive that was imported."""
    return {
        "file": file,
        "user": found.manifest.user,
        "coach": found.manifest.coach,
        "exported_at": found.manifest.exported_at,
        "rows": found.manifest.rows,
        "reconnect": list(found.reconnect),
    }
