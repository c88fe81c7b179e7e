"""The panel with 100,000 trades: how soon it paints, what a key costs, what it writes at rest.

    .venv/bin/python bench/tui.py [TRADES]      # default: 100000

Prints each number beside its budget: start to first paint 1 s; the table 0.15 s after its data;
10 ms of CPU a key at the median; frames of 50 ms at the 95th percentile while it is scrolled,
sorted and filtered; no byte at rest; 250 MB of memory. The first reading after a large import
draws all conclusions; it is waited for before anything is measured.
"""

import asyncio
import os
import pty
import random
import resource
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.model.machine.panel import PanelRequest
from coach.settings import reading
from coach.tui.app import CoachApp
from coach.tui.keys.keymap import load_keymap
from coach.tui.widgets.row_table import RowTable

SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD", "ADA-USD", "DOGE-USD")
QUIET_S = 10
KEYS = 200
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"


def statement(trades: int) -> Iterator[str]:
    """Yield so many round trips of two fills."""
    dice, at = random.Random(3), datetime(2021, 1, 1, tzinfo=UTC)
    yield HEADER
    for number in range(trades):
        at += timedelta(minutes=dice.randrange(5, 35))
        symbol, size = dice.choice(SYMBOLS), dice.randrange(1, 50) / 10
        price = dice.randrange(9_000, 11_000) / 100
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},buy,{size},{price},0.1,USD,b{number}"
        at += timedelta(minutes=dice.randrange(2, 15))
        left = f"{price * (1 + dice.gauss(0, 0.01)):.2f}"
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},sell,{size},{left},0.1,USD,s{number}"


def say(what: str, value: float, budget: float, unit: str) -> None:
    """Print a number beside its budget."""
    print(f"{what:<52} {value:9.3f} {unit:<4} budget {budget:g} {unit}")


def coach(home: Path, *words: str) -> None:
    """Run a command in that home."""
    command = [sys.executable, "-m", "coach", *words]
    known = {**os.environ, "COACH_HOME": str(home)}
    subprocess.run(command, env=known, check=True, stdout=subprocess.DEVNULL)


def start_and_rest(home: Path) -> None:
    """Measure a process on a terminal: its first paint, its bytes at rest, its memory."""
    ours, theirs = pty.openpty()
    known = {**os.environ, "COACH_HOME": str(home), "TERM": "xterm-256color"}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "coach", "tui", "trades"]
    with subprocess.Popen(
        command, env=known, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Trades" not in shown:
            shown += os.read(ours, 65_536)
        say("start to first paint", time.perf_counter() - begun, 1.0, "s")
        while read_for(ours, 3.0):
            pass
        say(
            f"bytes a second, over {QUIET_S} s at rest", read_for(ours, QUIET_S) / QUIET_S, 0, "B/s"
        )
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        say("memory at its highest", int(peak) / 1_000, 250, "MB")
        os.write(ours, b"q")
        process.wait(30)


def read_for(terminal: int, seconds: float) -> int:
    """Return how many bytes came within so many seconds."""
    end, count = time.perf_counter() + seconds, 0
    while (left := end - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 65_536))
    return count


def cpu() -> float:
    """Return the CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def keys(home: Path) -> None:
    """Measure keys in this process."""
    settings = reading.read({"COACH_HOME": str(home)}, {})
    app = CoachApp(settings, load_keymap(settings.home.config), PanelRequest("trades"))
    async with app.run_test(size=(100, 30)) as pilot:
        table = app.panel.query_one(RowTable)

        async def until(is_so: Callable[[], bool]) -> None:
            while not is_so():
                await pilot.pause(0.001)

        await until(lambda: app.panel.state == "ready" and table.current is not None)
        begun = time.perf_counter()
        app.panel.redraw()
        await until(lambda: table.current is not None)
        say("the table, after its data", time.perf_counter() - begun, 0.15, "s")
        await measure(pilot.press, "a key down", "down")
        await measure(pilot.press, "a page down", "pagedown")
        frames = list[float]()
        for key in ("G", "home", "s", "S", "pagedown", "pagedown", "end", "s", "slash", "b", "t"):
            start = time.perf_counter()
            await pilot.press(key)
            frames.append(time.perf_counter() - start)
            await pilot.pause(0.3)
        worst = statistics.quantiles(frames, n=20)[-1]
        say("frame, p95, jumping, sorting, filtering", 1_000 * worst, 50, "ms")


async def measure(press: Callable[..., object], what: str, key: str) -> None:
    """Press a key many times, and print the median of its CPU and the 95th percentile of frames."""
    costs, frames = list[float](), list[float]()
    for _ in range(KEYS):
        start, used = time.perf_counter(), cpu()
        await press(key)  # type: ignore[misc]
        costs.append(cpu() - used)
        frames.append(time.perf_counter() - start)
    say(f"{what}: CPU, p50", 1_000 * statistics.median(costs), 10, "ms")
    say(f"{what}: frame, p95", 1_000 * statistics.quantiles(frames, n=20)[-1], 50, "ms")


def main() -> None:
    """Make the home, then measure."""
    trades = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="coach-bench-"))
    try:
        file = home / "fills.csv"
        file.write_text("\n".join(statement(trades)) + "\n")
        coach(home, "import", "csv", str(file))
        coach(home, "biases")
        start_and_rest(home)
        asyncio.run(keys(home))
    finally:
        embedded.stop(DatabaseHome(home / "data"))
        shutil.rmtree(find(DatabaseHome(home / "data")).base)
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
