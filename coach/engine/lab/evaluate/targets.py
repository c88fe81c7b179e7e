"""What is promised of the detectors, and whether it holds in the tables at hand.

A target is met when the value found lies on its right side. It is broken only when the whole
interval lies on the wrong one: a small population cannot break what it cannot measure. A p-value
has no interval: uniformity is broken when small p-values come too often by a tenth of the line.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from coach.engine.lab.evaluate.claims import PLANTED, PRICE_BLIND
from coach.engine.lab.evaluate.nulls import PLAIN
from coach.engine.lab.evaluate.rows import ALL, ANY, Row, Value

Tables = Mapping[str, Sequence[Row]]
MAIN = 90
RANKED = ("revenge", "size_after_loss", "size_after_win", "disposition", "averaging_down")
HEARD = ("disposition", "revenge", "size_after_loss")
KNOWN = 0.3
BLATANT = 1.0
TAGGED: tuple[tuple[str, str | float], ...] = (
    ("revenge", BLATANT),
    ("averaging_down", ALL),
    ("fomo", ALL),
)


class TargetBound(NamedTuple):
    """Where a value has to lie: at most, or at least, `limit`."""

    sense: Literal["<=", ">="]
    limit: float


AT_MOST_ASKED = TargetBound("<=", 0.06)


def targets(tables: Tables, tested: Collection[Value] | None = None) -> list[Row]:
    """Return every target that these tables can speak to; `met` and `broken` say how it stands.

    `tested` leaves out what is about other habits (None: nothing): without candles nobody can be
    blamed for not seeing what takes candles.
    """
    found = _all_targets(tables)
    if tested is None:
        return found
    return [row for row in found if row["bias"] in {*tested, ANY, ALL}]


def _all_targets(tables: Tables) -> list[Row]:
    return [
        *_from(tables, "accused", "accused, rational", _everybody, TargetBound("<=", 0.05)),
        *_from(tables, "accused", "accused, of a kind", _of_a_kind, TargetBound("<=", 0.15)),
        *_from(tables, "accused", "asked, price-blind", _blind, AT_MOST_ASKED, "asked_rate"),
        *_from(tables, "planted", "asked, planted", _always, AT_MOST_ASKED),
        *_from(tables, "year", "told falsely in a year", _everybody, TargetBound("<=", 0.10)),
        *_from(tables, "told_and_asked", "told at 1", _blatant, TargetBound(">=", 0.7)),
        *_from(
            tables,
            "told_and_asked",
            "told or asked at 1",
            _blatant,
            TargetBound(">=", 0.8),
            "heard_rate",
        ),
        *_from(tables, "auc", "auc", _ranked, TargetBound(">=", 0.95), "auc"),
        *_from(tables, "power", "power at .3", _known, TargetBound(">=", 0.70)),
        *_from(tables, "events", "precision of tags", _tagged, TargetBound(">=", 0.8), "precision"),
        *_from(tables, "events", "recall of tags", _tagged, TargetBound(">=", 0.6), "recall"),
        *_uniform(tables.get("null_p", ())),
        *_calibrated(tables.get("calibration", ())),
        *_from(tables, "withdrawal", "withdrawn in 8 weeks", _ended, TargetBound(">=", 0.8)),
    ]


def _everybody(row: Row) -> bool:
    return row["archetype"] == ALL and row.get("way", ALL) == ALL and row.get("who") != PLANTED


def _of_a_kind(row: Row) -> bool:
    return row["archetype"] not in {ALL, PRICE_BLIND} and row["way"] == ALL


def _blind(row: Row) -> bool:
    return row["archetype"] == PRICE_BLIND


def _always(row: Row) -> bool:
    return row["days"] is not None


def _blatant(row: Row) -> bool:
    return (
        row["bias"] in HEARD
        and (row["intensity"], row["days"]) == (BLATANT, MAIN)
        and row["way"] == ALL
    )


def _ended(row: Row) -> bool:
    return row["bias"] == ALL and row["ended"] is True


def _ranked(row: Row) -> bool:
    return row["bias"] in RANKED and row["intensity"] == ALL and row["days"] == MAIN


def _known(row: Row) -> bool:
    return row["bias"] in RANKED and row["intensity"] == KNOWN and row["days"] == MAIN


def _tagged(row: Row) -> bool:
    return (row["bias"], row["intensity"]) in TAGGED


def _from(
    tables: Tables,
    name: str,
    measure: str,
    wanted: Callable[[Row], bool],
    line: TargetBound,
    value: str = "rate",
) -> Iterator[Row]:
    ends = ("low", "high") if value in {"rate", "auc"} else (f"{value}_low", f"{value}_high")
    for row in tables.get(name, ()):
        if wanted(row) and row[value] is not None:
            yield _target(measure, row, (row[value], row[ends[0]], row[ends[1]]), line)


def _uniform(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if row["source"] == PLAIN:
            p, line = _number(row["ks"]), TargetBound(">=", 0.01)
            target = _target("uniform p, ks", row, (p, p, p), line)
            yield target | {"broken": _number(row["ks_small"]) < line.limit / 10}


def _calibrated(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if row["bias"] != ALL:
            continue
        if row["slope"] is not None:
            slope = (row["slope"], row["slope_low"], row["slope_high"])
            yield _target("reliability slope", row, slope, TargetBound(">=", 0.8))
            yield _target("reliability slope", row, slope, TargetBound("<=", 1.2))
        brier = (row["brier"], row["brier"], row["brier"])
        yield _target("brier score", row, brier, TargetBound("<=", _number(row["brier_base"])))
        covered = (row["covered"], row["covered_low"], row["covered_high"])
        yield _target("coverage of 90 %", row, covered, TargetBound(">=", 0.88))
        yield _target("coverage of 90 %", row, covered, TargetBound("<=", 0.92))


def _target(measure: str, row: Row, found: tuple[Value, Value, Value], line: TargetBound) -> Row:
    value, low, high = map(_number, found)
    under = line.sense == "<="
    return {
        "measure": measure,
        "bias": row["bias"],
        "archetype": row.get("archetype"),
        "days": row.get("days"),
        "value": value,
        "low": low,
        "high": high,
        "sense": line.sense,
        "target": line.limit,
        "met": value <= line.limit if under else value >= line.limit,
        "broken": low > line.limit if under else high < line.limit,
    }


def _number(value: Value) -> float:
    assert isinstance(value, int | float)
    return float(value)
