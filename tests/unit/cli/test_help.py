"""Every help page: within 80 columns, from the table, and in our manner."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import typer
from typer.core import TyperGroup

from coach.brokers.statements import FORMATS
from coach.cli.catalogue import COMMANDS
from coach.cli.lazy import as_command
from coach.engine.rules.kinds.catalogue import KINDS

Coach = Callable[..., CompletedProcess[str]]


def paths() -> Iterator[tuple[str, ...]]:
    for name, entry in COMMANDS.items():
        module, _, attribute = entry.place.partition(":")
        command = as_command(name, getattr(import_module(module), attribute))
        yield (name,)
        if isinstance(command, TyperGroup):
            yield from ((name, below) for below in command.commands)


EVERY = list(paths())


@pytest.mark.parametrize("path", [(), *EVERY], ids=" ".join)
def test_a_help_page_fits_80_columns(real: Coach, path: tuple[str, ...]) -> None:
    ended = real(*path, "--help")
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "..." not in ended.stdout.partition("Options:")[2]
    assert "\\b" not in ended.stdout


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_takes_json_and_quiet(real: Coach, path: tuple[str, ...]) -> None:
    page = real(*path, "-h").stdout
    assert "--json" in page
    assert "-q, --quiet" in page


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_answers_a_wrong_option_in_json(real: Coach, path: tuple[str, ...]) -> None:
    ended = real(*path, "--no-such-option", "--json")
    assert ended.returncode == 2
    assert ended.stdout.startswith('{"schema_version":1,"error":{"code":"E_USAGE"')


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_a_group_says_of_itself(name: str) -> None:
    module, _, attribute = COMMANDS[name].place.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        command = as_command(name, found)
        assert command.help == COMMANDS[name].help


def test_no_line_of_the_table_is_cut(real: Coach) -> None:
    page = real("--help").stdout
    assert all(entry.help in page for entry in COMMANDS.values())


def test_the_page_about_the_command_line_leaves_no_command_out() -> None:
    page = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()
    said = {*re.findall(r"[a-z]+", page), *re.findall(r"[a-z]+-[a-z]+", page)}
    assert not [path for path in EVERY if not set(path) <= said]


def test_every_statement_format_is_on_the_page_of_its_command(real: Coach) -> None:
    page = real("import", "csv", "--help").stdout
    assert not [name for name in FORMATS if f"\n    {name} " not in page]


def test_every_kind_of_rule_is_on_the_page_with_its_parameters(real: Coach) -> None:
    page = real("rules", "add", "--help").stdout
    assert not [kind for kind in KINDS if f"\n    {kind} " not in page]
    assert not [name for kind in KINDS.values() for name in kind.params if f"{name}: " not in page]


@pytest.mark.parametrize("line", ["import csv", "rules add", "digest"])
def test_a_page_shows_lines_to_copy(real: Coach, line: str) -> None:
    page = real(*line.split(), "--help").stdout
    assert page.count(f"\n    coach {line}") >= 2
