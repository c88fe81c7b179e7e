"""A file fits a few screens and a function one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "coach").rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_functions_fit_the_page(source: Path) -> None:
    text = source.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not [name for name, lines in functions(text) if lines > LONGEST_FUNCTION]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_says_what_it_is(source: Path) -> None:
    tree = ast.parse(source.read_text())
    assert ast.get_docstring(tree) or not tree.body


def functions(text: str) -> list[tuple[str, int]]:
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, FUNCTION)]
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in nodes]


FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
