"""Under `python -O`, which removes every assert, the answers and the refusals are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

QUESTIONS = (
    ("pnl",),
    ("trades",),
    ("rules", "list"),
    ("biases",),
    ("import", "csv", "nowhere.csv"),
    ("rules", "add", "max_trades_per_day", "limit=-5"),
)


def answers(home: Path, *interpreter: str) -> list[Any]:
    """Return what each question is answered with, and its exit code."""
    found = []
    for words in QUESTIONS:
        ended = subprocess.run(
            [sys.executable, *interpreter, "-m", "coach", *words, "--json"],
            env={"PATH": os.environ["PATH"], "COACH_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = json.loads(ended.stdout)
        found.append((ended.returncode, said.get("error", said.get("data"))))
    return found


def test_asserts_are_not_needed(home: Path, statement: Path) -> None:
    command = [sys.executable, "-O", "-m", "coach", "import", "csv", str(statement), "--json"]
    environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["data"]["new"] == 4
    plain, optimised = answers(home), answers(home, "-O")
    assert optimised == plain
    assert [code for code, _ in plain] == [0, 0, 0, 0, 2, 2]
