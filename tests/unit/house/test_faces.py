"""What stands below the faces names no command and no flag of one of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from coach.cli.commands import COMMANDS
from coach.remedies import Field, NoticeKind, Remedy

ROOMS = ("engine", "brokers", "model")
OF_A_FACE = re.compile(rf"(?<![\w-])--\w|\bcoach (?:{'|'.join(COMMANDS)})\b|\bcoach $")
ARGUMENTS_OF_POSTGRESQL = Path("engine/store/cluster.py")


@pytest.fixture(scope="module")
def modules(root: Path) -> list[Path]:
    package = root / "coach"
    return [path for room in ROOMS for path in sorted((package / room).rglob("*.py"))]


def test_no_text_below_the_faces_names_a_command_or_a_flag(root: Path, modules: list[Path]) -> None:
    found = [
        f"{path}:{line}: {text!r}"
        for path in modules
        if path.relative_to(root / "coach") != ARGUMENTS_OF_POSTGRESQL
        for line, text in texts(ast.parse(path.read_text()))
        if OF_A_FACE.search(text)
    ]
    assert not found


def test_no_message_of_an_error_names_a_command_or_a_flag(root: Path) -> None:
    tree = ast.parse((root / "coach" / "errors.py").read_text())
    assert not [text for _, text in texts(tree, docstrings=True) if OF_A_FACE.search(text)]


def test_only_arguments_of_postgresql_s_programs_begin_with_dashes(root: Path) -> None:
    tree = ast.parse((root / "coach" / ARGUMENTS_OF_POSTGRESQL).read_text())
    found = [text for _, text in texts(tree) if OF_A_FACE.search(text)]
    assert all(re.fullmatch(r"--[a-z-]+", text) for text in found)
    assert "--pgdata" in found


def test_every_field_remedy_and_notice_is_named_below_the_faces(
    root: Path, modules: list[Path]
) -> None:
    users = [*modules, root / "coach" / "errors.py", root / "coach" / "wiring.py"]
    named = {text for path in users for _, text in texts(ast.parse(path.read_text()))}
    assert named.issuperset((*get_args(Field), *get_args(Remedy), *get_args(NoticeKind)))


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("raise NotFound('coach accounts lists them')", True),
        ("raise UsageError(f'{option} takes 1 to 9: use --days {most}')", True),
        ("hint = f'coach {command} lists them'", True),
        ("hint = ('it is unknown; coach rules '\n 'list shows all')", True),
        ("what = 'the database is LATIN1, coach needs UTF8'", False),
        ("QUERY = 'select 1 -- the smallest'", False),
        ("def trades():\n    '''Serve `coach trades --json`.'''", False),
        ("LIMIT = 3\n'''What --limit is by default.'''", False),
    ],
)
def test_what_counts_as_a_word_of_a_face(source: str, *, refused: bool) -> None:
    found = [text for _, text in texts(ast.parse(source)) if OF_A_FACE.search(text)]
    assert bool(found) == refused


def texts(tree: ast.AST, *, docstrings: bool = False) -> Iterator[tuple[int, str]]:
    """Yield line and text of string literals, and docstrings only where they are asked for."""
    documenting = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_wanted = docstrings or node not in documenting
        if is_wanted and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
