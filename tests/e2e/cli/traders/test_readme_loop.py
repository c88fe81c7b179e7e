"""The README's loop runs as it stands there, from a statement to a digest."""

import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from tests import clock
from tests.e2e.cli.traders.conftest import HEADER, Coach

README = Path(__file__).parents[4] / "README.md"
PROGRAM = "    .venv/bin/coach "
LOOP = ["import", "biases", "why", "dry-run", "add", "check", "label", "reflect", "digest"]
FOUND_SOMETHING = 5


def commands() -> list[list[str]]:
    """Return the words of each line of the loop, without its remark."""
    loop = README.read_text().split("\n## Your own trading: the loop\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in loop.splitlines() if line.startswith(PROGRAM)]
    return [shlex.split(line.removeprefix(PROGRAM), comments=True) for line in lines]


@pytest.fixture
def statement(tmp_path: Path) -> str:
    """Ten days of one trade each: bought at 100 and sold at 99 half an hour later."""
    rows = [HEADER]
    for days in range(20, 10, -1):
        day = clock.now().date() - timedelta(days=days)
        rows += [f"{day}T09:00:00Z,BTC-USD,buy,1,100,0.1,USD,b{days}"]
        rows += [f"{day}T09:30:00Z,BTC-USD,sell,1,99,0.1,USD,s{days}"]
    file = tmp_path / "my-statement.csv"
    file.write_text("\n".join(rows) + "\n")
    return str(file)


def test_the_loop_goes_from_an_import_to_a_digest() -> None:
    words = commands()
    assert [word for line, word in zip(words, LOOP, strict=True) if word not in line[:2]] == []


def test_every_line_of_the_loop_runs(coach: Coach, statement: str) -> None:
    for words in commands():
        ended = coach(*(statement if word == "my-statement.csv" else word for word in words))
        assert ended.returncode in {0, FOUND_SOMETHING}, (words, ended.stderr)
