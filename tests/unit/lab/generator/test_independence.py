"""The generator shares no code with what looks for the habits, and no number that matters.

What is held: no import either way; every number with which a habit is planted stands in MEANINGS
with what it measures, and none lies within 5 % of a number of the same meaning in the detectors'
measures and habits; a usual move is another number here than there. What is not held: that the
authors of the one knew nothing of the other.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pytest

from coach.engine.biases.measures.chases import completed_moves
from coach.engine.features.moves import z_moves
from coach.engine.lab.evaluate.made import as_candles
from coach.engine.lab.generator.market import GeneratedMarket
from coach.model.times import HOUR_US

ROOT = Path(__file__).parents[4]
OURS = "coach.engine.lab.generator"
SOURCES = sorted((ROOT / "coach/engine/lab/generator").rglob("*.py"))
DETECTORS = [
    source
    for room in ("measures", "habits")
    for source in sorted((ROOT / "coach/engine/biases" / room).rglob("*.py"))
]
NEAR = 0.05
HARMLESS = {0.0, 0.5, 1.0, 2.0, 10.0, 100.0}
HOURS_IN: dict[str, float] = {
    "MINUTE_US": 1 / 60, "MINUTE_S": 1 / 60, "HOUR_US": 1.0, "HOUR_S": 1.0, "DAY_US": 24.0,
    "BARS_AN_HOUR": 1.0, "BARS_A_DAY": 24.0,
}  # fmt: skip
Meaning = Literal["factor", "span", "count", "chance", "index"]
# factor: a move in volatilities or a multiple of a size; span: hours; chance: a probability or a
# hazard, which no detector has; index: a place in a list
MEANINGS: dict[str, Meaning] = {
    "habits.OVERTRADED_DAYS": "chance",
    "habits.FOMO_A_BAR": "chance",
    "habits.FATIGUE_A_BAR": "chance",
    "habits.ADDS_A_BAR": "chance",
    "habits.PANIC_A_BAR": "chance",
    "habits.REGRET_A_BAR": "chance",
    "habits.LOTTERY_SHARE": "chance",
    "habits.NEW_LOW": "chance",
    "habits.PROFIT_SPREAD": "factor",
    "habits.RAMPAGE_BARS": "index",
    "habits.LONGEST_STREAK": "count",
    "habits.MOST_PERCENT": "factor",
    "habits.LOWEST": "factor",
    "habits.HIGHEST": "factor",
    "habits.revenge_chance": "chance",
    "habits.rampage_chance": "chance",
    "habits.profit_chance": "chance",
    "habits.revenge_size": "factor",
    "habits.fomo_size": "factor",
    "habits.streak_size": "factor",
    "habits.proportional_size": "factor",
    "habits.more_entries": "chance",
    "habits.sooner": "chance",
    "habits.later": "chance",
    "clocks.CHUNK": "index",
    "clocks.A_DAY": "index",
    "clocks.READY": "chance",
    "clocks.REGRET_BELOW": "factor",
    "clocks.HALFWAY": "factor",
    "clocks.WHOLE_MARKET": "factor",
    "trading.IN_STEPS": "chance",
    "trading.MOST_ADDS": "index",
    "trading.SAME_COIN": "chance",
    "trading.LEAST_MONEY": "index",
    "trading.AT_MOST": "chance",
    "trading.LOTTERY": "index",
    "trading.GROWTH": "index",
    "wishes.WEEKEND": "chance",
    "wishes.SATURDAY_AND_SUNDAY": "index",
    "wishes.TREND": "factor",
    "wishes.EVENT": "factor",
    "wishes.BURST": "chance",
    "wishes.TIRED": "span",
    "market.LARGE_HOUR": "factor",
    "market.CALM": "span",
    "market.BACK_IN": "index",  # what the market does, and nobody's habit
}
PLANTING = {"habits", "clocks", "trading", "wishes"}


class NumberInSource(NamedTuple):
    """A number of a module: the constant or function that it stands in, and how it is written.

    `hours` is set where it is multiplied by a unit of time.
    """

    name: str
    value: float
    whole: bool
    hours: float | None


def imported(source: Path) -> set[str]:
    """Return every module a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module or "")
    return found


def numbers(module: str, text: str, *, functions: bool) -> Iterator[NumberInSource]:
    """Yield the numbers of all constants of a module, and those inside its functions."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.isupper():
                yield from _inside(f"{module}.{target.id}", node.value)
        elif functions and isinstance(node, ast.FunctionDef):
            yield from _inside(f"{module}.{node.name}", node)


def _inside(name: str, node: ast.AST) -> Iterator[NumberInSource]:
    parts = list(_detecting(node))
    names = [one.id for one in parts if isinstance(one, ast.Name)]
    units = [HOURS_IN[unit] for unit in names if unit in HOURS_IN]
    for one in parts:
        if isinstance(one, ast.Constant) and isinstance(one.value, int | float):
            if isinstance(one.value, bool):
                continue
            value = abs(float(one.value))
            hours = value * units[0] if units else None
            yield NumberInSource(name, value, isinstance(one.value, int), hours)


def _detecting(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the node and all below it; the rules that a habit is answered by detect nothing."""
    if isinstance(node, ast.keyword) and node.arg == "answered_by":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _detecting(child)


