"""Which export a file is, told by its header; what is no statement is refused with its name.

The header is looked for in the first lines, under any preamble, with each delimiter. No row is
read here but the first few, to learn how the file writes decimals.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple, overload

from coach.brokers.base import printable
from coach.brokers.statements import clocks, content, foreign, json_trades, workbook
from coach.brokers.statements.clock_choice import ClockEvidence, choose_clock, time_cells
from coach.brokers.statements.decimals import writes_comma
from coach.brokers.statements.formats import (
    binance_trades,
    binance_trades_old,
    coinbase_fills,
    coinbase_history,
    generic,
    kraken_trades,
)
from coach.brokers.statements.formats.binance_trades import is_surely_binance
from coach.brokers.statements.mapping import shelf
from coach.brokers.statements.mapping.choice import MappingChoice, unmapped
from coach.brokers.statements.mapping.layout import StatementMapping
from coach.brokers.statements.mapping.rows import format_of
from coach.brokers.statements.mapping.shelf import LazyProducts
from coach.brokers.statements.records import Dialect, cells
from coach.brokers.statements.sheet import StatementSheet, tidy, unreadable_file
from coach.brokers.statements.statement import Format, Statement
from coach.brokers.statements.unreadable import shown
from coach.brokers.statements.workbook import WORKBOOKS, TextFolder
from coach.errors import Invalid, NotAStatement, NotFound, UnreadableFile

DELIMITERS = (",", ";", "\t")
DEEPEST_HEADER = 20
FIRST_ROWS = 200
MOST_COLUMNS_NAMED = 12
LEAST_LIKENESS_TO_THE_TEMPLATE = 0.6
"""A share of the required columns."""
ROWS_THAT_PROVE = 5

TABLES = {
    **dict.fromkeys(WORKBOOKS, workbook.is_written_as_text),
    "JSON": json_trades.is_written_as_text,
}
"""What writes the table of a file that is no text of columns, by what the file looks like."""

REGISTRY = {
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
"""Every format of one row to a trade, by its name."""

FORMATS = {name: format_.about for name, format_ in REGISTRY.items()}
"""What each of them is, by its name."""


def every() -> Mapping[str, Format]:
    """Return those, and the ledgers, whose trades are several rows each; their modules are many."""
    from coach.brokers.statements.ledgers.catalogue import LEDGERS

    return {**REGISTRY, **LEDGERS}


class _EveryFormat(Sequence[Format]):
    """All formats in their order; ledgers are loaded when none of the others is the file's."""

    def __iter__(self) -> Iterator[Format]:
        yield from REGISTRY.values()
        yield from self._all()[len(REGISTRY) :]

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> Format: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Format]: ...

    def __getitem__(self, at: int | slice) -> Format | Sequence[Format]:
        return self._all()[at]

    def _all(self) -> tuple[Format, ...]:
        return tuple(every().values())


class _Header(NamedTuple):
    """What may be a header: the lines up to and including it, how it is written, its cells.

    `names` are its cells tidied, without their clocks; `rows` are the lines below it.
    """

    above: int
    dialect: Dialect
    labels: list[str]
    names: tuple[str, ...]
    rows: Sequence[str]

    @property
    def first(self) -> list[str]:
        """Return the cells of the first row below."""
        line = next((line for line in self.rows if line.strip()), "")
        return cells(line, self.dialect)


def open_statement(
    path: Path,
    as_format: str | None = None,
    *,
    file_name: str = "",
    zone: tzinfo | None = None,
    choice: MappingChoice | None = None,
) -> Statement:
    """Recognise a file, or read it as the format or the mapping that was named.

    `file_name` is what the person calls the file, where `path` is a copy; `zone` is the clock that
    they say its times are on, `choice` how they map its columns, and the mappings that they have.
    Raises NotFound, UsageError (no such format, not a readable file), NotAStatement, UnknownClock
    or UnansweredMapping.
    """
    choice = choice or MappingChoice()
    named = _mapping_named(as_format, choice)
    is_mapped = bool(named or choice.columns)
    candidates = [] if is_mapped else _candidates(as_format)
    file = _text_of(path, file_name)
    stranger = None
    for header in () if is_mapped else _headers(file.lines):
        format_ = _recognised(header, candidates)
        if format_ is not None:
            _check_no_column_twice(path, format_, header.names)
            return _on_its_clock(_sheet(file, header), format_, file, zone)
        stranger = foreign.recognised(header.names)
        if stranger is not None:
            break
    if as_format not in every():
        mapped = _mapped(file, named, choice, zone)
        if mapped is not None:
            return mapped
    if stranger is not None:
        raise _stranger(file, stranger, choice)
    raise _another(path, file.lines) or _unknown(file, candidates, choice)


