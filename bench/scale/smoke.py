"""Whether an import of 1,000 trades of a broker stays within its budget.

    .venv/bin/python -m bench.scale.smoke [--check]    # exit code 1 where it does not

What a broker calls a trade is a fill: a row of its statement. Budget: three times `coach status` by
CPU, the server's included, each the better of two. Printed beside, without a budget, is an import
of 1,000 round trips, which are 2,000 fills.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.imports import coach, written
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find

FILLS = 1_000
BUDGET = 3.0
TRIES = 2


def statement(fills: int) -> list[str]:
    """Return a statement of so many fills, bought and sold by turns."""
    lines = ["timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"]
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    for number in range(fills):
        side = "sell" if number % 2 else "buy"
        price = 100 + number * 37 % 11
        when = f"{at + timedelta(minutes=30 * number):%Y-%m-%dT%H:%M:%SZ}"
        lines.append(f"{when},BTC-USD,{side},1,{price},0.1,USD,t{number}\n")
    return lines


def costs(fills: int) -> tuple[float, float]:
    """Return the CPU of an import of so many fills into a fresh home, and of a status there."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        try:
            coach(home, "db", "start")
            file = written(Path(folder, "a.csv"), statement(fills))
            imported = coach(home, "import", "csv", file).cpu
            coach(home, "status")
            return imported, coach(home, "status").cpu
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)


def main() -> int:
    """Print both imports, and judge the first."""
    judged = 0.0
    for fills in (FILLS, 2 * FILLS):
        measured = [costs(fills) for _ in range(TRIES)]
        imported, status = (min(column) for column in zip(*measured, strict=True))
        ratio = imported / status
        judged = judged or ratio
        print(f"{fills:,} fills: {imported:.2f} s of CPU, status {status:.2f} s, {ratio:.2f} x")
    print(f"budget {BUDGET:g} x for {FILLS:,} fills: {'over' if judged > BUDGET else 'within'}")
    return 1 if judged > BUDGET and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
