"""The bars of a file by symbol and week, held until the whole file is known.

What a file is made of, and whether it can be believed, is known at its end only. Until then its
bars are held: in memory up to MOST_HELD of them, the others as text in a file without a name,
exactly as they were.
"""

from collections.abc import Collection, Iterator
from decimal import Decimal
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast

from coach.model.candles import Candle, week_number
from coach.model.fills import Symbol

MOST_HELD = 300_000
"""Bars in memory, of about 700 bytes each."""


class FileRow(NamedTuple):
    """A bar and the line it stands on."""

    line: int
    symbol: Symbol
    candle: Candle


WeekKey = tuple[Symbol, int]
"""A symbol and the number of the week."""


class HeldBars:
    """Bars in the order of their file, week by week; `close` frees the disk."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._count = 0
        self._weeks: dict[WeekKey, list[FileRow]] = {}
        self._last_lines: dict[WeekKey, int] = {}
        self._blocks: dict[WeekKey, list[tuple[int, int]]] = {}
        self._file: BinaryIO | None = None

    def add(self, rows: Collection[FileRow]) -> None:
        """Hold bars; OSError where there is no room on the disk for what is too much here."""
        weeks = self._weeks
        for row in rows:
            key = row[1], week_number(row[2][0])
            if key in weeks:
                weeks[key].append(row)
            else:
                weeks[key] = [row]
        self._count += len(rows)
        if self._count >= self._most:
            self._move_to_disk()

    def weeks_of(self, symbols: Collection[Symbol]) -> list[WeekKey]:
        """Return the weeks of these symbols in the order in which the file has them complete."""
        last = self._last_lines | {key: rows[-1].line for key, rows in self._weeks.items()}
        return sorted((key for key in last if key[0] in symbols), key=last.__getitem__)

    def rows(self, key: WeekKey) -> list[FileRow]:
        """Return the bars of a week in the order of the file."""
        found: list[FileRow] = []
        if self._file is not None:
            for offset, size in self._blocks.get(key, ()):
                self._file.seek(offset)
                lines = self._file.read(size).decode().splitlines()
                found += [_row(key[0], line) for line in lines]
        return found + self._weeks.get(key, [])

    def release(self, key: WeekKey) -> None:
        """Free the memory of a week."""
        self._weeks.pop(key, None)

    def close(self) -> None:
        """Free the disk."""
        if self._file is not None:
            self._file.close()

    def _move_to_disk(self) -> None:
        if self._file is None:
            self._file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 -- `close` ends it
        for key, rows in self._weeks.items():
            block = "\n".join(_lines(rows)).encode()
            self._blocks.setdefault(key, []).append((self._file.tell(), len(block)))
            self._file.write(block)
            self._last_lines[key] = rows[-1].line
        self._weeks.clear()
        self._count = 0


def _lines(rows: Collection[FileRow]) -> Iterator[str]:
    for line, _, candle in rows:
        yield f"{line} {' '.join(map(str, candle))}"


def _row(symbol: Symbol, text: str) -> FileRow:
    line, start_us, *values = text.split(" ")
    opened, high, low, close, volume = map(Decimal, values)
    return FileRow(int(line), symbol, Candle(int(start_us), opened, high, low, close, volume))
