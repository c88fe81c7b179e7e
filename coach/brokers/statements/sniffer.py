"""Which export a file is, told by its header; what is no statement is refused with its name.

The header is looked for in the first lines, under any preamble, with each delimiter. No row is
read here but the first few, to learn how the file writes decimals.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path

from coach.brokers.statements import (
    binance_trades,
    binance_trades_old,
    clocks,
    coinbase_fills,
    coinbase_history,
    content,
    foreign,
    generic,
    kraken_trades,
)
from coach.brokers.statements.clock_choice import ClockEvidence, choose_clock, time_cells
from coach.brokers.statements.decimals import writes_comma
from coach.brokers.statements.records import cells
from coach.brokers.statements.sheet import Sheet, tidy, unreadable_file
from coach.brokers.statements.statement import Format, Statement
from coach.brokers.statements.unreadable import shown
from coach.errors import NotAStatement, NotFound, UsageError

DELIMITERS = (",", ";", "\t")
DEEPEST_HEADER = 20
FIRST_ROWS = 200
MOST_COLUMNS_NAMED = 12
LEAST_LIKENESS = 0.3

_FORMATS = {
    format_.info.name: format_
    for format_ in (
        generic.FORMAT,
        coinbase_history.FORMAT,
        coinbase_fills.FORMAT,
        binance_trades.FORMAT,
        binance_trades_old.FORMAT,
        kraken_trades.FORMAT,
    )
}
FORMATS = {name: format_.about for name, format_ in _FORMATS.items()}
"""Every statement format that coach reads, by the name that `--as` takes."""

_Header = tuple[int, str, list[str]]
"""Lines up to and including the header, the delimiter, and the header's cells."""


def open_statement(
    path: Path,
    as_format: str | None = None,
    *,
    file_name: str = "",
    zone: tzinfo | None = None,
) -> Statement:
    """Recognise a file, or read it as the format that was named.

    `file_name` is what the person calls the file, where `path` is a copy; `zone` is the clock that
    they say its times are on. Raises NotFound, UsageError (no such format, not a readable file),
    NotAStatement or UnknownClock.
    """
    candidates = _candidates(as_format)
    start = _start(path)
    encoding = content.encoding(start)
    text = start.decode(encoding, errors="replace")
    looks_like = content.not_text(start) or content.markup(text)
    if looks_like:
        raise NotAStatement(foreign.TEMPLATE_HINT, file=path.name, looks_like=looks_like)
    lines = re.split(r"\r\n|\r|\n", text)
    for header in _headers(lines):
        above, delimiter, labels = header
        names = _without_clocks(labels)
        format_ = _recognised(names, candidates, lines, header)
        if format_ is not None:
            _check_no_column_twice(path, format_, names)
            comma = writes_comma(lines[above : above + FIRST_ROWS], delimiter)
            sheet = Sheet(path, encoding, delimiter, above, tuple(labels), names, comma)
            evidence = _clock_evidence(sheet, format_, lines, file_name or path.name)
            return Statement(sheet, format_, choose_clock(evidence, zone))
        stranger = foreign.recognised(tuple(map(tidy, labels)))
        if stranger is not None:
            raise NotAStatement(stranger.hint, file=path.name, looks_like=stranger.looks_like)
    raise _another(path, lines) or _unknown(path, lines, candidates)


def _without_clocks(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(clocks.in_label(tidy(label))[0] for label in labels)


def _clock_evidence(
    sheet: Sheet, format_: Format, lines: Sequence[str], file_name: str
) -> ClockEvidence:
    known = list(format_.canonical(sheet.names))
    place = known.index(format_.time) if format_.time in known else 0  # read by position: the first
    first = lines[sheet.above : sheet.above + FIRST_ROWS]
    return ClockEvidence(
        file_name,
        lines[: sheet.above - 1],
        tidy(sheet.labels[place]),
        time_cells(first, sheet.delimiter, place),
        format_.documented_zone,
    )


def _candidates(as_format: str | None) -> list[Format]:
    if as_format is None:
        return list(_FORMATS.values())
    if as_format not in _FORMATS:
        near = difflib.get_close_matches(as_format, _FORMATS, 1)
        meant = f"did you mean {near[0]}? " if near else ""
        known = ", ".join(_FORMATS)
        raise UsageError(f"{meant}formats: {known}", what=f"no statement format {as_format!r}")
    return [_FORMATS[as_format]]


def _start(path: Path) -> bytes:
    if not path.exists():
        raise NotFound(kind="file", name=str(path))
    if not path.is_file():
        raise UsageError(what=f"{path.name} is not a file")
    try:
        return content.head(path)
    except OSError as trouble:
        raise unreadable_file(path, trouble) from None


def _headers(lines: Sequence[str]) -> Iterator[_Header]:
    for above, line in enumerate(lines[:DEEPEST_HEADER], start=1):
        for delimiter in DELIMITERS:
            labels = cells(line, delimiter)
            if len(labels) > 1 and any(label.strip() for label in labels):
                yield above, delimiter, labels


def _recognised(
    names: Sequence[str], candidates: Sequence[Format], lines: Sequence[str], header: _Header
) -> Format | None:
    for format_ in candidates:
        if not format_.missing(names):
            return format_
    above, delimiter, _ = header
    first = next((line for line in lines[above:] if line.strip()), "")
    if binance_trades.FORMAT in candidates and len(names) == len(binance_trades.REQUIRED):
        row = cells(first, delimiter)
        return binance_trades.FORMAT if binance_trades.reads_by_position(row) else None
    return None


def _check_no_column_twice(path: Path, format_: Format, names: Sequence[str]) -> None:
    here = list(format_.canonical(names))
    for name in format_.required:
        if here.count(name) > 1:
            looks_like = f"its column {name!r} stands twice"
            raise NotAStatement("rename one of the two", file=path.name, looks_like=looks_like)


def _another(path: Path, lines: Sequence[str]) -> NotAStatement | None:
    """Return the refusal of a file that is a known export, but not the one that was named."""
    every = list(_FORMATS.values())
    for header in _headers(lines):
        format_ = _recognised(_without_clocks(header[2]), every, lines, header)
        if format_ is not None:
            name = format_.info.name
            hint = f"leave --as out, or say --as {name}"
            return NotAStatement(hint, file=path.name, looks_like=f"{name}: {format_.about}")
    return None


def _unknown(path: Path, lines: Sequence[str], candidates: Sequence[Format]) -> NotAStatement:
    widest = max(_headers(lines), key=lambda header: len(header[2]), default=None)
    if widest is None:
        looks_like = "a text without columns"
    elif not any(re.search(r"[^\W\d_]{2}", label) for label in widest[2]):
        looks_like = "rows of numbers without a header (candles, or a market's trades?)"
    else:
        looks_like = _columns_seen(widest[2], candidates)
    return NotAStatement(foreign.TEMPLATE_HINT, file=path.name, looks_like=looks_like)


def _columns_seen(labels: Sequence[str], candidates: Sequence[Format]) -> str:
    names = _without_clocks(labels)
    seen = ", ".join(shown(label) for label in labels[:MOST_COLUMNS_NAMED])
    more = ", …" if len(labels) > MOST_COLUMNS_NAMED else ""
    nearest = min(candidates, key=lambda one: len(one.missing(names)) / len(one.required))
    missing = nearest.missing(names)
    if len(candidates) > 1 and len(missing) > (1 - LEAST_LIKENESS) * len(nearest.required):
        return f"its columns {seen}{more} belong to no known export"
    lacks = ", ".join(missing)
    return f"its columns are {seen}{more}; nearest is {nearest.info.name}, which also needs {lacks}"
