"""The files of an evaluation: fills, labels, traders and candles, and what was odd about them."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.features.bars import NO_MARKET, Bars, Columns, Market, bars, believable
from coach.engine.lab.evaluate import names
from coach.engine.lab.evaluate.trial import TrialCase, TrueLabel, Truth
from coach.engine.lab.judge import LabFill, Profile, book_symbol
from coach.engine.lab_files import table
from coach.engine.lab_files.table import Cells, SheetReader
from coach.engine.reports.evaluation import GivenTraders
from coach.engine.statistics.arrays import Integers
from coach.model.fills import Side

FILLS = ("trader", "trade_id", "time", "symbol", "side", "qty", "price", "fee")
LABELS = ("trader", "trade_id", "bias")
TRADERS = ("archetype", "bias", "intensity", "utc_offset_h", "start_equity", "way")
SIDES: Mapping[str, Side] = {"buy": "buy", "sell": "sell", "b": "buy", "s": "sell"}
CANDLES = ("time", "symbol", "open", "high", "low", "close")
LARGEST_OFFSET = 26.0
BLATANT = 1.0
NAMED = 5


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files are; only the fills must be."""

    fills: Path
    labels: Path | None = None
    traders: Path | None = None
    candles: Path | None = None


@dataclass(slots=True)
class Oddities:
    """What was odd, in the order it was met."""

    sentences: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def habit(self, text: str) -> str:
        """Return our name of a habit, and remember what others call it."""
        found = names.habit(text)
        if found and found not in HABITS:
            self.unknown[text] = self.unknown.get(text, 0) + 1
        elif found and found != text.strip():
            self.renamed[text.strip()] = found
        return found

    def warnings(self) -> tuple[str, ...]:
        """Return it in sentences."""
        parts = [*self.sentences]
        if self.renamed:
            pairs = ", ".join(f"{old} as {new}" for old, new in sorted(self.renamed.items()))
            parts.append(f"names of biases were read as ours: {pairs}")
        if self.unknown:
            pairs = ", ".join(f"{name} ({count})" for name, count in sorted(self.unknown.items()))
            parts.append(f"no such bias, nothing is compared for it: {pairs}")
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Profile
    truth: Truth | None


def read(files: Files) -> tuple[GivenTraders, tuple[str, ...]]:
    """Return what the files hold, and what was odd; UsageError for what cannot be read."""
    odd = Oddities()
    fills = _fills(files.fills)
    labels = None if files.labels is None else _labels(files.labels, odd)
    known = {} if files.traders is None else _traders(files.traders, odd)
    _compared(fills, labels or {}, known, odd)
    traders = sorted({*fills, *known})
    nobody = {name: _Known(Profile(name), None) for name in traders if name not in known}
    everyone = known | nobody
    cases = {
        name: TrialCase(
            "given",
            everyone[name].truth,
            None if labels is None else tuple(labels.get(name, ())),
        )
        for name in traders
    }
    market = NO_MARKET if files.candles is None else _candles(files.candles, odd)
    profiles = {name: everyone[name].profile for name in traders}
    return GivenTraders(fills, profiles, cases, market), odd.warnings()


def _fills(path: Path) -> dict[str, list[LabFill]]:
    found: dict[str, list[LabFill]] = {}
    sheet = SheetReader(path, FILLS[:-1], FILLS[-1:])
    for trader, *cells in sheet.rows():
        if not (trader and cells[2]):
            raise sheet.wrong("symbol" if trader else "trader", "it is empty")
        found.setdefault(trader, []).append(_fill(sheet, tuple(cells)))
    return found


def _fill(sheet: SheetReader, cells: Cells) -> LabFill:
    trade_id, time, symbol, side, quantity, price, fee = cells
    try:
        return LabFill(
            trade_id,
            table.read_time(time),
            symbol,
            SIDES[side],
            table.positive(quantity),
            table.positive(price),
            table.fee(fee),
        )
    except (ValueError, ArithmeticError, KeyError):
        return _with_care(sheet, cells)


def _with_care(sheet: SheetReader, cells: Cells) -> LabFill:
    """Read the cells one by one, so that the one that is wrong can be named."""
    trade_id, time, symbol, side, quantity, price, fee = cells
    parsed = sheet.parsed
    return LabFill(
        trade_id,
        parsed("time", time, table.read_time),
        symbol,
        parsed("side", side, _side),
        parsed("qty", quantity, table.positive),
        parsed("price", price, table.positive),
        parsed("fee", fee, table.fee),
    )


def _side(text: str) -> Side:
    try:
        return SIDES[text.lower()]
    except KeyError:
        raise ValueError(f"it is neither buy nor sell: {text!r}") from None


