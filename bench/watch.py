"""From a fill at the sandbox to the line of `coach watch`, and what a fill costs it in CPU.

    .venv/bin/python bench/watch.py [FILLS]                               # default: 40

A sandbox with 90 days of a trader, a home of its own, a rule that every entry breaks. Each entry
waits until the line of the one before has come. Printed are the median and the 99th percentile,
the CPU of the watching process per fill, and the load of the machine.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from subprocess import DEVNULL, PIPE, Popen, run
from time import perf_counter

import httpx2

FILLS = 40
PRICE = "60000"


def words(*more: str) -> list[str]:
    """Return a command line of coach."""
    return [sys.executable, "-m", "coach", *more]


@contextmanager
def sandbox(home: Path) -> Iterator[str]:
    """Run a sandbox with an account connected to it, read, and a rule; yield its address."""
    plan = home / "plan.json"
    plan.write_text("{}")
    order = words("sandbox", "--json", "--faults", str(plan))
    with Popen(order, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())["data"]
        key = ("--base-url", told["url"], "--key-file", told["view_key"])
        for line in (
            ("connect", "coinbase", *key),
            ("import", "sync"),
            ("rules", "add", "max_trades_per_day", "limit=1"),
        ):
            run(words(*line), stdout=DEVNULL, check=True)
        yield told["url"]
        process.terminate()


def fill(url: str, side: str) -> None:
    """Let a fill happen."""
    order = {"product_id": "BTC-USD", "side": side, "size": "0.01", "price": PRICE}
    httpx2.post(f"{url}/sandbox/fills", json=order).raise_for_status()


def wait_for(lines: Iterator[str], kind: str, state: str = "") -> None:
    """Read lines until one of that kind comes."""
    for line in lines:
        row = json.loads(line)
        if row["kind"] == kind and row["state"] == state:
            return
    raise SystemExit("coach watch has ended")


def latencies(url: str, count: int) -> tuple[list[float], float]:
    """Return the seconds from each entry to its line, and the CPU of all that in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Popen(words("watch", "--json"), stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        lines, found = iter(process.stdout), []
        wait_for(lines, "stream", "open")
        for side in ("BUY", "SELL"):  # the day's first entry breaks nothing
            fill(url, side)
            wait_for(lines, "fills")
        for _ in range(count):
            began = perf_counter()
            fill(url, "BUY")
            wait_for(lines, "breach")
            found.append(perf_counter() - began)
            fill(url, "SELL")
            wait_for(lines, "fills")
        process.send_signal(signal.SIGINT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FILLS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COACH_HOME"] = folder
        try:
            with sandbox(Path(folder)) as url:
                found, cpu = latencies(url, count)
        finally:
            run(words("db", "stop"), stdout=DEVNULL, check=False)
    cuts = quantiles(found, n=100, method="inclusive")
    load = os.getloadavg()[0]
    print(f"{count} entries: p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s to the line (limit 2 s)")
    print(f"{cpu / (2 * count):.3f} s of CPU a fill, start included; load {load:.1f}")


if __name__ == "__main__":
    main()