class StatementFile(NamedTuple):
    """A file of text: its first lines, and what its owner calls it.

    `kept` is the folder that holds it, where it was made of a workbook.
    """

    path: Path
    encoding: str
    lines: Sequence[str]
    name: str
    kept: object = None


def _text_of(path: Path, file_name: str) -> StatementFile:
    start = _start(path)
    looks_like = content.not_text(start)
    encoding = content.encoding(start)
    text = start.decode(encoding, errors="replace")
    looks_like = looks_like or content.markup(text)
    if looks_like in TABLES:
        folder = TextFolder()
        text_file = folder.path / path.name
        if TABLES[looks_like](path, text_file):
            return _text_of(text_file, file_name)._replace(kept=folder)
    if looks_like:
        advice = foreign.FILE_ADVICE.get(looks_like)
        hint = f"{advice}; or {foreign.TEMPLATE_HINT}" if advice else foreign.TEMPLATE_HINT
        raise NotAStatement(hint, file=path.name, looks_like=looks_like)
    lines = re.split(r"\r\n|\r|\n", text)
    return StatementFile(path, encoding, lines, file_name or path.name)


def _mapped(
    file: StatementFile,
    named: Sequence[StatementMapping],
    choice: MappingChoice,
    zone: tzinfo | None,
) -> Statement | None:
    """Return the file as the first mapping that fits one of its first lines reads it."""
    products = named or LazyProducts()
    known = replace(choice, remembered=()) if named else choice
    headers = list(_headers(file.lines))
    for header in headers:
        sheet = _sheet(file, header)
        mapping = known.mapping_for(sheet, products)
        if mapping is not None:
            settled = known.settled(mapping, sheet)
            statement = _on_its_clock(sheet, format_of(settled, sheet.names), file, zone)
            return statement.mapped_by(replace(mapping, header=tuple(sheet.names)), settled)
    known.refuse_unfit(file.path.name, [header.names for header in headers], named)
    return None


def _mapping_named(as_format: str | None, choice: MappingChoice) -> tuple[StatementMapping, ...]:
    """Return the mapping that was named where no format has that name."""
    if as_format is None or as_format in every():
        return ()
    known = (*choice.remembered, *shelf.shipped())
    return tuple(mapping for mapping in known if mapping.name == as_format)[:1]


def _on_its_clock(
    sheet: StatementSheet, format_: Format, file: StatementFile, zone: tzinfo | None
) -> Statement:
    evidence = _clock_evidence(sheet, format_, file.lines, file.name)
    return Statement(sheet, format_, choose_clock(evidence, zone))


def _stranger(
    file: StatementFile, stranger: foreign.Foreign, choice: MappingChoice
) -> NotAStatement:
    """Return the refusal of a kind of file that is known; one of trades can still be mapped."""
    if stranger.is_mappable:
        sheets = [_sheet(file, header) for header in _headers(file.lines)]
        found = unmapped(file.path.name, sheets, stranger.looks_like, choice, stranger.instead)
        if found is not None:
            return found
    return NotAStatement(stranger.hint, file=file.path.name, looks_like=stranger.looks_like)


def _sheet(file: StatementFile, header: _Header) -> StatementSheet:
    labels = tuple(printable(label.replace("\ufeff", "").strip()) for label in header.labels)
    comma = writes_comma(header.rows[:FIRST_ROWS], header.dialect)
    return StatementSheet(
        *(file.path, file.encoding, header.dialect, header.above, labels, header.names, comma),
        kept=file.kept,
    )


