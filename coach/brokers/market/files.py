"""Candles from a file: `time,symbol,open,high,low,close,volume`, plain or gzipped.

Columns in any order; further ones are ignored. A time is RFC 3339 with its zone, or seconds,
milliseconds or microseconds since 1970. A symbol may be given from outside where the file has no
such column. Rows may come in any order.

The file is read once. Its bars are held until its end, when each symbol's length of a bar is known
and a symbol is refused of which too much cannot be true; then whole weeks are handed out. Memory is
bounded: what is too much for it is held on the disk (`held`).
"""

import gzip
import re
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain, count, islice
from math import gcd
from operator import itemgetter, sub
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from coach.brokers.market.base import bar, numbers
from coach.brokers.market.check import MOST_BAD, Faults, check, flaw, is_possible, off_grid
from coach.brokers.market.held import FileRow, HeldBars
from coach.brokers.statements.records import ENDLESS, Dialect, Record, cells, plain_rows, records
from coach.errors import Missing, NotCandles, UnreadableFile
from coach.model.accounts import MOST_SKIPPED_TOLD, SkippedRow
from coach.model.candles import DAY, Candle, CandleWindow, Granularity, week_of
from coach.model.fills import Symbol
from coach.model.machine.inputs import LARGEST_INPUT, LONGEST_LINE, InputTooLarge
from coach.model.times import SECOND_US, microseconds

PRICES = ("open", "high", "low", "close", "volume")
REQUIRED = ("time", *PRICES)
DELIMITERS = ",;\t"
GZIP_MAGIC = b"\x1f\x8b"
LONGEST_HEADER = 10_000
BLOCK = 2_000
"""Lines of a file that are read together."""
SEEN_OFTEN = 0.05
"""A distance between bars counts for their length when this share of the distances is like it."""
SYMBOL = re.compile(r"[A-Z0-9.]{1,20}(?:-[A-Z0-9.]{1,20})?", re.ASCII)
EPOCH_TIME = re.compile(r"(\d{9,16})(?:\.0+)?", re.ASCII)
UNITS = ((11, SECOND_US), (14, 1000), (17, 1))
"""Longest number of digits that is still seconds, milliseconds, microseconds."""
LATEST_US = microseconds(datetime(2200, 1, 1, tzinfo=UTC))
MOST_SYMBOLS = 10_000
TEMPLATE = "time,symbol,open,high,low,close,volume"
NEW_CANDLE: Callable[[Iterable[object]], Candle] = partial(tuple.__new__, Candle)
NEW_ROW: Callable[[Iterable[object]], FileRow] = partial(tuple.__new__, FileRow)
"""What `_make` does, without its check of the length: half of what a bar takes to be made."""


@dataclass(slots=True)
class SkippedRows:
    """Rows that are not among the bars: how many, and the first MOST_SKIPPED_TOLD of them."""

    count: int = 0
    rows: list[SkippedRow] = field(default_factory=list)

    def add(self, line: int, column: str, reason: str) -> None:
        """Count a row, and keep why."""
        self.count += 1
        if len(self.rows) < MOST_SKIPPED_TOLD:
            self.rows.append(SkippedRow(line, column, reason))


class RowBlock(NamedTuple):
    """Some rows of a file: their bars, and the rows that are none."""

    bars: list[FileRow]
    skipped: list[SkippedRow]


