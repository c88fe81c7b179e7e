"""What a backup holds, in its own words: how many rows of what sum, and which objects."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256

from coach.engine.store.backup.contents import TableSum
from coach.errors import TamperedSecrets
from coach.model.canonical import canonical_json

MANIFEST = "manifest.json"
DATABASE = "database.sql.gz."
OBJECT = "object."


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sums of all tables, the keys of the objects in their order, and the first line's hash."""

    header_sha256: str
    tables: tuple[TableSum, ...]
    objects: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(one.rows for one in self.tables)

    def text(self) -> bytes:
        """Return it as it stands in the backup."""
        return canonical_json(asdict(self))

    def differences(self, found: Iterable[TableSum]) -> list[str]:
        """Return in which tables a database is another one than this, in words."""
        here, there = ({one.table: one for one in sums} for sums in (self.tables, found))
        different = [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
        return [
            f"{name}: {_said(here.get(name))}, read back {_said(there.get(name))}"
            for name in different
        ]


def manifest_of(text: bytes, header: bytes, name: str) -> Manifest:
    """Read a manifest; TamperedSecrets where the first line is not the one it was written with."""
    try:
        said = json.loads(text)
        tables = tuple(TableSum(**one) for one in said["tables"])
        found = Manifest(said["header_sha256"], tables, tuple(said["objects"]))
    except (ValueError, KeyError, TypeError, RecursionError) as damaged:
        raise TamperedSecrets(file=name, what="its manifest is damaged") from damaged
    if found.header_sha256 != sha256(header).hexdigest():
        raise TamperedSecrets(file=name, what="its first line was changed")
    return found


def _said(found: TableSum | None) -> str:
    return "not there" if found is None else f"{found.rows} rows of sum {found.checksum}"
