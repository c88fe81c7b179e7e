"""Sheets of the lab: CSV with a header, plain or gzipped.

Columns stand in any order, further ones are ignored. What cannot be read is refused with its file,
line and column. Times without a zone are UTC; seconds, milliseconds and microseconds since 1970
are told apart by their size.
"""

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from math import nan
from pathlib import Path
from typing import TypeVar

from coach.errors import MalformedFile, UnreadableFile
from coach.model.machine.inputs import bounded_lines
from coach.model.times import microseconds

GZIP = b"\x1f\x8b"
ALSO = {"quantity": "qty", "timestamp": "time", "utc_offset": "utc_offset_h"}
SMALLEST, LARGEST = Decimal("1e-30"), Decimal("1e30")
LONGEST = 60
SECONDS, MILLISECONDS = 1e11, 1e14
LATEST_US = 253_402_300_800_000_000
US = 1_000_000
HINTS = {
    "time": "write it like 2026-04-01T09:00:00Z, or as seconds since 1970",
    "side": "buy or sell",
}
NUMBER_HINT = "write it like 1234.5, with a point and without separators of thousands"
Parsed = TypeVar("Parsed")
Cells = tuple[str, ...]


class SheetReader:
    """A file that is read row by row; cells come in the order of the columns asked for.

    A column of `may` that is not there gives empty cells; `has` says which are.
    """

    def __init__(self, path: Path, must: Sequence[str], may: Sequence[str] = ()) -> None:
        self.path = path
        self.line = 0
        self.columns = (*must, *may)
        self.has: frozenset[str] = frozenset()
        self._must = must

    def rows(self) -> Iterator[Cells]:
        """Yield the cells of each row that is not blank; `line` is where it ended."""
        with opened(self.path) as lines:
            reader = csv.reader(lines)
            take = self._places(next(reader, []))
            last = max(take)
            for row in reader:
                if not row:
                    continue
                self.line = reader.line_num
                if len(row) <= last:
                    raise MalformedFile(
                        self.path.name,
                        f"{len(row)} cells are too few",
                        "give every row all of the header's columns",
                        line=self.line,
                    )
                yield tuple([row[place].strip() if place >= 0 else "" for place in take])

    def parsed(self, column: str, text: str, parse: Callable[[str], Parsed]) -> Parsed:
        """Return what the cell says, or raise UsageError with its place."""
        try:
            return parse(text)
        except (ValueError, InvalidOperation, OverflowError) as trouble:
            own = str(trouble) if type(trouble) is ValueError and trouble.args else ""
            reason = (
                own
                if own.startswith(("it ", "invalid time", "invalid offset"))
                else f"{text!r} cannot be read"
            )
            raise self.wrong(column, reason) from None

    def wrong(self, column: str, reason: str) -> MalformedFile:
        """Return the error for a cell of the row just read."""
        hint = HINTS.get(column, NUMBER_HINT)
        return MalformedFile(self.path.name, reason, hint, line=self.line, column=column)

    def _places(self, header: Sequence[str]) -> list[int]:
        names = [name.strip().lower() for name in header]
        names = [name if name in self.columns else ALSO.get(name, name) for name in names]
        wanted = ",".join(self.columns)
        if not any(names):
            raise MalformedFile(self.path.name, "is empty", f"its header is {wanted}")
        missing = [column for column in self._must if column not in names]
        if missing:
            reason = f"has no column {' and no column '.join(missing)}"
            hint = f"the first line names the columns: {wanted}"
            raise MalformedFile(self.path.name, reason, hint)
        self.has = frozenset(names)
        return [names.index(column) if column in names else -1 for column in self.columns]


def read_time(text: str) -> int:
    """Return microseconds since 1970; ValueError for what is no time."""
    try:
        at = datetime.fromisoformat(text) if "-" in text[1:] else None
        if at is None:
            return _since_1970(text)
        return microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    except ValueError:
        raise ValueError(f"invalid time {text!r}" if text else "it is empty") from None


def _since_1970(text: str) -> int:
    number = Decimal(text) if text.replace(".", "", 1).isdigit() else Decimal(-1)
    if number < 0:
        raise ValueError
    scale = US if number < SECONDS else 1_000 if number < MILLISECONDS else 1
    at_us = round(number * scale)
    if at_us >= LATEST_US:
        raise ValueError
    return at_us


def positive(text: str) -> Decimal:
    """Return a decimal above zero; ValueError or InvalidOperation otherwise."""
    number = Decimal(text) if len(text) <= LONGEST else Decimal("nan")
    if not SMALLEST <= number <= LARGEST:
        raise ValueError(f"it is not above zero: {text!r}")
    return number


def fee(text: str) -> Decimal:
    """Return a decimal of any sign, 0 for an empty cell."""
    number = Decimal(text or 0) if len(text) <= LONGEST else Decimal("nan")
    if not -LARGEST <= number <= LARGEST:
        raise ValueError(f"it is too large: {text!r}")
    if number and abs(number) < SMALLEST:
        return Decimal(0)
    return number


def price(text: str) -> float:
    """Return a float, nan for an empty cell."""
    return float(text) if text else nan


@contextmanager
def opened(path: Path) -> Iterator[Iterator[str]]:
    """Open the lines of a CSV, plain or gzipped; UsageError where it cannot be read."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(len(GZIP)) == GZIP
        opener = gzip.open if zipped else open
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            yield bounded_lines(lines)
    except FileNotFoundError:
        reason = "there is no such file"
        raise UnreadableFile(str(path), reason, "give the path of a CSV") from None
    except UnicodeDecodeError:
        raise MalformedFile(path.name, "is no UTF-8 text", "save it as UTF-8") from None
    except (OSError, EOFError, csv.Error, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        raise UnreadableFile(path.name, reason) from trouble
