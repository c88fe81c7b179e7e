"""A file whose header was found: where its rows begin and how its cells are written."""

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from coach.brokers.statements.amounts import Mark
from coach.brokers.statements.records import Dialect, Record, records
from coach.errors import UnreadableFile
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """`labels` are the header's cells as printed, `names` the same tidied and without a clock.

    `above` counts the physical lines up to and including the header. `decimal_comma` is true where
    the first rows write `0,5`, or where nothing tells and the delimiter is `;`. `zone` is the clock
    of times that name none. `kept` holds the folder of a workbook's text while it is needed.
    """

    path: Path
    encoding: str
    dialect: Dialect
    above: int
    labels: tuple[str, ...]
    names: tuple[str, ...]
    decimal_comma: bool
    zone: tzinfo | None = None
    kept: object = None

    def place(self, *names: str) -> int:
        """Return where the first of these columns stands, or -1, the always empty cell."""
        for name in names:
            if name in self.names:
                return self.names.index(name)
        return -1

    def mark(self, otherwise: Mark) -> Mark:
        """Return how numbers are written here."""
        return "comma" if self.decimal_comma else otherwise

    def label(self, where: int) -> str:
        """Return a column's printed name, or `row` for the whole row."""
        return self.labels[where] if 0 <= where < len(self.labels) else "row"

    def records(self) -> Iterator[Record]:
        """Yield the rows below the header, streaming; each call reads the file afresh."""
        try:
            with self.path.open(encoding=self.encoding, errors="replace", newline="") as lines:
                for _ in range(self.above):
                    next(lines, "")
                yield from records(lines, self.dialect, len(self.names), self.above + 1)
        except OSError as trouble:
            raise unreadable_file(self.path, trouble) from None


def unreadable_file(path: Path, trouble: OSError) -> UnreadableFile:
    """Return the error for a file that the system does not let us read."""
    reason = (trouble.strerror or "input error").lower()
    return UnreadableFile(path.name, reason)


def tidy(label: str) -> str:
    """Return a header cell as it is compared: lower case, single spaces, no stray quotes."""
    return " ".join(label.replace("\ufeff", " ").replace("\0", "").split()).strip("\"' ").lower()
