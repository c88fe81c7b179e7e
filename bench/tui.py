"""The panel with 100,000 trades: how soon it paints, what a key costs, what it writes at rest.

    .venv/bin/python bench/tui.py [TRADES]      # default: 100000

Prints each number beside its budget: start to first paint 1 s; the table 0.15 s after its data;
10 ms of CPU a key at the median; frames of 50 ms at the 95th percentile while it is scrolled,
sorted and filtered; no byte at rest; 250 MB of memory. The first reading after a large import
draws all conclusions; it is waited for before anything is measured.

Keys go to a process on a terminal of its own. A frame is over when the terminal is told so (mode
2026), and is counted from the key: to the first after a key that scrolls or types, to the last
after one that sorts, which shows the sorted rows. Letters are waited for a moment before anything
is read for them: the frame with their rows is counted from then on. How many rows there are is
counted after they are seen, which no frame waits for. CPU is that of all threads of the process,
until nothing more is shown. On a busy machine wall times say how busy it is; CPU says less of that.
"""

import asyncio
import fcntl
import os
import pty
import random
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.model.machine.panel import PanelRequest
from coach.settings import reading
from coach.tui.app import CoachApp
from coach.tui.keys.keymap import load_keymap
from coach.tui.panels.trades import SETTLED_S
from coach.tui.widgets.row_table import RowTable

SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD", "ADA-USD", "DOGE-USD")
QUIET_S = 10
KEYS = 200
ASKS_FOR_FRAMES, TELLS_FRAMES, FRAME_ENDS = b"\x1b[?2026$p", b"\x1b[?2026;2$y", b"\x1b[?2026l"
SENT = {
    "down": b"\x1b[B",
    "pagedown": b"\x1b[6~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "enter": b"\r",
    "backspace": b"\x7f",
}
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
    print(f"{what:<60} {value:9.3f} {unit:<4} budget {budget:g} {unit}")


def coach(home: Path, *words: str) -> None:
    """Run a command in that home."""
    command = [sys.executable, "-m", "coach", *words]
    known = {**os.environ, "COACH_HOME": str(home)}
    subprocess.run(command, env=known, check=True, stdout=subprocess.DEVNULL)


class Frame(NamedTuple):
    """From a key to frames, in milliseconds, and the CPU until the end.

    They are the first one, the first after letters settle, and the last one.
    """

    first: float
    rows: float
    last: float
    cpu: float


class Terminal:
    """A process of coach on a terminal, 100 columns by 30 rows, that tells when a frame is over."""

    def __init__(self, home: Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        known = {**os.environ, "COACH_HOME": str(home), "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "coach", "tui", "trades"]
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=known, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def read(self, seconds: float) -> bytes:
        """Return what comes within so many seconds; empty where nothing does."""
        if not select.select([self._ours], [], [], max(0.0, seconds))[0]:
            return b""
        came = os.read(self._ours, 1 << 20)
        if ASKS_FOR_FRAMES in came:
            os.write(self._ours, TELLS_FRAMES)
        return came

    def read_for(self, seconds: float) -> int:
        """Return how many bytes come within so many seconds."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self.read(left))
        return count

    def cpu_ms(self) -> float:
        """Return the CPU of the process so far."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in tasks) / 1e6

    def press(self, key: str, quiet_s: float) -> Frame:
        """Press a key and read until nothing came for so long."""
        used, begun = self.cpu_ms(), time.perf_counter()
        os.write(self._ours, SENT.get(key, key.encode()))
        ends = list[float]()
        while came := self.read(quiet_s):
            ends += [time.perf_counter() - begun] if FRAME_ENDS in came else []
        first, last = (ends[0], ends[-1]) if ends else (0.0, 0.0)
        rows = next((one for one in ends if one > SETTLED_S), last)
        return Frame(1_000 * first, 1_000 * rows, 1_000 * last, self.cpu_ms() - used)

    def leave(self) -> None:
        """Let the process end."""
        os.write(self._ours, b"q")
        self.process.wait(30)
        os.close(self._ours)


def start_and_rest(terminal: Terminal) -> None:
    """Measure the first paint of a process, and its bytes at rest."""
    shown = b""
    while b"Trades" not in shown:
        shown += terminal.read(30.0)
    say("start to first paint", time.perf_counter() - terminal.begun, 1.0, "s")
    while terminal.read_for(3.0):
        pass
    rate = terminal.read_for(QUIET_S) / QUIET_S
    say(f"bytes a second, over {QUIET_S} s at rest", rate, 0, "B/s")


def peak(terminal: Terminal) -> None:
    """Print how much memory the process took at its highest."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    found = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    say("memory at its highest", int(found) / 1_000, 250, "MB")


def keys(terminal: Terminal) -> None:
    """Measure keys: that scroll, that sort, that filter."""
    for what, key in (("a key down", "down"), ("a page down", "pagedown")):
        report(what, [terminal.press(key, 0.06) for _ in range(KEYS)])
    jumps = [terminal.press(key, 0.25) for key in ("end", "home") * 10]
    report("to either end", jumps)
    sorted_by = [terminal.press(key, 0.4) for key in ("s", "S") * 18]
    report("sorting, to its rows", [one._replace(first=one.last) for one in sorted_by])
    terminal.press("/", 0.5)
    typed = [terminal.press(key, 0.5) for key in (*"btc loss", *["backspace"] * 8)]
    report("filtering, to the letter", typed)
    shown = statistics.quantiles([one.rows - 1_000 * SETTLED_S for one in typed], n=20)[-1]
    say(f"filtering, to its rows, less {SETTLED_S} s for the next letter: p95", shown, 50, "ms")
    counted = statistics.median(one.last for one in typed) - 1_000 * SETTLED_S
    print(f"filtering, to how many there are, which nothing waits for: p50 {counted:.0f} ms")
    terminal.press("enter", 0.3)


def report(what: str, frames: list[Frame]) -> None:
    """Print the median of the CPU, and the 95th percentile of the frames."""
    say(f"{what}: CPU, p50", statistics.median(one.cpu for one in frames), 10, "ms")
    slow = statistics.quantiles([one.first for one in frames], n=20)[-1]
    say(f"{what}: frame, p95", slow, 50, "ms")


async def table(home: Path) -> None:
    """Measure in this process how long the table takes, once its data is here."""
    settings = reading.read({"COACH_HOME": str(home)}, {})
    app = CoachApp(settings, load_keymap(settings.home.config), PanelRequest("trades"))
    async with app.run_test(size=(100, 30)) as pilot:
        rows = app.panel.query_one(RowTable)

        async def until(is_so: Callable[[], bool]) -> None:
            while not is_so():
                await pilot.pause(0.001)

        await until(lambda: app.panel.state == "ready" and rows.current is not None)
        begun = time.perf_counter()
        app.panel.draw(app.panel.found)
        rows.render_lines(rows.region.reset_offset)
        say("the table, after its data", time.perf_counter() - begun, 0.15, "s")


def main() -> None:
    """Make the home, then measure."""
    trades = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="coach-bench-"))
    try:
        file = home / "fills.csv"
        file.write_text("\n".join(statement(trades)) + "\n")
        coach(home, "import", "csv", str(file))
        coach(home, "biases")
        asyncio.run(table(home))
        terminal = Terminal(home)
        start_and_rest(terminal)
        keys(terminal)
        peak(terminal)
        terminal.leave()
    finally:
        embedded.stop(DatabaseHome(home / "data"))
        shutil.rmtree(find(DatabaseHome(home / "data")).base)
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
