"""A file fits a few screens and a function one."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "coach").rglob("*.py"))
TESTS = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
FULLEST_ROOM = 25
NOUNS = ("api", "imports", "lab_files", "reports", "promises", "conclusions", "history", "jobs")
PYTHON = [
    path for top in ("coach", "migrations", "tests", "bench") for path in (ROOT / top).rglob("*.py")
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_functions_fit_the_page(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= LONGEST_FILE
    assert not [name for name, lines in functions(parsed(source)) if lines > LONGEST_FUNCTION]


def test_tests_fit_the_page_too() -> None:
    assert len(TESTS) > 300
    lengths = {source.name: len(source.read_text().splitlines()) for source in TESTS}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_says_what_it_is(source: Path) -> None:
    tree = parsed(source)
    assert ast.get_docstring(tree) or not tree.body


def test_no_room_holds_more_files_than_a_reader_surveys() -> None:
    rooms = Counter(path.parent.relative_to(ROOT).as_posix() for path in PYTHON)
    assert {name: count for name, count in rooms.items() if count > FULLEST_ROOM} == {}


def test_no_room_of_orchestration_is_called_by_what_is_being_done() -> None:
    found = [path.stem for room in NOUNS for path in (ROOT / "coach/engine" / room).rglob("*.py")]
    assert {"run", "known", "conclude", "judge", "digest"} <= set(found)
    assert [name for name in found if name.endswith("ing")] == []


@cache
def parsed(source: Path) -> ast.Module:
    return ast.parse(source.read_text())


def functions(tree: ast.Module) -> list[tuple[str, int]]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in nodes]


FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
