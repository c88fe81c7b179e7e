"""ACCESSIBLE=1: what a screen reader is given has no boxes, no charts and no columns."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e.cli.conftest import environment
from tests.e2e.cli.test_schemas import files
from tests.e2e.conftest import WarmPython

Coach = Callable[..., CompletedProcess[str]]
DRAWN = re.compile(r"[─-▟■-◿⠀-⣿⚀-⛿✓✗←-⇿]")
MOVES = re.compile(r"\x1b\[[0-9;?]*[A-HJKSTfhl]|\r(?!\n)|\x08")
COLUMNS = re.compile(r"\S {2,}\S")
BEFORE = (
    "import csv {statement} --account main --no-shorts",
    "candles import {candles} --source mine",
    "rules add max_trades_per_day limit=3",
    "plans add stop --percent 2",
    "note today slept badly",
)
LINES = (
    "accounts",
    "audit",
    "audit verify",
    "biases",
    "candles list",
    "candles sources --symbol BTC-USD",
    "check BTC-USD buy 1 --price 100",
    "config list --show-origin",
    "db status",
    "digest",
    "doctor",
    "events --limit 3",
    "experiments list",
    "help",
    "help exit codes",
    "help commands",
    "import list",
    "jobs",
    "keys status",
    "label questions --no-input",
    "note list",
    "plans",
    "pnl",
    "reflect why do I lose",
    "rules list",
    "rules breaches",
    "rules presets",
    "rules history",
    "rules dry-run cooldown_after_loss minutes=60",
    "rules calibrate",
    "schedule status",
    "simulate --skip-after-loss 30",
    "status",
    "tags",
    "token list",
    "trades",
    "trades --open",
    "tui",
    "users list",
    "version",
    "why {trade}",
    "why revenge",
)
__all__ = ["files"]


@pytest.fixture(scope="module")
def shown(home: Path, warm_python: WarmPython, files: dict[str, str]) -> dict[str, str]:
    """What each command shows on a terminal that is read aloud."""
    told = environment(home, ACCESSIBLE="1", COLUMNS="200")
    for line in BEFORE:
        done = warm_python.run([word.format(**files) for word in line.split()], told, home)
        assert done.returncode == 0, (line, done.stderr)
    tagged = warm_python.run(("tags", "--json"), told, home).stdout
    trade = json.loads(tagged)["data"][-1]["trade_id"]
    return {
        line: warm_python.show(
            [word.format(trade=trade) for word in line.split()], told, home
        ).stdout
        for line in LINES
    }


@pytest.mark.parametrize("line", LINES)
def test_nothing_depends_on_where_it_stands_or_is_drawn(shown: dict[str, str], line: str) -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown[line])
    assert text.strip()
    assert not DRAWN.findall(text)
    assert not MOVES.findall(shown[line])
    assert not [row for row in text.splitlines() if COLUMNS.search(row)]
