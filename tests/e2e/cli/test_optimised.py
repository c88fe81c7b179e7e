"""Under `python -O`, which removes every assert, the answers and the refusals are the same."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

Coach = Callable[..., CompletedProcess[str]]
QUESTIONS = (
    ("pnl",),
    ("trades",),
    ("rules", "list"),
    ("biases",),
    ("import", "csv", "nowhere.csv"),
    ("rules", "add", "max_trades_per_day", "limit=-5"),
)


def optimised_coach(home: Path, *words: str) -> CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-O", "-m", "coach", *words],
        env={"PATH": os.environ["PATH"], "COACH_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answers(run: Coach) -> list[Any]:
    """Return what each question is answered with, and its exit code."""
    found = []
    for words in QUESTIONS:
        ended = run(*words, "--json")
        said = json.loads(ended.stdout)
        found.append((ended.returncode, said.get("error", said.get("data"))))
    return found


def test_asserts_are_not_needed(coach: Coach, home: Path, statement: Path) -> None:
    done = optimised_coach(home, "import", "csv", str(statement), "--json")
    assert json.loads(done.stdout)["data"]["new"] == 4
    plain, optimised = answers(coach), answers(partial(optimised_coach, home))
    assert optimised == plain
    assert [code for code, _ in plain] == [0, 0, 0, 0, 2, 2]
