"""What an export holds, in its own words: who wrote it, and each file with rows and hash."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from coach.errors import TamperedSecrets
from coach.model.canonical import canonical_json

MANIFEST = "manifest.json"
FORM = 1


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export: what of, how many rows, which columns, and the SHA-256 of its bytes."""

    name: str
    noun: str
    rows: int
    columns: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportManifest:
    """Who exported what: `schema` is the revision of the tables, `user_id` the user's own id."""

    coach: str
    schema: str
    user: str
    user_id: str
    exported_at: str
    files: tuple[ExportedFile, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all files."""
        return sum(one.rows for one in self.files)

    def text(self) -> bytes:
        """Return it as it stands in the export."""
        return canonical_json({**asdict(self), "form": FORM}) + b"\n"


def manifest_of(text: bytes, name: str) -> ExportManifest:
    """Read a manifest; TamperedSecrets where it is none."""
    try:
        said = json.loads(text)
        form = said.pop("form")
        files = tuple(_file_of(one) for one in said.pop("files"))
        found = ExportManifest(files=files, **{key: str(value) for key, value in said.items()})
        datetime.fromisoformat(found.exported_at)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as damaged:
        raise TamperedSecrets(file=name, what="its manifest is damaged") from damaged
    if form != FORM:
        raise TamperedSecrets(file=name, what=f"it is of form {form}, this coach reads form {FORM}")
    return found


def _file_of(said: dict[str, object]) -> ExportedFile:
    columns, rows = said["columns"], said["rows"]
    if not isinstance(columns, list) or not isinstance(rows, int):
        raise TypeError("columns")
    names = tuple(map(str, columns))
    return ExportedFile(str(said["name"]), str(said["noun"]), rows, names, str(said["sha256"]))
