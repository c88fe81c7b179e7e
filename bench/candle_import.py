"""What a file of candles costs to import, bar by bar, in one run.

    .venv/bin/python -m bench.candle_import [BARS]      # default: 195000

Printed is what `coach candles import` takes per bar in a home of its own, by wall and by CPU (of
the command and of all processes of the server), what the same command takes for a file of six
bars, and the ratio to reading the same file with the csv module and Decimal alone. Budget: 10 µs a
bar, of what is above the file of six bars.
"""

import csv
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.imports import coach, written
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find

BUDGET_US = 10.0
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD")
FEW = 6


def lines(bars: int) -> Iterator[str]:
    """Yield a file of quarters of an hour, one line of each symbol after the other."""
    dice, start = random.Random(1), datetime(2024, 1, 1, tzinfo=UTC)
    yield "time,symbol,open,high,low,close,volume\n"
    cents = dict.fromkeys(SYMBOLS, 6_000_000)
    for number in range(bars):
        symbol = SYMBOLS[number % len(SYMBOLS)]
        opened = cents[symbol]
        closed = cents[symbol] = max(1_000, opened + dice.randint(-20_000, 20_000))
        high = max(opened, closed) + dice.randrange(5_000)
        low = max(1, min(opened, closed) - dice.randrange(900))
        prices = ",".join(f"{price / 100:.2f}" for price in (opened, high, low, closed))
        at = start + timedelta(minutes=15 * (number // len(SYMBOLS)))
        yield f"{at:%Y-%m-%dT%H:%M:%S}Z,{symbol},{prices},{dice.random() * 100:.6f}\n"


def bare_reading(file: str) -> float:
    """Return the seconds of CPU of reading the rows and their numbers, and nothing else."""
    began = time.process_time()
    with Path(file).open(encoding="utf-8") as text:
        for row in csv.reader(text):
            if row[0] != "time":
                [Decimal(cell) for cell in row[2:]]
    return time.process_time() - began


def main() -> None:
    """Measure in a home of its own."""
    bars = int(sys.argv[1]) if len(sys.argv) > 1 else 195_000
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        file = written(Path(folder, "many.csv"), list(lines(bars)))
        few = written(Path(folder, "few.csv"), list(lines(FEW)))
        try:
            coach(home, "db", "start")
            coach(home, "candles", "import", few, "--source", "warm")
            small = coach(home, "candles", "import", few, "--source", "few")
            large = coach(home, "candles", "import", file, "--source", "many")
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)
        bare = bare_reading(file)
    wall, cpu = ((large[i] - small[i]) / bars * 1e6 for i in range(2))
    within = "within" if cpu <= BUDGET_US else "OVER"
    print(
        f"{bars:,} bars: {wall:.1f} µs wall, {cpu:.1f} µs CPU a bar, {within} {BUDGET_US:.0f} µs;"
        f" {cpu * bars / 1e6 / bare:.1f} x csv and Decimal alone by CPU; peak {large.memory} MB\n"
        f"  {FEW} bars take {small.wall:.2f} s wall, {small.cpu:.2f} s CPU;"
        f" load {os.getloadavg()[0]:.1f} of {os.cpu_count()}"
    )


if __name__ == "__main__":
    main()
