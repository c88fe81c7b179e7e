"""No module imports itself by a detour, and nothing lies in coach that coach does not use."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from textual.app import App
from textual.scroll_view import ScrollView

from coach.engine.biases.habits import catalogue as habits
from coach.engine.rules.kinds import catalogue as kinds
from tests.unit.house.sources import modules, nodes, text_of

NAME = re.compile(r"[A-Za-z_]\w*")
MODULE = re.compile(r"coach(?:\.\w+)+")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every import of coach, those inside functions and those for typing included."""
    return grimp.build_graph("coach", cache_dir=None)


def named(root: Path) -> Iterator[str]:
    """Yield the modules that are named by a string, an entry point, a script or a catalogue."""
    yield from habits.MODULES.values()
    yield from kinds.MODULES.values()
    for path in (root / "pyproject.toml", *sorted((root / ".ci").glob("*.py"))):
        yield from MODULE.findall(path.read_text())
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from MODULE.findall(node.value.partition(":")[0])


def test_no_import_leads_back_to_where_it_began(graph: grimp.ImportGraph) -> None:
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert sum(map(len, imports.values())) > 1_000
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_every_module_is_used(graph: grimp.ImportGraph, root: Path) -> None:
    leaves = {name for name in graph.modules if not graph.find_children(name)}
    unused = {name for name in leaves if not graph.find_modules_that_directly_import(name)}
    assert unused - set(named(root)) == set()


def test_every_function_is_used() -> None:
    """A name that stands once in coach is its own definition; decorators register some.

    Textual calls the handlers of a message and what it declares itself.
    """
    names = Counter(name for path in modules() for name in NAME.findall(text_of(path)))
    functions = [
        node
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("__")
    ]
    assert len(functions) > 1_000
    unused = {one.name for one in functions if names[one.name] == 1 and not one.decorator_list}
    assert {name for name in unused if not called_by_textual(name)} == set()


def called_by_textual(name: str) -> bool:
    """Return whether Textual calls a method of that name, of an application or of a widget."""
    return name.startswith("on_") or hasattr(App, name) or hasattr(ScrollView, name)
