"""What `coach reconcile` costs, by the number of fills, beside `coach status`.

    .venv/bin/python -m bench.entries.reconcile [FILLS ...] [--runs N]      # default: 200000, 5

A home of its own with one account; printed are the median CPU seconds of the command and its
server, and their ratio to `coach status`.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.imports import coach, statement, written


def cpu(home: Path, runs: int, *words: str) -> float:
    """Return the median CPU seconds of a command."""
    return statistics.median(coach(home, *words).cpu for _ in range(runs))


def measure(fills: int, runs: int) -> None:
    """Print one size's ratio."""
    home = Path(tempfile.mkdtemp())
    try:
        file = written(home / "fills.csv", list(statement(fills)))
        coach(home, "import", "csv", file, "--account", "main", "--shorts")
        coach(home, "biases")
        status, found = cpu(home, runs, "status"), cpu(home, runs, "reconcile")
        print(
            f"{fills:>9,} fills  status {status:.2f} s  reconcile {found:.2f} s"
            f"  ratio {found / status:.1f}"
        )
    finally:
        environment = {**os.environ, "COACH_HOME": str(home)}
        stop = [sys.executable, "-m", "coach", "db", "stop"]
        subprocess.run(stop, env=environment, check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fills", nargs="*", type=int, default=[200_000])
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    for fills in asked.fills:
        measure(fills, asked.runs)


if __name__ == "__main__":
    main()
