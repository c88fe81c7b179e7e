"""One module writes to stdout, one to stderr."""

import ast
from pathlib import Path

import pytest

import coach.cli

FILES = sorted(Path(coach.cli.__path__[0]).rglob("*.py"))
STREAMS_ARE_CHOSEN_IN = "frame.py"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nobody_else_reaches_for_a_stream(file: Path) -> None:
    reached = {
        node.attr
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr", "echo"}
    }
    assert not reached or file.name == STREAMS_ARE_CHOSEN_IN


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_the_two_writers_write(file: Path) -> None:
    writes = "stream.write" in file.read_text()
    assert not writes or file.name in {"output.py", "talk.py"}
