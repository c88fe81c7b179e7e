"""Every code that an error can have is explained: what it is, why it comes, what to do."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli import exits
from coach.cli.help import pages
from coach.errors import CoachError

Coach = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[4]
QUOTED = re.compile(r"\"(E_[A-Z_]+)\"")
SIGNALS = {code: number for number, (code, _) in exits.SIGNALS.items()}


def kinds(kind: type[CoachError] = CoachError) -> Iterator[type[CoachError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def codes_in_source() -> set[str]:
    texts = (path.read_text() for path in (ROOT / "coach").rglob("*.py"))
    return {code for text in texts for code in QUOTED.findall(text)}


def test_every_code_is_explained_once_and_no_other() -> None:
    explained = pages.error_codes()
    assert sorted(explained) == sorted(codes_in_source())
    assert {kind.code for kind in kinds()} <= set(explained)


@pytest.mark.parametrize("code", pages.error_codes())
def test_a_code_has_a_cause_and_a_remedy(code: str) -> None:
    page = pages.find(code)
    assert page is not None
    assert page.topic == code
    _, meaning, why, remedy = re.split(r"\n\n|\n(?=- \*\*What)", page.markdown.strip())
    assert re.search(r"(Exit code|Status) \d+[.;]", meaning)
    assert why.startswith("- **Why:** ")
    assert remedy.startswith("- **What to do:** ")
    assert all(len(line) <= 80 for line in page.lines(80))


@pytest.mark.parametrize(
    "kind",
    [one for one in kinds() if one.__module__ == "coach.errors"],
    ids=lambda kind: kind.__name__,
)
def test_a_code_names_the_exit_code_of_its_errors(kind: type[CoachError]) -> None:
    page = pages.find(kind.code)
    assert page is not None
    error = kind.__new__(kind)
    assert re.search(rf"\b{exits.code_of(error)}\b", page.markdown.split("\n\n")[1])


@pytest.mark.parametrize("code", [*SIGNALS])
def test_a_signal_has_its_exit_code(code: str) -> None:
    page = pages.find(code)
    assert page is not None
    assert f"Exit code {SIGNALS[code]}." in page.markdown


def test_help_shows_a_code_however_it_is_written(real: Coach) -> None:
    shown = real("help", "E_AUTH").stdout
    assert shown.startswith("E_AUTH\n")
    assert real("help", "e_auth").stdout == shown
    assert "did you mean E_AUTH" in real("help", "E_AUT").stderr
