"""`assert` is for the type checker alone: python -O removes it, so it guards nothing."""

import ast
from collections.abc import Iterable

import pytest

from tests.unit.house.sources import modules, nodes, place


def guards(tree: Iterable[ast.AST]) -> list[int]:
    """Return the lines of asserts that say more than what type a value has."""
    found = [node for node in tree if isinstance(node, ast.Assert)]
    return [node.lineno for node in found if not narrows(node.test)]


def narrows(test: ast.expr) -> bool:
    """Say whether it is `x is not None` or `isinstance(x, Y)`."""
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.IsNot):
        return False
    other = test.comparators[0]
    return len(test.ops) == 1 and isinstance(other, ast.Constant) and other.value is None


def test_no_assert_guards_what_must_hold_in_production() -> None:
    assert len(modules()) > 100
    found = {place(path): lines for path in modules() if (lines := guards(nodes(path)))}
    assert found == {}


@pytest.mark.parametrize(
    ("line", "guarded"),
    [
        ("assert row is not None", []),
        ("assert isinstance(row, Fill)", []),
        ("assert kind in HITS", [1]),
        ("assert x is not None and x > 0", [1]),
        ("assert not isinstance(x, int)", [1]),
        ("assert x > 0, 'why'", [1]),
    ],
)
def test_what_counts_as_a_guard(line: str, guarded: list[int]) -> None:
    assert guards(ast.walk(ast.parse(line))) == guarded
