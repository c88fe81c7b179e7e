"""One module writes to stdout, one to stderr."""

import ast
from pathlib import Path

import coach.cli

FILES = sorted(Path(coach.cli.__path__[0]).rglob("*.py"))
STREAMS = {"stdout", "stderr", "echo"}
STREAMS_ARE_CHOSEN_IN = "frame.py"


def test_nobody_else_reaches_for_a_stream() -> None:
    reached = {file.name: streams_in(ast.parse(file.read_text())) for file in FILES}
    assert len(FILES) > 50
    assert {name for name, found in reached.items() if found} <= {STREAMS_ARE_CHOSEN_IN}


def streams_in(tree: ast.Module) -> set[str]:
    """Return the streams that a module names."""
    attributes = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return STREAMS.intersection(attributes)


def test_only_the_two_writers_write() -> None:
    writers = {file.name for file in FILES if "stream.write" in file.read_text()}
    assert writers == {"output.py", "talk.py"}
