"""The tables about what traders are told and asked."""

from collections.abc import Iterator, Sequence

from coach.cli.lab.layout import ALL, NOTHING, Row, Tables, TextTable, number
from coach.model.events import Json

TOLD, ASKED, HEARD = "rate", "asked_rate", "heard_rate"
WAY_OF_ALL = "-"


def sheets(tables: Tables, days: Sequence[int]) -> Iterator[TextTable]:
    """Yield the tables that have rows."""
    found = [
        _accused(tables.get("accused", ()), days),
        _year(tables.get("year", ())),
        _planted(tables.get("planted", ()), days),
        _power(tables.get("told_and_asked", ()), days),
    ]
    return (sheet for sheet in found if sheet.rows)


def _accused(rows: Sequence[Row], days: Sequence[int]) -> TextTable:
    """Return a line per kind and way; the number of traders is that of the longest window."""
    cells = _by_window(rows, ("archetype", "way"))
    return TextTable(
        "Rational traders told of a habit, and asked",
        "per cent with the exact 95 % interval; to tell a rational trader of a habit is an "
        "accusation, to ask is none",
        ("kind", "way", "n", *(f"{what} {day} d" for day in days for what in ("told", "asked"))),
        tuple(
            (
                kind,
                WAY_OF_ALL if way == ALL else way,
                str(found[max(found)]["traders"]),
                *(_cell(found.get(day), name) for day in days for name in (TOLD, ASKED)),
            )
            for (kind, way), found in cells.items()
        ),
        2,
    )


def _power(rows: Sequence[Row], days: Sequence[int]) -> TextTable:
    heads = [f"{what} {day} d" for day in days for what in ("told", "asked", "either")]
    cells = _by_window(rows, ("bias", "intensity", "way"))
    return TextTable(
        "Planted habits told, and asked about",
        "per cent, by intensity k and the way of planting; either has its exact 95 % interval",
        ("bias", "k", "way", "n", *heads),
        tuple(
            (
                bias,
                k,
                WAY_OF_ALL if way == ALL else way,
                str(found[max(found)]["traders"]),
                *(cell for day in days for cell in _three(found.get(day))),
            )
            for (bias, k, way), found in cells.items()
        ),
        3,
    )


def _three(row: Row | None) -> tuple[str, str, str]:
    if row is None or not row["tested"]:
        return NOTHING, NOTHING, NOTHING
    told, asked = (f"{100 * number(row[name]):.0f}" for name in (TOLD, ASKED))
    return told, asked, _cell(row, HEARD)


def _year(rows: Sequence[Row]) -> TextTable:
    return TextTable(
        "A year of weekly looks",
        "per cent told of something false in any of 52 looks: a rational trader of anything, "
        "another of a habit that was not planted; and asked of anything",
        ("who", "kind", "n", "told falsely", "asked"),
        tuple(
            (
                str(row["who"]),
                str(row["archetype"]),
                str(row["traders"]),
                _cell(row, TOLD),
                _cell(row, ASKED),
            )
            for row in rows
        ),
        2,
    )


def _planted(rows: Sequence[Row], days: Sequence[int]) -> TextTable:
    found = {row["days"]: row for row in rows}
    return TextTable(
        "Traders with a habit who are asked of anything",
        "per cent of all of them; told: of a habit that was not planted",
        ("days", "n", "asked", "told of another"),
        tuple(
            (
                str(day),
                str(found[day]["traders"]),
                _cell(found[day], TOLD),
                f"{100 * number(found[day]['told_other']) / number(found[day]['traders']):.1f}",
            )
            for day in days
            if day in found
        ),
    )


def _by_window(rows: Sequence[Row], names: Sequence[str]) -> dict[tuple[str, ...], dict[int, Row]]:
    cells: dict[tuple[str, ...], dict[int, Row]] = {}
    for row in rows:
        key = tuple(_plain(row[name]) for name in names)
        cells.setdefault(key, {})[int(number(row["days"]))] = row
    return cells


def _plain(value: Json) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(row: Row | None, name: str) -> str:
    if row is None or row[name] is None:
        return NOTHING
    ends = ("low", "high") if name == TOLD else (f"{name}_low", f"{name}_high")
    low, high = (100 * number(row[end]) for end in ends)
    return f"{100 * number(row[name]):.1f} ({low:.0f}-{high:.0f})"
