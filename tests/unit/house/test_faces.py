"""What stands below the faces names no flag of one; no face has words of its own for a habit."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from coach.cli.catalogue import COMMANDS
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.words import AnyWords
from coach.remedies import Field, NoticeKind, Remedy
from tests.unit.house import sources

ROOMS = ("engine", "brokers", "sops", "model", "wording", "views", "settings")
FILES = ("files.py", "remedies.py", "wiring.py")
NAMES_OF_NOUNS = Path("views/nouns.py")
OF_A_FACE = re.compile(rf"(?<![\w-])--(?:\w|$)|\bcoach (?:{'|'.join(COMMANDS)})\b|\bcoach $")
ARGUMENTS_OF_POSTGRESQL = (Path("engine/postgres/cluster.py"), Path("engine/backup/programs.py"))


@pytest.fixture(scope="module")
def modules(root: Path) -> list[Path]:
    package = root / "coach"
    rooms = [path for room in ROOMS for path in sources.modules(package / room)]
    return [*rooms, *(package / name for name in FILES)]


def test_no_text_below_the_faces_names_a_command_or_a_flag(root: Path, modules: list[Path]) -> None:
    found = [
        f"{path}:{line}: {text!r}"
        for path in modules
        if path.relative_to(root / "coach") not in {*ARGUMENTS_OF_POSTGRESQL, NAMES_OF_NOUNS}
        for line, text in texts_of(path)
        if OF_A_FACE.search(text)
    ]
    assert not found


def test_no_message_of_an_error_names_a_command_or_a_flag(root: Path) -> None:
    nodes = sources.nodes(root / "coach" / "errors.py")
    assert not [text for _, text in texts(nodes, docstrings=True) if OF_A_FACE.search(text)]


def test_only_arguments_of_postgresql_s_programs_begin_with_dashes(root: Path) -> None:
    files = [root / "coach" / path for path in ARGUMENTS_OF_POSTGRESQL]
    found = [text for path in files for _, text in texts_of(path) if OF_A_FACE.search(text)]
    assert all(re.fullmatch(r"--[a-z-]+(=\S*)?", text) for text in found)
    assert {"--pgdata", "--no-owner"} <= set(found)


def test_every_field_remedy_and_notice_is_named_below_the_faces(
    root: Path, modules: list[Path]
) -> None:
    users = [*modules, root / "coach" / "errors.py", root / "coach" / "wiring.py"]
    named = {text for path in users for _, text in texts_of(path)}
    assert named.issuperset((*get_args(Field), *get_args(Remedy), *get_args(NoticeKind)))


def test_no_error_below_the_faces_is_a_sentence_alone(root: Path) -> None:
    """Each names a field, a file or a thing by its class; a bare UsageError is a sentence."""
    found = [
        f"{path}:{node.lineno}"
        for room in ("engine", "brokers")
        for path in sources.modules(root / "coach" / room)
        for node in sources.nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "UsageError"
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("raise NotFound('coach accounts lists them')", True),
        ("raise UsageError(f'{option} takes 1 to 9: use --days {most}')", True),
        ("hint = f'coach {command} lists them'", True),
        ("hint = ('it is unknown; coach rules '\n 'list shows all')", True),
        ("what = 'the database is LATIN1, coach needs UTF8'", False),
        ("origin = f'flag --{name}'", True),
        ("QUERY = 'select 1 -- the smallest'", False),
        ("def trades():\n    '''Serve `coach trades --json`.'''", False),
        ("LIMIT = 3\n'''What --limit is by default.'''", False),
    ],
)
def test_what_counts_as_a_word_of_a_face(source: str, *, refused: bool) -> None:
    found = [text for _, text in texts(list(ast.walk(ast.parse(source)))) if OF_A_FACE.search(text)]
    assert bool(found) == refused


FACES = ("cli", "views")
LAB = Path("cli/lab/group.py")
"""Has a command that is called disposition."""
SHORTEST_PIECE = 12


def facts_of(words: AnyWords) -> Iterator[str]:
    """Yield the names of the facts of a habit's tags that are no everyday words."""
    if words.tag is not None:
        facts = get_type_hints(words.tag)["facts"]
        yield from (name for name in facts.__annotations__ if "_" in name)


def pieces_of(words: AnyWords) -> Iterator[str]:
    """Yield the pieces of a habit's sentences between the numbers, and its other texts."""
    sentences = (words.above, words.below or "", words.claim)
    pieces = (piece for sentence in sentences for piece in re.split(r"{\w+}", sentence))
    texts = (words.name, words.supporting, words.opposing)
    kept = (piece.strip(" .,;:") for piece in (*pieces, *texts))
    yield from (piece for piece in kept if len(piece) >= SHORTEST_PIECE)


NAMES = frozenset(HABITS)
FACTS = frozenset(fact for habit in HABITS.values() for fact in facts_of(habit.words))
PIECES = tuple(piece for habit in HABITS.values() for piece in pieces_of(habit.words))


def speaks_of_a_habit(text: str) -> bool:
    """Whether a text names a habit, or a fact of its tags, or says a part of its sentences."""
    return text in NAMES | FACTS or any(piece in text for piece in PIECES)


def test_no_face_holds_a_sentence_about_a_habit_or_guesses_one_from_facts(root: Path) -> None:
    package = root / "coach"
    found = [
        f"{path}:{line}: {text!r}"
        for face in FACES
        for path in sources.modules(package / face)
        for line, text in texts_of(path)
        if speaks_of_a_habit(text) and not (path == package / LAB and text == "disposition")
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("SAID = {'revenge': 'you were angry'}", True),
        ("if 'z_1h' in facts:\n    pass", True),
        ("yield f'entries were {size} larger after losses than after wins'", True),
        ("SPEAKS = ('sales out of gains', 'others')", True),
        ("COLUMNS = ('bias', 'level', 'price')", False),
        ("def biases():\n    '''Show what `coach why revenge` shows.'''", False),
    ],
)
def test_what_counts_as_a_sentence_about_a_habit(source: str, *, refused: bool) -> None:
    found = [
        text for _, text in texts(list(ast.walk(ast.parse(source)))) if speaks_of_a_habit(text)
    ]
    assert bool(found) == refused


@cache
def texts_of(source: Path) -> list[tuple[int, str]]:
    """Return line and text of each string literal of a module that is no docstring."""
    return list(texts(sources.nodes(source)))


def texts(nodes: Sequence[ast.AST], *, docstrings: bool = False) -> Iterator[tuple[int, str]]:
    """Yield line and text of string literals, and docstrings only where they are asked for."""
    documenting = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        is_wanted = docstrings or node not in documenting
        if is_wanted and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
