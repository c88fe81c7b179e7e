"""The tables of an evaluation for people: at 80 columns on a terminal, or as markdown."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.model.events import Json

Row = Mapping[str, Json]
Tables = Mapping[str, Sequence[Row]]
Cell = Callable[[Row], str]
NOTHING = "-"
ANY, ALL = "any", "all"
EVERYONE = "everyone"
FIELDS = {"k": "intensity"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts; the first `left` columns are set to the left."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True, slots=True)
class _Both:
    """A table of ours and one of the fixed cut-offs, and the windows that both have."""

    ours: Sequence[Row]
    fixed: Sequence[Row]
    days: Sequence[int]

    def columns(
        self, names: Sequence[str], wanted: Callable[[Row], bool], cell: Cell
    ) -> "_Columns":
        """Return one line per value of the named fields, with a column per window and voice."""
        cells: dict[tuple[str, ...], dict[tuple[Json, str], str]] = {}
        for voice, rows in (("coach", self.ours), ("fixed", self.fixed)):
            for row in rows:
                key = tuple(_text(row[FIELDS.get(name, name)]) for name in names)
                found = cells.setdefault(key, {})
                if wanted(row):
                    found[row["days"], voice] = cell(row)
        heads = [(days, voice) for days in self.days for voice in ("coach", "fixed")]
        return _Columns(
            (*names, *(f"{voice} {days} d" for days, voice in heads)),
            tuple(
                (*key, *(found.get(head, NOTHING) for head in heads))
                for key, found in cells.items()
            ),
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def sheet(self, title: str, note: str, left: int = 1) -> TextTable:
        """Return them under a title."""
        return TextTable(title, note, self.header, self.rows, left)


def sheets(tables: Tables, naive: Tables, days: Sequence[int]) -> Iterator[TextTable]:
    """Yield every table that has rows."""

    def both(name: str) -> _Both:
        return _Both(tables.get(name, ()), naive.get(name, ()), days)

    found = [
        both("false_positives")
        .columns(("bias",), lambda row: bool(row["tested"]), _percent)
        .sheet("Flagged though rational", "per cent of rational traders whose flag rule holds"),
        both("by_archetype")
        .columns(("archetype",), lambda row: row["bias"] == ANY, _percent)
        .sheet("Flagged for anything, by kind of trader", "per cent of rational traders"),
        both("power")
        .columns(("bias", "k"), lambda _: True, _whole)
        .sheet("Flagged where planted", "per cent, by intensity k", 2),
        both("auc")
        .columns(("bias",), lambda row: row["intensity"] == ALL, _area)
        .sheet(
            "Area under the curve",
            "times 100, against rational traders without a rule, all intensities",
        ),
        _events(tables.get("events", ()), naive.get("events", ())),
        _nulls(tables.get("null_p", ())),
        _testable(tables.get("coverage", ()), days),
        _calibration(tables.get("calibration", ())),
        _reliability(tables.get("reliability", ())),
        _withdrawal(tables.get("withdrawal", ())),
    ]
    return (sheet for sheet in found if sheet.rows)


def missed(targets: Sequence[Row]) -> TextTable:
    """Return the targets that were not met."""
    return TextTable(
        "Targets missed",
        "!: broken, the whole interval lies on the wrong side",
        ("measure", "of", "days", "value", "target", ""),
        tuple(
            (
                str(row["measure"]),
                " ".join(_text(row[name]) for name in ("archetype", "bias") if row[name]),
                _text(row["days"]),
                f"{number(row['value']):.3f} {_range(row, 'low', 'high')}",
                f"{row['sense']} {number(row['target']):.3g}",
                "!" if row["broken"] else "",
            )
            for row in targets
            if not row["met"]
        ),
        2,
    )


def text(sheet: TextTable) -> Iterator[str]:
    """Yield the lines of a table."""
    widths = [max(map(len, column)) for column in zip(sheet.header, *sheet.rows, strict=True)]
    yield f"{sheet.title} ({sheet.note})"
    for row in (sheet.header, *sheet.rows):
        cells = [
            cell.ljust(width) if place < sheet.left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    yield ""


def spoken(sheet: TextTable) -> Iterator[str]:
    """Yield the lines of a table, each cell behind the title of its column."""
    yield f"{sheet.title} ({sheet.note})"
    for row in sheet.rows:
        cells = (f"{title}: {cell}" for title, cell in zip(sheet.header, row, strict=True))
        yield "; ".join(cells)
    yield ""


def markdown(sheet: TextTable) -> Iterator[str]:
    """Yield the table as markdown, under a heading."""
    yield f"### {sheet.title}"
    yield ""
    yield f"{sheet.note[0].upper()}{sheet.note[1:]}."
    yield ""
    yield _piped(sheet.header)
    yield _piped(["---" if place < sheet.left else "---:" for place in range(len(sheet.header))])
    yield from map(_piped, sheet.rows or [("none", *[""] * (len(sheet.header) - 1))])
    yield ""


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _events(ours: Sequence[Row], fixed: Sequence[Row]) -> TextTable:
    others = {(row["bias"], row["intensity"]): row for row in fixed}
    rows = []
    for row in ours:
        other = others.get((row["bias"], row["intensity"]), {})
        told = [
            _whole(one, name) if one.get("tags") else NOTHING
            for one in (row, other)
            for name in ("precision", "recall")
        ]
        if any(cell != NOTHING for cell in (told[0], told[2])):
            who = ANY if row["intensity"] == EVERYONE else _text(row["intensity"])
            rows.append((_text(row["bias"]), who, *told))
    header = ("bias", "k", "precision", "recall", "fixed prec.", "recall")
    note = "per cent; any: of all traders, all: of those who have it"
    return TextTable("Tagged orders against labels", note, header, tuple(rows), 2)


def _nulls(rows: Sequence[Row]) -> TextTable:
    return TextTable(
        "p-values where nothing is",
        "small: do small ones come too often",
        ("source", "bias", "n", "p < .05", "KS p", "small"),
        tuple(
            (
                _text(row["source"]),
                _text(row["bias"]),
                _text(row["traders"]),
                _decimals(row["below_05"], 3),
                _decimals(row["ks"], 3),
                _decimals(row["ks_small"], 3),
            )
            for row in rows
        ),
        2,
    )


def _testable(rows: Sequence[Row], days: Sequence[int]) -> TextTable:
    cells: dict[str, dict[Json, str]] = {}
    for row in rows:
        cells.setdefault(str(row["bias"]), {})[row["days"]] = _percent(row)
    return TextTable(
        "Enough to say something",
        "per cent of all traders",
        ("bias", *(f"{window} d" for window in days)),
        tuple((bias, *(found[window] for window in days)) for bias, found in cells.items()),
    )


def _calibration(rows: Sequence[Row]) -> TextTable:
    return TextTable(
        "Does a score mean what it says",
        "truth: the same trader over 900 other days",
        ("bias", "n", "base", "slope", "Brier", "of base", "90 % covers"),
        tuple(
            (
                _text(row["bias"]),
                _text(row["scores"]),
                _decimals(row["base_rate"], 2),
                _ranged(row, "slope"),
                _decimals(row["brier"], 3),
                _decimals(row["brier_base"], 3),
                _share(row, "covered"),
            )
            for row in rows
        ),
    )


def _reliability(rows: Sequence[Row]) -> TextTable:
    return TextTable(
        "Scores that came true",
        "per cent, by score",
        ("score", "n", "mean score", "came true"),
        tuple(
            (
                f"{row['from']}-{row['to']}",
                _text(row["scores"]),
                NOTHING if row["mean_score"] is None else f"{100 * number(row['mean_score']):.0f}",
                _percent(row),
            )
            for row in rows
        ),
    )


def _withdrawal(rows: Sequence[Row]) -> TextTable:
    others = {row["bias"]: row for row in rows if not row["ended"]}
    ended = [row for row in rows if row["ended"]]
    return TextTable(
        "Withdrawn within 8 weeks of day 100",
        "per cent of what was announced: habits that ended then, and habits that go on",
        ("bias", "ended", "withdrawn", "median weeks", "go on", "withdrawn"),
        tuple(
            (
                _text(row["bias"]),
                _text(row["announced"]),
                _percent(row),
                "> 8" if number(row["median_weeks"]) > 8 else _text(row["median_weeks"]),  # noqa: PLR2004
                _text(others.get(row["bias"], {}).get("announced")),
                _percent(others.get(row["bias"], {})),
            )
            for row in ended
        ),
    )


def _percent(row: Row) -> str:
    return NOTHING if row.get("tested") == 0 else _share(row, "rate")


def _whole(row: Row, name: str = "rate") -> str:
    return NOTHING if row.get("tested") == 0 else _share(row, name, 0)


def _share(row: Row, name: str, digits: int = 1) -> str:
    if row.get(name) is None:
        return NOTHING
    ends = ("low", "high") if name in {"rate", "auc"} else (f"{name}_low", f"{name}_high")
    low, high = (f"{100 * number(row[end]):.0f}" for end in ends)
    value = f"{100 * number(row[name]):.{digits}f}"
    return f"{'100' if value == '100.0' else value} ({low}-{high})"


def _area(row: Row) -> str:
    return NOTHING if row["tested"] == 0 else _share(row, "auc")


def _ranged(row: Row, name: str) -> str:
    if row[name] is None:
        return NOTHING
    return f"{number(row[name]):.2f} {_range(row, f'{name}_low', f'{name}_high')}"


def _range(row: Row, low: str, high: str) -> str:
    return f"({number(row[low]):.2f}-{number(row[high]):.2f})"


def _decimals(value: Json, digits: int) -> str:
    return NOTHING if value is None else f"{number(value):.{digits}f}"


def number(value: Json) -> float:
    """Return a cell that holds a number."""
    assert isinstance(value, int | float)
    return float(value)


def _text(value: Json) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return NOTHING if value is None else str(value)