def clashes(ours: list[NumberInSource], theirs: list[NumberInSource]) -> list[tuple[str, str]]:
    """Return the numbers of the generator that a detector has too, or nearly has."""
    return [
        (f"{own.name} {own.value:g}", f"{other.name} {other.value:g}")
        for own in ours
        for other in theirs
        if _same_meaning(own, other)
    ]


def _same_meaning(own: NumberInSource, other: NumberInSource) -> bool:
    match MEANINGS[own.name]:
        case "span":
            return other.hours is not None and _near(own.hours or own.value, other.hours)
        case "count":
            counts = other.whole and other.hours is None and "FEWEST" not in other.name
            return counts and _near(own.value, other.value)
        case "factor":
            return not other.whole and other.hours is None and _near(own.value, other.value)
        case "chance" | "index":
            return False


def _near(one: float, other: float) -> bool:
    return one not in HARMLESS and abs(one - other) <= NEAR * max(one, other)


def planted() -> list[NumberInSource]:
    """Return the numbers with which habits are planted."""
    found = [
        number
        for source in SOURCES
        for number in numbers(source.stem, source.read_text(), functions=source.stem == "habits")
        if source.stem in PLANTING or number.name in MEANINGS
    ]
    assert len(found) > 60
    return found


def detected() -> list[NumberInSource]:
    """Return the numbers of the detectors' measures and habits."""
    found = [
        number
        for source in DETECTORS
        for number in numbers(source.stem, source.read_text(), functions=True)
    ]
    assert len(found) > 100
    return found


def test_every_number_that_plants_a_habit_says_what_it_means() -> None:
    names = {number.name for number in planted()}
    assert names == set(MEANINGS)


def test_no_number_of_a_habit_stands_in_a_detector_too() -> None:
    assert clashes(planted(), detected()) == []


def test_a_span_counts_in_hours_and_a_chance_not_at_all() -> None:
    detector = "LONG_US = 5 * HOUR_US\nSHARE = 0.22\n"
    theirs = list(numbers("detector", detector, functions=True))
    found = clashes(planted(), theirs)
    assert found == [("wishes.TIRED 5", "detector.LONG_US 5")]


@pytest.mark.parametrize("text", ["LARGE = 2.8", "def f() -> float:\n    return 2.75"])
def test_a_detector_with_the_number_of_a_habit_is_found(text: str) -> None:
    """It stood so once: 2.5 beside 2.4 usual hours for a chase, 2.5 over two hours for a panic."""
    theirs = list(numbers("detector", text, functions=True))
    assert "market.LARGE_HOUR 2.8" in {own for own, _ in clashes(planted(), theirs)}


@pytest.mark.parametrize("measure", ["all detectors", "chases"])
def test_a_usual_move_is_another_number_here_than_there(
    grounds: list[GeneratedMarket], measure: str
) -> None:
    """The same measure would agree on nearly every large hour; these differ on most."""
    ground = grounds[0]
    bars = as_candles(ground).of("BTC-USD")
    assert bars is not None
    rows = np.arange(ground.first, ground.bars - 1)
    ends = bars.start_us[rows] + bars.step_us
    theirs = z_moves(bars, ends, ground.close[0, rows], HOUR_US)
    if measure == "chases":
        theirs = completed_moves(bars, HOUR_US)[rows]
    large = np.abs(theirs) > 1.0
    ratio = np.abs(ground.hour[0, rows][large] / theirs[large])
    assert 0.5 < np.median(ratio) < 2.0
    assert np.mean(np.abs(ratio / np.median(ratio) - 1.0) > NEAR) > 0.5


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_file_imports_the_generator_numpy_and_the_library(source: Path) -> None:
    for name in imported(source):
        known = name.split(".")[0]
        assert name.startswith(OURS) or known == "numpy" or known in sys.stdlib_module_names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_file_draws_from_named_streams_alone(source: Path) -> None:
    text = source.read_text()
    assert "default_rng" not in text
    assert "import random" not in text
    assert ("np.random" in text) == (source.name == "chance.py")


@pytest.mark.parametrize("room", ["statistics", "ledger", "features", "biases", "rules", "digest"])
def test_no_detector_knows_the_generator(room: str) -> None:
    sources = (ROOT / "coach/engine" / room).rglob("*.py")
    assert not [
        path for path in sources if any("lab" in name.split(".") for name in imported(path))
    ]
