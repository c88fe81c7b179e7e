"""Whatever a page tells somebody to type is a command with these options."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
import typer
from typer._click import Command, Context
from typer.core import TyperGroup
from typer.exceptions import TyperException

from coach.cli.app import opening
from coach.cli.catalogue import Root
from coach.cli.lazy import LazyGroup
from coach.cli.manner import declare
from tests.pages import TypedLine, mentioned, typed_lines

TYPED = typed_lines()
MENTIONED = mentioned()
WORD = re.compile(r"[a-z][a-z0-9-]*")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@cache
def root() -> Command:
    app = typer.Typer(cls=Root, add_completion=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(opening)
    group = typer.main.get_command(app)
    declare(group, everything=True)
    return group


def parse(words: tuple[str, ...]) -> Context:
    """Return the context of the command that a line ends in; TyperException where it has none."""
    context, command, rest = root().make_context("coach", [*words]), root(), [*words]
    while isinstance(command, TyperGroup) and (rest := [*context._protected_args, *context.args]):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def test_the_pages_are_read() -> None:
    assert len(TYPED) > 150
    assert len(MENTIONED) > 300
    assert {"README.md", "docs/rules/any.md", "docs/serve.md"} <= {one.page for one in TYPED}


def test_a_typed_line_is_taken() -> None:
    wrong = [f"{one.page}: {one.line}: {why}" for one in TYPED if (why := refusal(one.words))]
    assert wrong == []


def refusal(words: tuple[str, ...]) -> str:
    """Return why a line is not taken, nothing where it is."""
    try:
        parse(words)
    except TyperException as wrong:
        return wrong.format_message()
    return ""


@pytest.mark.parametrize(
    "words", [("imprt", "csv", "x"), ("digest", "--weak", "2026-W14"), ("schedule", "run")]
)
def test_a_line_with_a_mistake_is_not(words: tuple[str, ...]) -> None:
    with pytest.raises(TyperException):
        parse(words)


def complaints(line: TypedLine) -> Iterator[str]:
    """Yield what is wrong with a command that a sentence names: a word, or an option."""
    command, known = root(), [root()]
    for word in line.words:
        if not isinstance(command, TyperGroup) or not WORD.fullmatch(word.split("|")[0]):
            break
        choices = word.split("|")
        below = [_below(command, name) for name in choices]
        if below[0] is None and getattr(command, "otherwise", None):
            break
        yield from (f"no {one!r}" for one, found in zip(choices, below, strict=True) if not found)
        known += [found for found in below if found]
        command = known[-1]
    if isinstance(command, TyperGroup):  # `coach connect BROKER` is any of those below
        known += [found for name in command.commands if (found := _below(command, name))]
    options = {
        name
        for one in known
        for param in one.params
        for name in (*param.opts, *param.secondary_opts)
    }
    wanted = OPTION.findall(" ".join(line.words))
    yield from (f"no option {name}" for name in wanted if name not in options | {"--help"})


def _below(group: TyperGroup, name: str) -> Command | None:
    if isinstance(group, LazyGroup):
        return group.load(name) if name in group.table else None
    return group.commands.get(name)


def test_a_command_within_a_sentence_has_these_words_and_options() -> None:
    wrong = [f"{one.page}: {one.line}: {why}" for one in MENTIONED for why in complaints(one)]
    assert wrong == []
