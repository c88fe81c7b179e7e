"""What a look at findings, a kept digest, coverage and a page of fills costs beside `coach status`.

    .venv/bin/python -m bench.results [FILLS] [--runs N]      # default: 100000, 5

A home with that many generated fills and three rules. Printed is the median CPU time of the command
and of all processes of the server, by CPU and in one run, and its ratio to `coach status`: of what
is computed (the kept results are deleted before) and of what is read back. Budget of what is read
back: 1.5 x status. A page of fills is read from an index, and nothing is kept of it.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.imports import RULES, coach, statement, written
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store.connect import connect

BUDGET = 1.5
LOOKS = (
    *(("biases",), ("why", "revenge"), ("digest",)),
    *(("coverage",), ("fills", "list", "--limit", "200")),
)


def nothing() -> None:
    """Do nothing before a run."""


def median_cpu(home: Path, words: tuple[str, ...], runs: int, before: Callable[[], None]) -> float:
    """Run a command once to warm up, then return the median of its CPU seconds."""
    spent = []
    for _ in range(runs + 1):
        before()
        spent.append(coach(home, *words).cpu)
    return statistics.median(spent[1:])


def measure(home: Path, runs: int) -> None:
    """Print what each look costs, computed and read back."""
    with connect(embedded.ensure_running(DatabaseHome(home / "data"))) as connection:

        def forget() -> None:
            connection.execute("delete from kept_result")
            connection.execute("update digest set history_sha256 = ''")

        status = median_cpu(home, ("status",), runs, nothing)
        print(f"  {'coach status':<28} {status * 1000:7.0f} ms")
        for words in LOOKS:
            computed = median_cpu(home, words, runs, forget) / status
            read = median_cpu(home, words, runs, nothing) / status
            within = "within" if read <= BUDGET else "OVER"
            name = f"coach {' '.join(words)}"
            print(
                f"  {name:<28} computed {computed:5.2f} x status, read back {read:5.2f} x status"
                f"  {within} {BUDGET}"
            )


def main() -> None:
    """Measure in a home of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("fills", type=int, nargs="?", default=100_000)
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        file = written(Path(folder, "a.csv"), list(statement(given.fills)))
        try:
            for rule in RULES:
                coach(home, "rules", "add", *rule)
            coach(home, "import", "csv", file)
            print(f"{given.fills:,} fills, medians of {given.runs}")
            measure(home, given.runs)
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)


if __name__ == "__main__":
    main()
