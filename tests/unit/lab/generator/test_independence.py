"""The generator shares no code and no constant with what looks for the habits."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
OURS = "coach.engine.lab.generator"
SOURCES = sorted((ROOT / "coach/engine/lab/generator").rglob("*.py"))


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