@dataclass(frozen=True, slots=True)
class FileSeries:
    """A symbol of the file: the length of its bars, and its stretch of time."""

    symbol: Symbol
    granularity: Granularity
    window: CandleWindow


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found; `refused` says why of a symbol nothing is taken."""

    series: dict[Symbol, FileSeries]
    refused: dict[Symbol, str]
    skipped: SkippedRows
    held: HeldBars


class FileWeek(NamedTuple):
    """One week of one symbol, in order of time, and what was wrong in it."""

    symbol: Symbol
    granularity: Granularity
    week: date
    candles: list[Candle]
    faults: Faults


class CandleFile:
    """A file of candles; `only` names its symbol, or the one to take of several."""

    def __init__(self, path: Path, only: Symbol | None = None, label: str = "") -> None:
        self._path = path
        self._only = only
        self._label = label or path.name

    def survey(self) -> Survey:
        """Read the file, and learn what is in it."""
        skipped, held = SkippedRows(), HeldBars()
        found: defaultdict[Symbol, _SymbolPass] = defaultdict(_SymbolPass)
        for block in self._blocks():
            good = [row for row in block.bars if is_possible(row.candle)]
            for _, symbol, candle in good:
                found[symbol].starts.append(candle[0])
            held.add(good)
            if block.skipped or len(good) < len(block.bars):
                _skip_rows(block, found, skipped)
        series, refused = {}, {}
        for symbol, seen in found.items():
            settled = _settled(symbol, seen, held)
            if isinstance(settled, str):
                refused[symbol] = settled
            else:
                series[symbol] = settled
        return Survey(series, refused, skipped, held)

    @staticmethod
    def weeks(survey: Survey) -> Iterator[FileWeek]:
        """Hand out the weeks once; what is dropped only now joins the rows that were skipped."""
        held = survey.held
        for key in held.weeks_of(survey.series):
            yield _checked(survey.series[key[0]], held.rows(key), survey.skipped)
            held.release(key)

    def _blocks(self) -> Iterator[RowBlock]:
        """Yield the rows of the file, many at a time.

        A quote may hold lines together: from the first one on, rows are read one by one.
        """
        with self._opened() as file:
            delimiter, names = self._header(file)
            dialect, reader = Dialect(delimiter), _CandleFileReader(names, self._only)
            lines, first = _lines(file), 2
            while block := list(islice(lines, BLOCK)):
                rows = plain_rows(block, dialect, len(names))
                if rows is not None:
                    yield reader.read_rows(first, rows)
                else:
                    held_together = any(dialect.quote in line for line in block)
                    further = lines if held_together else iter(())
                    alone = records(chain(block, further), dialect, len(names), first)
                    while some := list(islice(alone, BLOCK)):
                        yield reader.read_block(some)
                first += BLOCK

    def _header(self, file: TextIO) -> tuple[str, list[str]]:
        text = file.readline(LONGEST_HEADER)
        for delimiter in DELIMITERS:
            names = [name.strip().lower() for name in cells(text, Dialect(delimiter))]
            if set(REQUIRED) <= set(names):
                if "symbol" not in names and self._only is None:
                    taker = f"{self._label} does not say whose candles these are: it"
                    raise Missing(taker, "symbols", remedy="name_symbol")
                return delimiter, names
        raise self._not_candles(f"its first line is not {TEMPLATE}")

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        try:
            with self._path.open("rb") as raw:
                zipped = raw.read(2) == GZIP_MAGIC
            opener = gzip.open if zipped else open
            with opener(self._path, "rt", encoding="utf-8-sig", errors="replace") as file:
                yield cast("TextIO", file)
        except InputTooLarge as trouble:
            raise self._not_candles(str(trouble)) from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise self._not_candles("a gzip file that breaks off or is damaged") from None
        except OSError as trouble:
            raise UnreadableFile(self._label, trouble.strerror or str(trouble)) from trouble

    def _not_candles(self, looks_like: str) -> NotCandles:
        hint = f"the columns are {TEMPLATE}, see docs/candles.md"
        return NotCandles(hint, file=self._label, looks_like=looks_like)


def _lines(file: TextIO) -> Iterator[str]:
    """Yield lines; one without an end is cut, so that no file can fill the memory."""
    lines, total = iter(partial(file.readline, LONGEST_LINE), ""), 0
    for line in lines:
        total += len(line)
        if total > LARGEST_INPUT:
            raise InputTooLarge(f"it is larger than {LARGEST_INPUT / 1e9:g} GB unpacked (limit)")
        yield line


class _CandleFileReader:
    """The places of the columns, and the symbols seen so far."""

    def __init__(self, names: list[str], only: Symbol | None) -> None:
        self._time = names.index("time")
        self._figures = itemgetter(*(names.index(name) for name in PRICES))
        self._symbol = names.index("symbol") if "symbol" in names else None
        self._width = len(names)
        self._only = only
        self._known: dict[str, Symbol] = {}

    def read_rows(self, first: int, rows: Sequence[list[str]]) -> RowBlock:
        """Return the bars of rows of the header's width, as `read` has them one by one."""
        columns = list(zip(*rows, strict=True))
        times = {text: time_us(text) for text in set(columns[self._time])}
        symbols = self._all_named(columns, len(rows))
        if not symbols or None in times.values():
            return self.read_block((first + place, [*row, ""]) for place, row in enumerate(rows))
        starts = [times[text] for text in columns[self._time]]
        candles = map(NEW_CANDLE, zip(starts, *map(numbers, self._figures(columns)), strict=True))
        return RowBlock(list(map(NEW_ROW, zip(count(first), symbols, candles, strict=False))), [])

    def _all_named(self, columns: Sequence[Sequence[str]], rows: int) -> list[Symbol]:
        """Return the symbol of each row; none where one has no symbol, or another than is taken."""
        if self._symbol is None:
            return [] if self._only is None else [self._only] * rows
        named = {text: self._named(text) for text in dict.fromkeys(columns[self._symbol])}
        only = self._only
        taken = {text: name for text, name in named.items() if name and only in {None, name}}
        return [taken[text] for text in columns[self._symbol]] if len(taken) == len(named) else []

    def read_block(self, block: Iterable[Record]) -> RowBlock:
        """Return the bars of rows, each read alone."""
        read = [self.read(line, row) for line, row in block]
        bars = [one for one in read if isinstance(one, FileRow)]
        return RowBlock(bars, [one for one in read if isinstance(one, SkippedRow)])

    def read(self, line: int, row: list[str]) -> FileRow | SkippedRow | None:
        """Return the bar of a row, or why it is none; None for a blank line or another symbol."""
        if row is ENDLESS or len(row) > self._width + 1:
            return SkippedRow(line, "row", f"expected {self._width} cells, or a field has no end")
        if not any(row):
            return None
        symbol = self._only if self._symbol is None else self._named(row[self._symbol])
        if symbol is None:
            return SkippedRow(line, "symbol", self._no_symbol())
        if self._only is not None and symbol != self._only:
            return None
        start_us = time_us(row[self._time])
        if start_us is None:
            reason = "expected 2026-03-02T09:00:00Z with its zone, or seconds since 1970"
            return SkippedRow(line, "time", reason)
        return FileRow(line, symbol, bar(start_us, self._figures(row)))

    def _no_symbol(self) -> str:
        if len(self._known) < MOST_SYMBOLS:
            return "expected a name such as BTC-USD"
        return f"the file names more than {MOST_SYMBOLS} symbols (limit)"

    def _named(self, text: str) -> Symbol | None:
        known = self._known.get(text)
        if known is None and len(self._known) < MOST_SYMBOLS:
            known = symbol_of(text)
            if known is not None:
                self._known[text] = known
        return known


