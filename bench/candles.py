"""How long it takes to read 90 days of quarters of an hour for six symbols.

Prints the best of some runs, the ratio to reading the same bars with numpy from the plain texts
alone (no database, no unpacking, no hashing), and the budget.

    python bench/candles.py [--runs N]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from coach.engine.market import canonical, snapshots
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep, load
from coach.engine.market.objects import open_objects
from coach.engine.postgres import embedded
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from coach.model.candles import QUARTER, Candle, CandleWindow, Series, week_start_us
from coach.model.fills import Symbol
from coach.model.times import DAY_US, SECOND_US

SYMBOLS = [Symbol(f"{base}-USD") for base in ("BTC", "ETH", "SOL", "LINK", "DOGE", "ADA")]
STEP_US = QUARTER * SECOND_US
START_US = week_start_us(date(2026, 1, 5))
WINDOW = CandleWindow(START_US, START_US + 90 * DAY_US)
ASKED = FetchedWindow(WINDOW, datetime(2026, 6, 1, tzinfo=UTC))
BUDGET_MS = 300


def made_up(dice: random.Random) -> list[Candle]:
    """Return bars for the whole window."""

    def price() -> Decimal:
        return Decimal(dice.randint(6_000_000, 7_000_000)).scaleb(-2)

    return [
        Candle(start, price(), price(), price(), price(), price())
        for start in range(*WINDOW, STEP_US)
    ]


def best_ms(run: Callable[[], object], runs: int) -> float:
    """Return the shortest of some runs in milliseconds."""
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def measure(shelf: CandleShelf, runs: int) -> None:
    """Keep the bars, read them and print."""
    dice = random.Random(1)
    began = time.perf_counter()
    for symbol in SYMBOLS:
        keep(shelf, Series(symbol, QUARTER, "made up"), made_up(dice), ASKED)
    kept = time.perf_counter() - began
    found = [one for symbol in SYMBOLS for one in load(shelf, symbol, WINDOW)]
    names = [name for one in found for name in one.sha256s]
    texts = snapshots.fetch_all(shelf.objects, names)
    loading = best_ms(lambda: [load(shelf, symbol, WINDOW) for symbol in SYMBOLS], runs)
    parsing = best_ms(lambda: canonical.columns(texts), runs)
    bars = sum(len(one.columns.close) for one in found)
    print(f"{bars} bars in {len(names)} weeks, made up and kept in {kept:.1f} s")
    print(f"load {loading:.0f} ms, {loading / parsing:.1f} x parsing alone, budget {BUDGET_MS} ms")


def main() -> int:
    """Run on a database and in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = embedded.DatabaseHome(Path(folder) / "data", throwaway=True)
        try:
            url = embedded.ensure_running(home)
            migrate.upgrade(url)
            with connect(url) as connection:
                objects = open_objects(Folder(Path(folder) / "objects"))
                measure(CandleShelf(connection, objects, UserId("bench")), runs)
        finally:
            embedded.discard(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
