"""All detectors over one trader's fills: seconds, and how they grow with the fills.

    .venv/bin/python bench/detectors.py [DAYS ...]     # default: 45 90 180 360 720

A made-up scalper with 15-minute candles of six symbols; the window holds all of it. Budget:
2 s at 2,000 fills, and a cost that grows no worse than n log n. Prints the growth of the cost
against the growth of n log n, step by step; 1.00 is exactly that.
"""

import math
import sys
import time
from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.lab import judge
from coach.engine.lab.generator.market import GeneratedMarket as MadeUp
from coach.engine.lab.generator.market import market
from coach.engine.lab.generator.plans import TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader

BUDGET_S, FILLS = 2.0, 2_000


def candles(made: MadeUp) -> Market:
    """Return the made-up market as the detectors see one."""
    starts = made.start_us + np.arange(made.bars) * made.step_us
    found = {}
    for row, symbol in enumerate(made.symbols):
        columns = (made.open, made.high, made.low, made.close, made.volume)
        raw = Columns(starts, *(column[row] for column in columns))
        found[str(judge.book_symbol(symbol))] = bars(raw, "lab", made.step_us)
    return Market(found)


def fills(run: TraderRun) -> list[judge.LabFill]:
    """Return the trader's fills."""
    rows = zip(
        run.trade_id, run.time_us, run.symbol, run.side, run.qty, run.price, run.fee, strict=True
    )
    return [
        judge.LabFill(
            name,
            at_us,
            judge.book_symbol(symbol),
            "buy" if side == "buy" else "sell",
            Decimal(quantity),
            Decimal(price),
            Decimal(fee),
        )
        for name, at_us, symbol, side, quantity, price, fee in rows
    ]


def main() -> None:
    """Print a line per length of history."""
    before: tuple[int, float] | None = None
    for days in [int(word) for word in sys.argv[1:]] or [45, 90, 180, 360, 720]:
        made = market(7, days)
        habits = {"revenge": 0.6, "averaging_down": 0.3, "disposition": 0.3, "fomo": 0.3}
        run = trader(made, TraderPlan("bench", "scalper", habits), 7)  # type: ignore[arg-type]
        past = judge.past(fills(run), candles(made), judge.Profile("bench", 60, 20_000.0))
        start = time.perf_counter()
        found = judge.findings(past, days)
        tagged = judge.tags(past)
        took = time.perf_counter() - start
        count = len(run.trade_id)
        line = (
            f"{days:4} d {count:6} fills {len(found):3} findings {len(tagged):5} tags {took:6.2f} s"
        )
        if before is not None:
            n, seconds = before
            growth = count * math.log(count) / (n * math.log(n))
            line += f"  x {took / seconds / growth:.2f} of n log n"
        if count <= FILLS:
            line += f"  {took / BUDGET_S:.2f} of the budget"
        print(line)
        before = count, took


if __name__ == "__main__":
    main()
