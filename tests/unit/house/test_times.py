"""The units of spans and 1970 stand in one place; only the lab's generator keeps its own.

The generator shares nothing with what it is used to judge (tests/unit/lab/generator).
"""

import ast
import re
from pathlib import Path

from tests.unit.house.sources import COACH, modules, parsed, place

HOME = COACH / "model" / "times.py"
UNIT = re.compile(r"_?(SECOND|MINUTE|HOUR|DAY|WEEK)_(S|US)|EPOCH|MICROSECOND")
OWN = COACH / "engine" / "lab" / "generator"
SOURCES = modules()


def assigned(source: Path) -> set[str]:
    """Return the names that a module binds at its top level."""
    names = set[str]()
    for statement in parsed(source).body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            names |= {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return names


def test_the_units_are_defined() -> None:
    assert {"EPOCH", "MINUTE_S", "DAY_US"} <= assigned(HOME)


def test_no_other_module_defines_a_unit_of_time() -> None:
    others = [one for one in SOURCES if one != HOME and not one.is_relative_to(OWN)]
    found = {
        place(one): names
        for one in others
        if (names := {name for name in assigned(one) if UNIT.fullmatch(name)})
    }
    assert not found