def _without_clocks(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(clocks.in_label(tidy(label))[0] for label in labels)


def _clock_evidence(
    sheet: StatementSheet, format_: Format, lines: Sequence[str], file_name: str
) -> ClockEvidence:
    known = list(format_.canonical(sheet.names))
    place = known.index(format_.time) if format_.time in known else 0  # read by position: the first
    first = lines[sheet.above : sheet.above + FIRST_ROWS]
    return ClockEvidence(
        file_name,
        lines[: sheet.above - 1],
        tidy(sheet.labels[place]),
        time_cells(first, sheet.dialect, place),
        format_.documented_zone,
        format_.names_zone,
    )


def _candidates(as_format: str | None) -> Sequence[Format]:
    if as_format is None:
        return _EveryFormat()
    formats = every()
    if as_format not in formats:
        near = difflib.get_close_matches(as_format, formats, 1)
        meant = f"did you mean {near[0]}? " if near else ""
        known = ", ".join(formats)
        raise Invalid("format", f"not {as_format!r}", f"one of {known}", hint=meant.rstrip())
    return [formats[as_format]]


def _start(path: Path) -> bytes:
    if not path.exists():
        raise NotFound(kind="file", name=str(path))
    if not path.is_file():
        raise UnreadableFile(path.name, "it is not a file")
    try:
        return content.head(path)
    except OSError as trouble:
        raise unreadable_file(path, trouble) from None


def _headers(lines: Sequence[str]) -> Iterator[_Header]:
    for above, line in enumerate(lines[:DEEPEST_HEADER], start=1):
        for delimiter in DELIMITERS:
            dialect = Dialect(delimiter)
            labels = cells(line, dialect)
            if _are_in_single_quotes(labels):
                dialect = Dialect(delimiter, quote="'")
                labels = cells(line, dialect)
            if len(labels) > 1 and any(label.strip() for label in labels):
                yield _Header(above, dialect, labels, _without_clocks(labels), lines[above:])


def _are_in_single_quotes(labels: Sequence[str]) -> bool:
    written = [label.replace("\ufeff", "").strip() for label in labels if label.strip()]
    return bool(written) and all(len(one) > 1 and one[0] == one[-1] == "'" for one in written)


def _recognised(header: _Header, candidates: Sequence[Format]) -> Format | None:
    """Return the format of a header: by its words, and by position where it alone was named."""
    for format_ in candidates:
        if not format_.missing(header.names):
            return format_ if is_surely_binance(header.names, header.first) else None
    if list(candidates) != [binance_trades.FORMAT] or foreign.recognised(header.names) is not None:
        return None
    return binance_trades.FORMAT if _reads_by_position(header) else None


def _reads_by_position(header: _Header) -> bool:
    """Tell whether the first rows are a Binance trade history's, whatever the header says."""
    lines = [line for line in header.rows[:FIRST_ROWS] if line.strip()][:ROWS_THAT_PROVE]
    rows = [cells(line, header.dialect) for line in lines]
    return bool(rows) and all(map(binance_trades.reads_by_position, rows))


def _check_no_column_twice(path: Path, format_: Format, names: Sequence[str]) -> None:
    here = list(format_.canonical(names))
    for name in format_.required:
        if here.count(name) > 1:
            looks_like = f"its column {name!r} stands twice"
            raise NotAStatement("rename one of the two", file=path.name, looks_like=looks_like)


def _another(path: Path, lines: Sequence[str]) -> NotAStatement | None:
    """Return the refusal of a file that is a known export, but not the one that was named."""
    for header in _headers(lines):
        format_ = _recognised(header, _EveryFormat())
        if format_ is not None:
            name = format_.info.name
            looks_like = f"{name}: {format_.about}"
            return NotAStatement(
                remedy="leave_format_out", file=path.name, looks_like=looks_like, format=name
            )
    return None


def _unknown(
    file: StatementFile, candidates: Sequence[Format], choice: MappingChoice
) -> NotAStatement:
    path, lines = file.path, file.lines
    widest = max(_headers(lines), key=lambda header: len(header.labels), default=None)
    if widest is None:
        looks_like = "a text without columns"
    elif not any(re.search(r"[^\W\d_]{2}", label) for label in widest.labels):
        looks_like = "rows of numbers without a header (candles, or a market's trades?)"
    else:
        looks_like = _columns_seen(widest, candidates)
        sheets = (
            [_sheet(file, header) for header in _headers(lines)] if len(candidates) != 1 else []
        )
        found = unmapped(path.name, sheets, looks_like, choice)
        by_position = len(candidates) > 1 and _reads_by_position(widest)
        if found is not None and not (by_position and found.lacks):
            return found
        if by_position:
            return NotAStatement(
                remedy="name_format",
                file=path.name,
                looks_like=looks_like,
                format=binance_trades.FORMAT.info.name,
                otherwise=foreign.TEMPLATE_HINT,
            )
    return NotAStatement(foreign.TEMPLATE_HINT, file=path.name, looks_like=looks_like)


def _columns_seen(header: _Header, candidates: Sequence[Format]) -> str:
    labels = header.labels
    seen = ", ".join(shown(label) for label in labels[:MOST_COLUMNS_NAMED])
    more = ", …" if len(labels) > MOST_COLUMNS_NAMED else ""
    known = candidates if len(candidates) == 1 else [generic.FORMAT]
    like = [one for one in known if len(candidates) == 1 or _is_like(header)]
    if not like:
        return f"its columns {seen}{more} belong to no known export"
    nearest = min(like, key=lambda one: len(one.missing(header.names)) / len(one.required))
    lacks = ", ".join(nearest.missing(header.names))
    return f"its columns are {seen}{more}; nearest is {nearest.info.name}, which also needs {lacks}"


def _is_like(header: _Header) -> bool:
    """Return whether a header is nearly that of coach's own template."""
    missing = len(generic.FORMAT.missing(header.names))
    most = (1 - LEAST_LIKENESS_TO_THE_TEMPLATE) * len(generic.FORMAT.required)
    return 0 < missing <= most
