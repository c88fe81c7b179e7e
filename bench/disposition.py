"""How long the disposition effect takes, for 1,000 to 50,000 orders in 10 or 30 assets.

    python bench/disposition.py [--folder FOLDER]

Each line is one run of the engine's call from CSV files to results, files read included, and the
growth against the line before it: time by orders, 1.00 where both grow alike.
"""

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from coach.engine.api.lab.disposition import Request, disposition

SIZES = (1_000, 10_000, 50_000)
ASSETS = (10, 30)
BEGIN = datetime(2020, 1, 6, 9, tzinfo=UTC)
REPEATS = 3


def write(folder: Path, orders: int, assets: int) -> tuple[Path, Path]:
    """Write orders at random and a price of each asset at each of their times."""
    dice = Random(f"{orders} {assets}")
    prices = [100.0] * assets
    held = [0] * assets
    trades, market = folder / "transactions.csv", folder / "prices.csv"
    with trades.open("w") as ordered, market.open("w") as priced:
        ordered.write("investor,type,asset,quantity,price,datetime\n")
        priced.write("asset,datetime,price\n")
        for number in range(orders):
            at = (BEGIN + timedelta(minutes=30 * number)).strftime("%Y-%m-%d %H:%M:%S")
            prices = [round(price * dice.uniform(0.99, 1.01), 4) for price in prices]
            priced.writelines(f"A{n:02},{at},{price}\n" for n, price in enumerate(prices))
            asset = dice.randrange(assets)
            sells = held[asset] > 0 and dice.random() < 0.5
            size = dice.randint(1, held[asset]) if sells else dice.randint(1, 100)
            held[asset] += -size if sells else size
            side = "S" if sells else "B"
            ordered.write(f"T,{side},A{asset:02},{size},{prices[asset]},{at}\n")
    return trades, market


def seconds(trades: Path, market: Path, request: Request) -> float:
    """Return the best of a few runs."""
    times = []
    for _ in range(REPEATS):
        begin = perf_counter()
        disposition(trades, market, request)
        times.append(perf_counter() - begin)
    return min(times)


def main() -> None:
    """Print a line per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    base = parser.parse_args().folder
    for request in (Request(), Request(time_series=True, portfolio_driven=True)):
        print("with time series and portfolio driven" if request.time_series else "four methods")
        for assets in ASSETS:
            before: tuple[int, float] | None = None
            for orders in SIZES:
                with tempfile.TemporaryDirectory(dir=base) as folder:
                    took = seconds(*write(Path(folder), orders, assets), request)
                growth = ""
                if before:
                    growth = f"  growth {took / before[1] / (orders / before[0]):.2f}"
                before = (orders, took)
                print(f"{assets:3} assets {orders:7,} orders {took:7.3f} s{growth}", flush=True)


if __name__ == "__main__":
    main()
