"""Whoever refuses a damaged file refuses one that is nested too deeply, too."""

import ast
from collections.abc import Iterable, Iterator

from tests.unit.house.sources import modules, nodes, place

READERS = {"json.loads", "json.load", "tomllib.loads", "tomllib.load", "yaml.safe_load"}
"""What reads nested text by calling itself, and so ends with a RecursionError."""
DAMAGES = (" ValueError", "(ValueError", "DecodeError", "YAMLError")


def shallow(found: Iterable[ast.AST]) -> Iterator[int]:
    """Yield the line of each `try` that refuses a damaged text of READERS, and not a deep one."""
    for one in found:
        if isinstance(one, ast.Try) and reads(one):
            caught = "".join(f" {ast.unparse(each.type)}" for each in one.handlers if each.type)
            if any(name in caught for name in DAMAGES) and "RecursionError" not in caught:
                yield one.lineno


def reads(one: ast.Try) -> bool:
    inside = (each for part in one.body for each in ast.walk(part))
    return any(isinstance(each, ast.Call) and ast.unparse(each.func) in READERS for each in inside)


def test_deep_text_is_refused_wherever_damaged_text_is() -> None:
    found = [f"{place(path)}:{line}" for path in modules() for line in shallow(nodes(path))]
    assert found == []


def test_a_reader_that_forgets_depth_is_found() -> None:
    forgets = "try:\n    json.loads(text)\nexcept ValueError:\n    found = None\n"
    remembers = forgets.replace("ValueError", "(ValueError, RecursionError)")
    assert [*shallow(ast.walk(ast.parse(forgets)))] == [1]
    assert [*shallow(ast.walk(ast.parse(remembers)))] == []
