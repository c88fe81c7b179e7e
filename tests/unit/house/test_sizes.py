"""A file fits a few screens and a function one."""

import ast
from collections import Counter
from pathlib import Path

from tests.unit.house.sources import ROOT, modules, nodes, parsed, place, text_of

TESTS = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
FULLEST_ROOM = 25
NOUNS = ("api", "imports", "lab_files", "reports", "promises", "conclusions", "history", "jobs")
PYTHON = [
    path for top in ("coach", "migrations", "tests", "bench") for path in (ROOT / top).rglob("*.py")
]


def test_files_fit_the_page() -> None:
    lengths = {place(source): len(text_of(source).splitlines()) for source in modules()}
    assert len(lengths) > 900
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_fit_the_page() -> None:
    found = [
        f"{place(source)}: {name}"
        for source in modules()
        for name, lines in functions(source)
        if lines > LONGEST_FUNCTION
    ]
    assert found == []


def test_tests_fit_the_page_too() -> None:
    assert len(TESTS) > 300
    lengths = {source.name: len(source.read_text().splitlines()) for source in TESTS}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_every_file_says_what_it_is() -> None:
    trees = {place(source): parsed(source) for source in modules()}
    found = [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)]
    assert found == []


def test_no_room_holds_more_files_than_a_reader_surveys() -> None:
    rooms = Counter(path.parent.relative_to(ROOT).as_posix() for path in PYTHON)
    assert {name: count for name, count in rooms.items() if count > FULLEST_ROOM} == {}


def test_no_room_of_orchestration_is_called_by_what_is_being_done() -> None:
    found = [path.stem for room in NOUNS for path in (ROOT / "coach/engine" / room).rglob("*.py")]
    assert {"run", "known", "conclude", "judge", "digest"} <= set(found)
    assert [name for name in found if name.endswith("ing")] == []


def functions(source: Path) -> list[tuple[str, int]]:
    found = [node for node in nodes(source) if isinstance(node, FUNCTION)]
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in found]


FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
