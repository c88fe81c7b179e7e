"""What it costs that PostgreSQL keeps a session to its user's rows, in one run.

    .venv/bin/python -m bench.isolation [FILLS] [--runs N]      # default: 100000, 15

A home with that many generated fills of one user. Each question is asked by turns over a session of
the owner of the tables and over one that is confined; printed are the medians and their ratio, of
the time from question to answer in one process that is warm.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bench.imports import coach, statement, written
from coach import wiring
from coach.engine.api import health, trades
from coach.engine.api.session import Session
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store.connect import connect
from coach.settings import reading

BUDGET = 1.25
Question = Callable[[Session], object]
QUESTIONS: dict[str, Question] = {
    "status": health.status,
    "trades": lambda session: sum(1 for _ in trades.round_trips(session)),
    "trades of a symbol": lambda session: sum(
        1 for _ in trades.round_trips(session, trades.TradeFilter(symbol="BTC-USD"))
    ),
    "pnl": lambda session: trades.profit(session, "fifo", None, None),
}


def timed(session: Session, question: Question, *, confined: bool) -> float:
    """Return the seconds that a question takes."""
    connection = session.connection
    with connection.confined_to(session.user.id) if confined else nullcontext():
        start = perf_counter()
        question(session)
        return perf_counter() - start


def measure(home: Path, runs: int) -> None:
    """Print what each question takes with and without."""
    url = embedded.ensure_running(DatabaseHome(home / "data"))
    settings = replace(reading.read({"COACH_HOME": str(home)}, {}), database_url=url)
    with connect(url) as connection:
        session = wiring.session_over(connection, settings)
        for name, question in QUESTIONS.items():
            for confined in (False, True):
                timed(session, question, confined=confined)
            pairs = [
                [timed(session, question, confined=confined) for confined in (False, True)]
                for _ in range(runs)
            ]
            bare, kept = (statistics.median(one) * 1000 for one in zip(*pairs, strict=True))
            within = "within" if kept / bare <= BUDGET else "OVER"
            print(
                f"  {name:<20} {bare:8.1f} ms, confined {kept:8.1f} ms:"
                f" {kept / bare:5.2f} x  {within} {BUDGET}"
            )


def main() -> None:
    """Measure in a home of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("fills", type=int, nargs="?", default=100_000)
    options.add_argument("--runs", type=int, default=15)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        file = written(Path(folder, "a.csv"), list(statement(given.fills)))
        try:
            coach(home, "import", "csv", file)
            print(f"{given.fills:,} fills, medians of {given.runs}")
            measure(home, given.runs)
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)


if __name__ == "__main__":
    main()
