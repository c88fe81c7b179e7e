"""What it costs to wait for what is new, beside `coach status`, by CPU, in one run.

    .venv/bin/python -m bench.waiting [FILLS] [--edits FILLS] [--runs N]

A home with that many generated fills (200,000) and three rules: ten new fills, `biases` and a kept
digest without news, a check before a trade. A second home with 50,000 fills and two rules more, one
of which needs orders: an edit of each kind of rule. Printed are the medians of the CPU time of the
command and of all processes of the server, their ratios to `coach status` of the same home, and
the budgets.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.imports import RULES, SYMBOLS, coach, statement, written
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find

NEW = 10
MORE_RULES = [["max_loss_per_day", "amount=500"], ["no_averaging_down", "below=1"]]
EDITS = {
    "cooldown_after_loss": "minutes=0.{}",
    "max_size_vs_median": "ratio=6.{}",
    "max_loss_per_day": "amount=50{}",
    "no_averaging_down": "below=1.{}",
}

Words = Callable[[int], list[str]]
"""The words of a command in its first, second, third run."""


class Budget(NamedTuple):
    """What a command may cost: times `coach status`, or seconds of CPU."""

    most: float
    unit: str


class Case(NamedTuple):
    """A command, how it is called, and what it may cost."""

    name: str
    words: Words
    budget: Budget


def later_fills(last: datetime, run: int) -> Iterator[str]:
    """Yield the lines of a statement of ten fills after the last one: five round trips."""
    yield "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    for number in range(NEW):
        at = last + timedelta(hours=run + 1, minutes=number)
        symbol, side = SYMBOLS[number // 2], ("buy", "sell")[number % 2]
        price, fee = f"{30_000 + number}.00", f"1.00,{symbol[-3:]},new{run}-{number}"
        yield f"{at:%Y-%m-%dT%H:%M:%S}Z,{symbol},{side},0.5,{price},{fee}\n"


def median_cpu(home: Path, words: Words, runs: int) -> float:
    """Run a command once to warm up, then return the median of its CPU seconds."""
    spent = [coach(home, *words(run)).cpu for run in range(runs + 1)]
    return statistics.median(spent[1:])


def report(home: Path, cases: list[Case], runs: int) -> None:
    """Print what each command costs."""
    status = median_cpu(home, lambda _: ["status"], runs)
    print(f"  {'status':<28} {status * 1000:7.0f} ms")
    for name, words, budget in cases:
        spent = median_cpu(home, words, runs)
        measured = spent / status if budget.unit == "x status" else spent
        within = "within" if measured <= budget.most else "OVER"
        print(
            f"  {name:<28} {spent * 1000:7.0f} ms {spent / status:6.2f} x status"
            f"  {within} {budget.most:g} {budget.unit}"
        )


def looks(folder: Path, last: datetime) -> list[Case]:
    """Return what is done with many fills."""
    files = count()

    def bring(run: int) -> list[str]:
        file = Path(folder, f"new-{next(files)}.csv")
        return ["import", "csv", written(file, list(later_fills(last, run)))]

    return [
        Case("biases, no news", lambda _: ["biases"], Budget(1.5, "x status")),
        Case("digest, no news", lambda _: ["digest"], Budget(1.5, "x status")),
        Case("check", lambda _: ["check", "BTC-USD", "buy", "0.5"], Budget(0.3, "s")),
        Case(f"{NEW} new fills", bring, Budget(2.5, "x status")),
    ]


def edits() -> list[Case]:
    """Return an edit of each of these rules."""

    def edit(kind: str, param: str) -> Words:
        return lambda run: ["rules", "edit", kind, param.format(run + 1)]

    return [
        Case(f"edit {kind}", edit(kind, param), Budget(1.0, "s")) for kind, param in EDITS.items()
    ]


@contextmanager
def filled_home(
    folder: Path, fills: int, rules: list[list[str]]
) -> Iterator[tuple[Path, datetime]]:
    """Yield a home with generated fills and these rules, and the time of the last fill."""
    home = Path(folder, f"home-{fills}")
    lines = list(statement(fills))
    file = written(Path(folder, f"{fills}.csv"), lines)
    try:
        for rule in rules:
            coach(home, "rules", "add", *rule)
        coach(home, "import", "csv", file)
        print(f"{fills:,} fills; load {os.getloadavg()[0]:.1f} of {os.cpu_count()}")
        yield home, datetime.fromisoformat(lines[-1].partition(",")[0])
    finally:
        embedded.stop(DatabaseHome(home / "data"))
        shutil.rmtree(find(DatabaseHome(home / "data")).base)


def main() -> None:
    """Measure in homes of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("fills", type=int, nargs="?", default=200_000)
    options.add_argument("--edits", type=int, default=50_000)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as name:
        folder = Path(name)
        with filled_home(folder, given.fills, RULES) as (home, last):
            report(home, looks(folder, last), given.runs)
        with filled_home(folder, given.edits, [*RULES, *MORE_RULES]) as (home, _):
            report(home, edits(), given.runs)


if __name__ == "__main__":
    main()
