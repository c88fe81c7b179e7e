"""Physical lines to rows, so that no line is lost and none is read twice.

A quote that is opened and never closed makes a CSV reader swallow the rows below it. Here a row
may run over several lines only when it then has the header's width and none of its further lines
is a row by itself; otherwise each line is read alone. Memory stays at one such run (128 KiB, the
CSV reader's own limit of a field).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Record = tuple[int, list[str]]
"""First line (1-based) and cells: the header's width and one empty cell more, so that place -1
stands for an absent column. Wider rows stay wider.
"""

ENDLESS: list[str] = []
"""Stands for a row with a field longer than the CSV reader takes; compare by identity."""


class Dialect(NamedTuple):
    """How a file separates its cells, and which sign it puts around them."""

    delimiter: str
    quote: str = '"'


def records(lines: Iterable[str], dialect: Dialect, width: int, first: int) -> Iterator[Record]:
    """Yield one record per row; blank lines give empty cells."""
    pending: list[str] = []
    reader = _reader(_keeping(lines, pending), dialect)
    line = first
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = ENDLESS
        if len(row) == width and len(pending) == 1:
            row.append("")
            yield line, row
        else:
            yield from _mended(pending, row, line, (dialect, width))
        line += len(pending)
        pending.clear()


def plain_rows(lines: Sequence[str], dialect: Dialect, width: int) -> list[list[str]] | None:
    """Return the cells of lines without a quote that all are rows of this width, in one go.

    They are those of `records`, without the empty cell; None for any other lines.
    """
    if any(dialect.quote in line for line in lines):
        return None
    try:
        rows = list(_reader(lines, dialect))
    except csv.Error:
        return None
    fit = len(rows) == len(lines) and set(map(len, rows)) <= {width}
    return rows if fit else None


def cells(text: str, dialect: Dialect) -> list[str]:
    """Read one physical line; a line wholly wrapped in quotes is unwrapped."""
    try:
        row = next(_reader([text], dialect), [])
        if len(row) == 1 and dialect.delimiter in row[0]:
            row = next(_reader([row[0]], dialect), [])
    except csv.Error:
        return ENDLESS
    return row


def _reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        lines, delimiter=dialect.delimiter, quotechar=dialect.quote, skipinitialspace=True
    )


def _keeping(lines: Iterable[str], pending: list[str]) -> Iterator[str]:
    for line in lines:
        pending.append(line)
        yield line


def _mended(
    pending: list[str], row: list[str], line: int, shape: tuple[Dialect, int]
) -> Iterator[Record]:
    dialect, width = shape
    if len(pending) > 1 and len(row) == width and _continues(pending, dialect, width):
        row.append("")
        yield line, row
        return
    for offset, text in enumerate(pending):
        yield line + offset, _fitted(text, dialect, width)


def _continues(pending: list[str], dialect: Dialect, width: int) -> bool:
    further = (cells(text, dialect) for text in pending[1:])
    return not any(one is ENDLESS or len(one) >= width for one in further)


def _fitted(text: str, dialect: Dialect, width: int) -> list[str]:
    row = cells(text, dialect)
    twice = dialect.quote * 2
    if len(row) > width and twice in text:
        again = cells(text.replace(twice, dialect.quote), dialect)
        row = again if len(again) == width else row
    if row is ENDLESS:
        return row
    while len(row) > width and not row[-1].strip():
        row.pop()
    row.extend([""] * (width - len(row)))
    row.append("")
    return row
