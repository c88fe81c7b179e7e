"""A home with a running database and a few fills, for what happens to commands from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STATEMENT = """\
timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id
2026-04-01T09:00:00Z,BTC-USD,buy,1,100,1,USD,a1
2026-04-01T10:00:00Z,BTC-USD,sell,1,90,1,USD,a2
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which only this home is known."""
    return {"PATH": os.environ["PATH"], "COACH_HOME": str(home), **more}


@pytest.fixture(scope="module")
def used_home(home: Path) -> Path:
    """A home into which `mine.csv`, which lies in it, was imported."""
    statement = home / "mine.csv"
    statement.write_text(STATEMENT)
    command = [sys.executable, "-m", "coach", "import", "csv", str(statement)]
    subprocess.run(command, env=environment(home), check=True, capture_output=True)
    return home
