"""Twenty rules over five years of fills: seconds, and how that stands to the budget.

    .venv/bin/python bench/rules.py [FILLS ...]     # default: 25000 50000 100000

A made-up trader of six symbols with 15-minute candles; a seventh of the trades is added to. What
is measured is the replay: all rules over a history that is laid out. Prints the seconds, their
ratio to the budget (2 s at 100,000 fills) and to what laying the history out took.
"""

import sys
import time
from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.schema import read_rule
from coach.model.fills import FillKey, Symbol
from coach.model.rules import Rule, RuleId
from coach.model.trades import TradeId, Trip

BUDGET_S, FILLS = 2.0, 100_000
YEARS_US = 5 * 365 * 86_400_000_000
START_US = 1_600_000_000_000_000
BAR_US = 900_000_000
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "ADA-USD", "LTC-USD")
HOURS = {"kind": "trading_hours", "params": {"from": "06:00", "until": "23:00"}}
STREAK = {"kind": "stop_after_losses_in_a_row", "params": {"losses": 5}}
GIVEN: tuple[tuple[str, dict[str, object]], ...] = (
    ("max_trades_per_day", {"limit": 30}),
    ("cooldown_after_loss", {"minutes": 5}),
    ("cooldown_after_loss", {"minutes": 15}),
    ("max_size_vs_median", {"ratio": 2.5}),
    ("max_size_vs_median", {"ratio": 3, "window": 50}),
    ("max_loss_per_day", {"amount": 500, "currency": "USD"}),
    ("max_loss_per_day", {"percent": 3}),
    ("max_drawdown", {"amount": 5000}),
    ("size_cap_after_losses", {"losses": 3, "ratio": 2}),
    ("stop_after_losses_in_a_row", {"losses": 6}),
    ("no_entry_after_spike", {"z": 3}),
    ("no_averaging_down", {"below": 1}),
    ("trading_hours", {"from": "02:00", "until": "23:00"}),
    ("symbol_lock", {"symbols": ["DOGE"]}),
    ("max_open_positions", {"positions": 4}),
    ("max_concentration", {"share": 40}),
    ("fee_budget_per_week", {"budget": 200}),
    ("holding_time_floor", {"minutes_at_least": 3}),
    ("holding_time_ceiling", {"minutes_at_most": 3000}),
    ("all", {"rules": [HOURS, STREAK]}),
)


def trader(fills: int) -> tuple[list[Trip], list[OrderRow]]:
    """Return the round trips of about so many fills, and their orders."""
    dice = np.random.Generator(np.random.PCG64(5))
    count = fills * 7 // 15
    opened = START_US + np.sort(dice.integers(0, YEARS_US, count))
    held = dice.exponential(3.6e9, count).astype(np.int64) + 1
    nets = np.round(dice.normal(0, 40, count), 2)
    sizes = np.round(np.exp(dice.normal(6, 0.6, count)), 2)
    added = dice.random(count) < 1 / 7
    trips, orders = [], []
    for row in range(count):
        start, end = int(opened[row]), int(opened[row] + held[row])
        symbol, size = SYMBOLS[row % len(SYMBOLS)], float(sizes[row])
        keys = (FillKey(row.to_bytes(16, "big")),)
        net, fees = Decimal(str(nets[row])), Decimal("0.8")
        money = (net + fees, fees, net, Decimal(1), Decimal(str(size)))
        trips.append(
            Trip(
                TradeId(f"{row:016x}"),
                Symbol(symbol),
                "USD",
                "long",
                start,
                end,
                *money,
                keys,
                keys,
            )
        )
        orders.append(OrderRow(row, ENTRY, start, 1.0, size, 0.0, 0.0, keys))
        if added[row]:
            middle = (start + end) // 2
            orders.append(OrderRow(row, ADD, middle, 1.0, size * 0.995, 1.0, size, keys))
        orders.append(OrderRow(row, CLOSE, end, 1.0, size, 1.0, size, keys))
    return trips, sorted(orders, key=lambda order: (order.at_us, order.row, order.kind))


def market() -> Market:
    """Return five years of candles."""
    dice = np.random.Generator(np.random.PCG64(7))
    starts = START_US - 1_344 * BAR_US + np.arange(YEARS_US // BAR_US + 1_344) * BAR_US
    found = {}
    for symbol in SYMBOLS:
        close = 100 * np.exp(np.cumsum(dice.normal(0, 0.002, len(starts))))
        opens = np.concatenate([[100.0], close[:-1]])
        raw = Columns(
            starts, opens, np.maximum(opens, close), np.minimum(opens, close), close, close
        )
        found[symbol] = bars(raw, "bench", BAR_US)
    return Market(found)


def laid_out(trips: list[Trip], orders: list[OrderRow], seen: Market) -> History:
    """Return the history with all that stands beside it."""
    return history(trips).beside(columns(orders), seen, Trader("Europe/Berlin", equity=50_000.0))


def main() -> None:
    """Print a line per size."""
    rules = [
        Rule(RuleId(f"{number}"), kind, read_rule(kind, params), active=True)
        for number, (kind, params) in enumerate(GIVEN)
    ]
    seen = market()
    for fills in [int(word) for word in sys.argv[1:]] or [25_000, 50_000, 100_000]:
        trips, orders = trader(fills)
        began = time.perf_counter()
        past = laid_out(trips, orders, seen)
        made = time.perf_counter()
        found = breaches(rules, past, "Europe/Berlin")
        took = time.perf_counter() - made
        print(
            f"{fills:7} fills {len(trips):6} trades {len(rules)} rules {len(found):6} breaches"
            f" {took:6.2f} s  x {took / (made - began):.2f} of laying out"
            f"  {took / BUDGET_S * FILLS / fills:.2f} of the budget"
        )


if __name__ == "__main__":
    main()
