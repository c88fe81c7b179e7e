"""Importing generated fills end to end against a bare COPY of the same rows, in one run.

    .venv/bin/python bench/imports.py [FILLS ...]      # default: 100000 1000000

For each size: `coach import csv` in a fresh home (parsed, stored, matched, scored, rules,
events), then the same rows copied into a table with the indexes and constraints of `fill`, then
the same file again, then the same fills in another order, which are all known but a file never
seen, and a simulation of them all. Every ratio is printed by wall and by CPU, which is that of the
command and of all processes of the server: wall tells little where others compute. Budgets: import
at most 4 x the COPY at 100,000 and 3 x at a million, the known file at most 1.5 x `coach status`,
import and simulation under 1 GB of memory.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store.connect import connect
from coach.engine.store.fills import COLUMNS

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
        fee = size * price * 2 // 10**11  # 0.2 % in whole cents, rounded down
        yield (
            f"{at:%Y-%m-%dT%H:%M:%S}Z,{symbol},{side},0.{size:08d},{price / 100:.2f}"
            f",{fee / 100:.2f},{symbol[-3:]},t{number}\n"
        )


class Cost(NamedTuple):
    """What something took: seconds by wall, seconds of CPU of client and server, memory in MB."""

    wall: float
    cpu: float
    memory: int = 0

    def beside(self, other: "Cost") -> str:
        """Return how many times the other it took."""
        return f"{self.wall / other.wall:5.2f} x wall {self.cpu / other.cpu:5.2f} x CPU"


def server_cpu(home: Path) -> float:
    """Return the CPU seconds of the server of that home so far; 0 where it does not run."""
    postmaster = embedded.state(DatabaseHome(home / "data")).pid
    if postmaster is None:
        return 0.0
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process that ends meanwhile is in its parent's count
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            if pid == postmaster:
                ticks += sum(map(int, fields[11:15]))  # its own and those of its ended children
            elif int(fields[1]) == postmaster:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def coach(home: Path, *words: str) -> Cost:
    """Run a command in that home."""
    server, start = server_cpu(home), time.perf_counter()
    script = (
        "import resource, subprocess, sys;"
        "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(u.ru_utime + u.ru_stime, u.ru_maxrss // 1024);"
        "sys.exit(r.returncode)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, sys.executable, "-m", "coach", *words],
        env={"COACH_HOME": str(home), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        check=True,
    )
    wall = time.perf_counter() - start
    cpu, memory = ran.stdout.split()
    return Cost(wall, float(cpu) + server_cpu(home) - server, int(memory))


def bare_copy(home: Path) -> Cost:
    """Copy the same rows into a table with the indexes and constraints of `fill`."""
    connection = connect(embedded.ensure_running(DatabaseHome(home / "data")))
    with tempfile.TemporaryFile() as rows:
        with connection.cursor().copy(f"copy fill ({COLUMNS}) to stdout") as out:
            for block in out:
                rows.write(block)
        connection.execute("create table bare (like fill including all)")
        rows.seek(0)
        server, client, start = server_cpu(home), time.process_time(), time.perf_counter()
        with connection.cursor().copy(f"copy bare ({COLUMNS}) from stdin") as into:
            while block := rows.read(1 << 20):
                into.write(block)
        wall, cpu = time.perf_counter() - start, time.process_time() - client
        taken = Cost(wall, cpu + server_cpu(home) - server)
    connection.execute("drop table bare")
    connection.close()
    return taken


def written(file: Path, lines: list[str]) -> str:
    """Write a file and return its path."""
    file.write_text("".join(lines))
    return str(file)


def measure(fills: int) -> None:
    """Print one size's ratios."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        lines = list(statement(fills))
        file = written(Path(folder, "a.csv"), lines)
        body = lines[1:]
        random.Random(1).shuffle(body)
        other = written(Path(folder, "b.csv"), [lines[0], *body])
        del lines, body
        try:
            for rule in RULES:
                coach(home, "rules", "add", *rule)
            first = coach(home, "import", "csv", file)
            copied = bare_copy(home)
            coach(home, "status")
            status = coach(home, "status")
            again = coach(home, "import", "csv", file)
            shuffled = coach(home, "import", "csv", other)
            simulated = coach(home, "simulate", "--skip-after-loss", "30")
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)
    print(
        f"{fills:,} fills: a COPY takes {copied.wall:.1f} s wall, {copied.cpu:.1f} s CPU;"
        f" load {os.getloadavg()[0]:.1f} of {os.cpu_count()}\n"
        f"  import        {first.beside(copied)}   peak {max(first.memory, shuffled.memory)} MB\n"
        f"  again         {again.beside(copied)}   {again.cpu / status.cpu:.2f} x status by CPU\n"
        f"  shuffled      {shuffled.beside(copied)}\n"
        f"  simulate      {simulated.beside(copied)}   peak {simulated.memory} MB"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for size in [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000]:
        measure(size)
