"""From a fill at the sandbox to whoever is warned: the line, the panel, the browser, a topic.

    .venv/bin/python bench/watch.py [ENTRIES]                             # default: 100

A sandbox with 90 days of a trader, a home of its own, a rule that every entry breaks. `coach watch`
follows, and warns by a topic of ntfy that is a server of this process; `coach serve` has a follower
over its socket, who reads the guard as the browser does (after it let events settle, as that does);
a panel of `coach tui` runs without a terminal. Each entry waits until all have seen the one before.
Printed are percentiles for each, the CPU of the watching process per fill, and the machine's load.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import quantiles
from subprocess import DEVNULL, PIPE, Popen, run
from threading import Thread
from time import perf_counter, sleep
from typing import Any

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from coach.model.machine.panel import PanelRequest
from coach.settings import reading
from coach.tui.app import CoachApp
from coach.tui.keys.keymap import load_keymap
from coach.tui.widgets.guard_bar import GuardBar

ENTRIES = 100
PRICE = "60000"
PLACES = ("line", "panel", "socket", "browser", "ntfy")
LONGEST_S = 60.0
LOOK_S = 0.01
SETTLES_S = 0.15
"""How long the browser gathers events before it reads anew: SETTLED_MS of its main.js."""


@dataclass
class Sightings:
    """Where the present entry was seen, and when; how often the line told of fills."""

    at: dict[str, float] = field(default_factory=dict)
    fills: int = 0
    is_open: bool = False

    def see(self, place: str) -> None:
        """Note that a place has the warning now."""
        self.at.setdefault(place, perf_counter())


def words(*more: str) -> list[str]:
    """Return a command line of coach."""
    return [sys.executable, "-m", "coach", *more]


@contextmanager
def told_by(*more: str) -> Iterator[dict[str, Any]]:
    """Run a command that tells where it is, until the block ends."""
    with Popen(words(*more), stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["data"]
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def topic(seen: Sightings) -> Iterator[str]:
    """Receive what is published to a topic, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.see("ntfy")
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(LOOK_S,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/topic"
    server.shutdown()


def prepare(told: dict[str, Any], folder: Path, address: str) -> None:
    """Connect an account, read it, and make a rule and a channel."""
    secret = folder / "topic"
    secret.write_text(address)
    for line in (
        ("connect", "coinbase", "--base-url", told["url"], "--key-file", told["view_key"]),
        ("import", "sync"),
        ("rules", "add", "max_trades_per_day", "limit=1"),
        ("notify", "add", "phone", "ntfy", "--secret-file", str(secret), "--quiet-hours", "none"),
    ):
        run(words(*line), stdout=DEVNULL, check=True)


@contextmanager
def watching(seen: Sightings) -> Iterator[Popen[str]]:
    """Run the watching process until the block ends, and note what its lines say."""
    with Popen(words("watch", "--json", "--notify", "phone"), stdout=PIPE, text=True) as process:
        lines = process.stdout
        assert lines is not None

        def read() -> None:
            for line in lines:
                row = json.loads(line)
                seen.is_open = seen.is_open or row["state"] == "open"
                seen.fills += row["kind"] == "fills"
                if row["kind"] == "breach":
                    seen.see("line")

        thread = Thread(target=read, daemon=True)
        thread.start()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            thread.join(LONGEST_S)


@contextmanager
def following(seen: Sightings, url: str) -> Iterator[None]:
    """Follow the events of a server, and read its guard after a breach, as the browser does."""
    with connect(f"{url.replace('http', 'ws', 1)}/ws/coach", proxy=None) as socket:

        def follow() -> None:
            try:
                for text in socket:
                    frame = json.loads(text)
                    socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
                    if frame["type"] == "rule.breached":
                        seen.see("socket")
                        sleep(SETTLES_S)
                        lines = httpx2.get(f"{url}/api/screens/guard", timeout=LONGEST_S).json()
                        if any(one["kind"] == "breach" for one in lines["data"]["lines"]):
                            seen.see("browser")
            except ConnectionClosed:
                return

        Thread(target=follow, daemon=True).start()
        yield


def fill(url: str, side: str) -> None:
    """Let a fill happen."""
    order = {"product_id": "BTC-USD", "side": side, "size": "0.01", "price": PRICE}
    httpx2.post(f"{url}/sandbox/fills", json=order).raise_for_status()


class Round:
    """Entries and exits, one after the other, and what came of each."""

    def __init__(self, seen: Sightings, url: str, app: "CoachApp") -> None:
        self._seen, self._url, self._app = seen, url, app
        self.found: dict[str, list[float]] = {place: [] for place in PLACES}

    async def exit_and_enter(self) -> None:
        """Sell what is there, buy, and note after how long each place has the warning."""
        await self._fill("SELL")
        shown, self._seen.at = self._shown(), {}
        began = perf_counter()
        before = self._seen.fills
        await asyncio.to_thread(fill, self._url, "BUY")
        while perf_counter() - began < LONGEST_S and not {*PLACES} <= {*self._seen.at}:
            if self._shown() != shown:
                self._seen.see("panel")
            await asyncio.sleep(LOOK_S)
        for place, at in self._seen.at.items():
            self.found[place].append(at - began)
        await until(lambda: self._seen.fills > before)

    async def begin(self) -> None:
        """Make the day's first entry, which breaks nothing, and the second."""
        await until(lambda: self._seen.is_open)
        await self._fill("BUY")
        await self.exit_and_enter()
        self.found = {place: [] for place in PLACES}

    async def _fill(self, side: str) -> None:
        before = self._seen.fills
        await asyncio.to_thread(fill, self._url, side)
        await until(lambda: self._seen.fills > before)

    def _shown(self) -> str:
        return str(self._app.screen_stack[0].query_one(GuardBar).render())


async def until(is_so: Any) -> None:  # noqa: ANN401 -- a question
    """Wait until something is so."""
    began = perf_counter()
    while not is_so():
        if perf_counter() - began > LONGEST_S:
            raise SystemExit("nothing happens any more")
        await asyncio.sleep(LOOK_S)


async def measure(seen: Sightings, told: dict[str, Any], home: Path, count: int) -> Round:
    """Open a panel and let so many entries happen."""
    settings = reading.read({"COACH_HOME": str(home)}, {})
    app = CoachApp(settings, load_keymap(settings.home.config), PanelRequest("week"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        found = Round(seen, told["url"], app)
        await found.begin()
        for _ in range(count):
            await found.exit_and_enter()
        return found


def cpu_of(process: Popen[str]) -> float:
    """Return the seconds of CPU of a process so far, as Linux counts them."""
    numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        home, seen = Path(folder), Sightings()
        os.environ["COACH_HOME"] = folder
        running.callback(run, words("db", "stop"), stdout=DEVNULL, check=False)
        plan = home / "plan.json"
        plan.write_text("{}")
        told = running.enter_context(told_by("sandbox", "--json", "--faults", str(plan)))
        prepare(told, home, running.enter_context(topic(seen)))
        served = running.enter_context(told_by("serve", "--json", "--port", "0", "--no-worker"))
        running.enter_context(following(seen, served["url"]))
        process = running.enter_context(watching(seen))
        found = asyncio.run(measure(seen, told, home, count)).found
        cpu = cpu_of(process)
    print(f"{count} entries, seconds from a fill (limit 2 s at the 99th percentile):")
    for place, times in found.items():
        cuts = quantiles(times, n=100, method="inclusive")
        told_in = (
            f"p50 {cuts[49]:.2f}, p95 {cuts[94]:.2f}, p99 {cuts[98]:.2f}, most {max(times):.2f}"
        )
        print(f"  {place:8} {told_in}  (n = {len(times)})")
    load = os.getloadavg()[0]
    print(f"{cpu / (2 * count + 4):.3f} s of CPU a fill, start included; load {load:.1f}")


if __name__ == "__main__":
    main()
