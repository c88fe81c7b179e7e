"""Events leave coach by one door: a unit of work writes them and wakes whoever follows."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.unit.house.sources import modules, nodes

DOOR = "coach/engine/unit_of_work.py"
ORCHESTRATION = ("imports", "reports", "promises", "conclusions", "history", "jobs")


@cache
def called(source: Path) -> list[str]:
    """Return the name of each function that is called, without where it comes from."""
    functions = [node.func for node in nodes(source) if isinstance(node, ast.Call)]
    named = [found.id for found in functions if isinstance(found, ast.Name)]
    return named + [found.attr for found in functions if isinstance(found, ast.Attribute)]


def places(root: Path, name: str) -> list[str]:
    """Return the file of each call of a function of that name, outside the outbox."""
    files = [path for path in modules() if path.parent.name != "outbox"]
    return [
        path.relative_to(root).as_posix() for path in files for call in called(path) if call == name
    ]


@pytest.mark.parametrize("name", ["emit", "wake_soon"])
def test_one_place_writes_events_and_wakes(root: Path, name: str) -> None:
    assert places(root, name) == [DOOR]


def test_nobody_wakes_past_what_gathers_wakes(root: Path) -> None:
    assert places(root, "wake") == []


def test_orchestration_opens_no_transaction_but_units_of_work(root: Path) -> None:
    rooms = [root / "coach" / "engine" / room for room in ORCHESTRATION]
    steps = [path for room in rooms for path in modules(room)]
    assert {path.parent for path in steps} >= set(rooms)
    assert not [path.name for path in steps if "transaction" in called(path)]