def _labels(path: Path, odd: Oddities) -> dict[str, list[TrueLabel]]:
    found: dict[str, list[TrueLabel]] = {}
    for trader, trade_id, text in SheetReader(path, LABELS).rows():
        for part in names.split(text):
            habit = odd.habit(part)
            if habit:
                found.setdefault(trader, []).append(TrueLabel(trade_id, habit))
    return found


def _traders(path: Path, odd: Oddities) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    sheet = SheetReader(path, ("trader",), TRADERS)
    for trader, archetype, text, intensity, offset, equity, way in sheet.rows():
        biases = _biases(sheet, text, intensity, odd)
        known = _Known(
            Profile(
                trader,
                sheet.parsed("utc_offset_h", offset, _minutes),
                sheet.parsed("start_equity", equity, _money),
            ),
            Truth(archetype or "unknown", biases, way) if "bias" in sheet.has else None,
        )
        if found.setdefault(trader, known) != known:
            raise sheet.wrong("trader", f"{trader!r} stands here a second time and is another")
    return found


def _biases(sheet: SheetReader, text: str, intensity: str, odd: Oddities) -> dict[str, float]:
    """Pair habits with intensities; one intensity is that of all, none is blatant, 0 no habit."""
    habits = [name for name in map(odd.habit, names.split(text)) if name]
    parts = [sheet.parsed("intensity", part, float) for part in names.split(intensity) if part]
    if len(parts) not in {0, 1, len(habits)} and habits:
        raise sheet.wrong("intensity", f"{len(parts)} intensities for {len(habits)} biases")
    strengths = parts if len(parts) == len(habits) else (parts or [BLATANT]) * len(habits)
    return {name: k for name, k in zip(habits, strengths, strict=True) if k > 0.0}


def _minutes(text: str) -> int | None:
    hours = float(text) if text else 0.0
    if not -LARGEST_OFFSET <= hours <= LARGEST_OFFSET:
        raise ValueError(f"invalid offset in hours {text!r}")
    return round(60 * hours) if text else None


def _money(text: str) -> float | None:
    return float(table.positive(text)) if text else None


def _compared(
    fills: Mapping[str, object],
    labels: Mapping[str, object],
    known: Mapping[str, object],
    odd: Oddities,
) -> None:
    _missing(odd, "traders without fills", [name for name in known if name not in fills])
    if known:
        _missing(odd, "traders without truth", [name for name in fills if name not in known])
    _missing(odd, "labels of traders without fills", [name for name in labels if name not in fills])


def _missing(odd: Oddities, what: str, traders: list[str]) -> None:
    if traders:
        more = ", …" if len(traders) > NAMED else ""
        some = ", ".join(sorted(traders)[:NAMED])
        odd.sentences.append(f"{what}: {len(traders)} ({some}{more})")


def _candles(path: Path, odd: Oddities) -> Market:
    sheet = SheetReader(path, CANDLES, ("volume",))
    times: dict[str, int] = {}
    columns: dict[str, tuple[array[int], list[array[float]]]] = {}
    for time, symbol, *numbers in sheet.rows():
        at_us = times.get(time)
        if at_us is None:
            at_us = times[time] = sheet.parsed("time", time, table.read_time)
        if symbol not in columns:
            columns[symbol] = array("q"), [array("d") for _ in numbers]
        starts, values = columns[symbol]
        starts.append(at_us)
        for column, text in enumerate(numbers):
            try:
                values[column].append(float(text))
            except ValueError:
                name = sheet.columns[column + 2]
                values[column].append(sheet.parsed(name, text, table.price))
    return Market(dict(_bars(path.name, columns, odd)))


def _bars(
    file: str, columns: Mapping[str, tuple["array[int]", list["array[float]"]]], odd: Oddities
) -> Iterator[tuple[str, Bars]]:
    for symbol in sorted(columns):
        starts, values = columns[symbol]
        raw = Columns(np.array(starts, np.int64), *(np.array(one, np.float64) for one in values))
        found = bars(raw, file)
        lies = int(np.sum(~believable(raw)))
        _tell_of_bars(file, symbol, raw.start_us, (lies, found), odd)
        yield book_symbol(symbol), found


def _tell_of_bars(
    file: str, symbol: str, starts: Integers, kept: tuple[int, Bars], odd: Oddities
) -> None:
    lies, found = kept
    twice = len(starts) - lies - len(found)
    gaps = int(np.sum(np.diff(found.start_us) > found.step_us))
    counted = {
        "bars that cannot be": (lies, " (left out)" if lies and not twice else ""),
        "bars told twice": (twice, " (left out)"),
        "gaps": (gaps, ""),
    }
    parts = ", ".join(f"{what}: {count}{end}" for what, (count, end) in counted.items() if count)
    if parts:
        odd.sentences.append(f"{file}: {symbol}: {parts}")
