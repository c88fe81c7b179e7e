"""Which program shows a long text, and when."""

from pathlib import Path

import pytest

from coach.cli.show.pager import pager, shown_in_pages


@pytest.fixture
def keeper(tmp_path: Path) -> tuple[str, Path]:
    """A pager that keeps what it was given in a file."""
    kept = tmp_path / "kept"
    return f"tee '{kept}'", kept


def test_what_is_longer_than_the_screen_goes_to_the_pager(
    keeper: tuple[str, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    command, kept = keeper
    environment = {"PAGER": command, "PATH": "/usr/bin:/bin"}
    assert not shown_in_pages(["one", "two"], 3, environment)
    assert shown_in_pages(["one", "two", "drei Fälle"], 3, environment)
    assert kept.read_text() == "one\ntwo\ndrei Fälle\n"
    assert capfd.readouterr().out == "one\ntwo\ndrei Fälle\n"


@pytest.mark.parametrize("command", ["", "no-such-program", "'"])
def test_without_a_pager_that_starts_nothing_is_shown_in_pages(command: str) -> None:
    assert not shown_in_pages(["line"] * 9, 3, {"PAGER": command})


def test_a_reader_who_leaves_early_is_no_trouble() -> None:
    assert shown_in_pages(["a long line " * 20] * 10_000, 3, {"PAGER": "true"})


def test_pager_may_have_options() -> None:
    assert pager({"PAGER": "less -S '+/a word'"}) == ["less", "-S", "+/a word"]
