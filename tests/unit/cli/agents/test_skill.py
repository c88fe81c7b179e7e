"""The skill fits a small page, names commands that exist, and never replaces another's file."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.agents.skill import is_ours, sealed, sealed_page
from tests.unit.cli.help.test_commands_of_pages import refusal

Coach = Callable[..., CompletedProcess[str]]
MOST_BYTES = 4_000
COMMAND = re.compile(r"`coach ([^`]+)`")


def lines() -> list[tuple[str, ...]]:
    """Return every command of the skill."""
    return [tuple(shlex.split(line)) for line in COMMAND.findall(sealed_page())]


def test_it_fits_a_small_page() -> None:
    assert len(sealed_page().encode()) <= MOST_BYTES


def test_it_begins_as_skills_do() -> None:
    head = sealed_page().split("---\n")[1]
    assert re.match(r"name: coach\ndescription: .{50,1000}\n\Z", head)


def test_every_command_and_flag_in_it_exists() -> None:
    found = lines()
    assert len(found) > 15
    assert [(words, why) for words in found if (why := refusal(words))] == []


@pytest.mark.parametrize("flag", ["--sinse 30d", "--keep"])
def test_a_flag_that_does_not_exist_would_be_seen(flag: str) -> None:
    assert refusal(("trades", *flag.split()))


def test_a_page_that_was_changed_is_no_longer_ours() -> None:
    page = sealed("one\n")
    assert is_ours(page)
    assert not is_ours(page.replace("one", "two"))
    assert not is_ours("mine\n")
    assert not is_ours(page + "mine\n")


def test_it_is_written_where_agents_look(real: Coach, tmp_path: Path) -> None:
    assert real("skill", "-o", str(tmp_path)).returncode == 0
    assert (tmp_path / "coach" / "SKILL.md").read_text() == sealed_page()


def test_where_it_cannot_be_written_the_place_is_named(real: Coach, tmp_path: Path) -> None:
    ended = real("skill", "-o", "/proc/coach")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "/proc/coach" in ended.stderr
    assert "cannot be written" in ended.stderr
    assert not any(tmp_path.rglob("SKILL.md"))


def test_without_a_folder_it_is_printed(real: Coach) -> None:
    assert real("skill").stdout.strip() == sealed_page().strip()


def test_a_page_of_an_older_coach_is_replaced(real: Coach, tmp_path: Path) -> None:
    (tmp_path / "coach").mkdir()
    file = tmp_path / "coach" / "SKILL.md"
    file.write_text(sealed("older\n"))
    assert "replaced" in real("skill", "-o", str(tmp_path)).stdout
    assert file.read_text() == sealed_page()


def test_a_file_of_somebody_else_is_replaced_by_force_alone(real: Coach, tmp_path: Path) -> None:
    (tmp_path / "coach").mkdir()
    file = tmp_path / "coach" / "SKILL.md"
    file.write_text("mine\n")
    refused = real("skill", "-o", str(tmp_path))
    assert (refused.returncode, file.read_text()) == (2, "mine\n")
    assert "was not written by coach skill" in refused.stderr
    assert real("skill", "-o", str(tmp_path), "--force").returncode == 0
    assert file.read_text() == sealed_page()