@dataclass(slots=True)
class _SymbolPass:
    """What is learnt of a symbol while it is read: the start of each bar, and how many are bad."""

    starts: "array[int]" = field(default_factory=lambda: array("q"))
    bad: int = 0


def _skip_rows(block: RowBlock, found: Mapping[Symbol, _SymbolPass], skipped: SkippedRows) -> None:
    """Note the rows that are no bars and the bars that cannot be true, in the file's order."""
    rows = list(block.skipped)
    for line, symbol, candle in block.bars:
        wrong = flaw(candle, 1)
        if wrong is not None:
            found[symbol].bad += 1
            rows.append(SkippedRow(line, *wrong))
    for row in sorted(rows, key=lambda one: one.line):
        skipped.add(row.line, row.column, row.reason)


def symbol_of(text: str) -> Symbol | None:
    """Return a symbol in capitals, `BTC-USD` for `btc/usd`, or None for what cannot be one."""
    name = text.strip().upper().replace("/", "-")
    return Symbol(name) if SYMBOL.fullmatch(name) else None


def time_us(text: str) -> int | None:
    """Return a time as microseconds since 1970, or None; a time without a zone is none."""
    text = text.strip()
    if "-" not in text and (number := EPOCH_TIME.fullmatch(text)):
        digits = number[1]
        unit = next(unit for longest, unit in UNITS if len(digits) < longest + 1)
        at_us = int(digits) * unit
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            return None
        at_us = microseconds(moment)
    return at_us if 0 <= at_us < LATEST_US else None


def length_of_bars(starts: "array[int]") -> int | None:
    """Return the microseconds between bars: what divides every distance that is seen often.

    Bars that are missing make some distances a multiple, a few wrong times make some odd; neither
    changes the length. None where there are not two bars, or no distance is the length itself.
    """
    ordered = sorted(set(starts))
    distances: Counter[int] = Counter(map(sub, ordered[1:], ordered))
    total = distances.total()
    if not total:
        return None
    usual = min(distances, key=lambda one: (-distances[one], one))
    length = usual
    for distance, seen in distances.items():
        if seen >= SEEN_OFTEN * total:
            length = gcd(length, distance)
    return length if length in distances else usual


def _settled(symbol: Symbol, seen: _SymbolPass, held: HeldBars) -> FileSeries | str:
    given = len(seen.starts) + seen.bad
    if seen.bad > MOST_BAD * given:
        return _lies(seen.bad, given)
    length = length_of_bars(seen.starts)
    if length is None:
        return "the length of its bars cannot be seen: it takes two good ones at least"
    if length % SECOND_US or DAY * SECOND_US % length:
        return f"its bars are {length / SECOND_US:g} s long; a length that divides a day is kept"
    misaligned = sum(start % length != 0 for start in seen.starts)
    bad = seen.bad + misaligned + _contradicting(symbol, seen, held)
    if bad > MOST_BAD * given:
        return _lies(bad, given)
    window = CandleWindow(min(seen.starts), max(seen.starts) + length)
    return FileSeries(symbol, Granularity(length // SECOND_US), window)


def _lies(bad: int, given: int) -> str:
    return f"{bad} of {given} bars cannot be true, so none is believed"


def _contradicting(symbol: Symbol, seen: _SymbolPass, held: HeldBars) -> int:
    """Return how many bars share their start with a different one."""
    if len(set(seen.starts)) == len(seen.starts):
        return 0
    found = 0
    for key in held.weeks_of({symbol}):
        bars = [row.candle for row in held.rows(key)]
        unlike = Counter(candle.start_us for candle in set(bars))
        found += sum(unlike[candle.start_us] > 1 for candle in bars)
    return found


def _checked(series: FileSeries, rows: list[FileRow], skipped: SkippedRows) -> FileWeek:
    good, faults = check([row.candle for row in rows], series.granularity, off_grid)
    for dropped in faults.dropped:
        skipped.add(rows[dropped.place].line, dropped.column, dropped.reason)
    week = week_of(rows[0].candle.start_us)
    return FileWeek(series.symbol, series.granularity, week, good, faults)
