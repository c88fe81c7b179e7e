"""Importing generated fills end to end against a bare COPY of the same rows, in one run.

    .venv/bin/python bench/imports.py [FILLS ...]      # default: 100000 1000000

For each size: `coach import csv` in a fresh home (parsed, stored, matched, scored, rules,
events), then the same rows copied into an indexed table like `fill`, then the same file again,
then the same fills in another order, which are all known but a file never seen. Budgets: import
at most 3 x the COPY and growing linearly, the known file at most 1 x, under 1 GB of memory.
"""

import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coach.engine.store import embedded
from coach.engine.store.connect import connect
from coach.engine.store.embedded import DatabaseHome
from coach.engine.store.fills import COLUMNS
from coach.engine.store.place import find

SYMBOLS = ["BTC-USD", "ETH-USD", "SOL-USD", "ADA-USD", "LINK-EUR", "DOGE-USD"]
RULES = [
    ["max_trades_per_day", "limit=260"],
    ["cooldown_after_loss", "minutes=0.5"],
    ["max_size_vs_median", "ratio=6"],
]


def statement(fills: int) -> Iterator[str]:
    """Yield the lines of a generic statement: round trips of one to four fills."""
    dice, at = random.Random(fills), datetime(2021, 1, 1, tzinfo=UTC)
    yield "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    held = dict.fromkeys(SYMBOLS, 0)
    for number in range(fills):
        at += timedelta(seconds=dice.randrange(1, 300))
        symbol = dice.choice(SYMBOLS)
        size = dice.randrange(1, 10**6)
        if held[symbol] and dice.random() < 0.6:
            side, size = "sell", held[symbol]
            held[symbol] = 0
        else:
            side = "buy"
            held[symbol] += size
        price = dice.randrange(10**6, 10**7)
        yield (
            f"{at:%Y-%m-%dT%H:%M:%S}Z,{symbol},{side},0.{size:08d},{price / 100:.2f}"
            f",{price % 97 / 100:.2f},{symbol[-3:]},t{number}\n"
        )


def coach(home: Path, *words: str) -> tuple[float, int]:
    """Run a command in that home; return its seconds and its peak memory in MB."""
    start = time.perf_counter()
    script = (
        "import os, resource, subprocess, sys;"
        "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024);"
        "sys.exit(r.returncode)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, sys.executable, "-m", "coach", *words],
        env={"COACH_HOME": str(home), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return time.perf_counter() - start, int(ran.stdout)


def bare_copy(home: Path) -> float:
    """Return the seconds of one COPY of the same rows into the same indexed table."""
    connection = connect(embedded.ensure_running(DatabaseHome(home / "data")))
    with tempfile.TemporaryFile() as rows:
        with connection.cursor().copy(f"copy fill ({COLUMNS}) to stdout") as out:
            for block in out:
                rows.write(block)
        connection.execute("create table bare (like fill including all)")
        rows.seek(0)
        start = time.perf_counter()
        with connection.cursor().copy(f"copy bare ({COLUMNS}) from stdin") as into:
            while block := rows.read(1 << 20):
                into.write(block)
        taken = time.perf_counter() - start
    connection.execute("drop table bare")
    connection.close()
    return taken


def measure(fills: int) -> None:
    """Print one size's ratios."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home, file, other = Path(folder, "home"), Path(folder, "a.csv"), Path(folder, "b.csv")
        lines = list(statement(fills))
        file.write_text("".join(lines))
        body = lines[1:]
        random.Random(1).shuffle(body)
        other.write_text(lines[0] + "".join(body))
        del lines, body
        try:
            for rule in RULES:
                coach(home, "rules", "add", *rule)
            first, memory = coach(home, "import", "csv", str(file))
            copied = bare_copy(home)
            again, _ = coach(home, "import", "csv", str(file))
            shuffled, memory_known = coach(home, "import", "csv", str(other))
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)
    print(
        f"{fills:>9,} fills   import {first:6.1f} s = {first / copied:4.2f} x COPY ({copied:.1f} s)"
        f"   again {again / copied:4.2f} x   shuffled {shuffled / copied:4.2f} x"
        f"   peak {max(memory, memory_known)} MB"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for size in [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000]:
        measure(size)
