"""The browser client with many trades: how soon it paints, what it loads, what scrolling costs.

    .venv/bin/python -m bench.web [TRADES]      # default: 100000

Prints each number beside its budget: 60 KB of JavaScript for the first screen, packed; 300 ms to
the first paint; frames of 50 ms at the 95th percentile while the trades are scrolled, and as much
from a key to its frame; at most 80 rows in the page. Chromium is that of the machine and has no
window. First paints are of a browser that keeps nothing (cold) and of one that was here before.

Wall times say how busy the machine is, too; so the load is printed beside them.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from playwright.sync_api import Browser, Page, sync_playwright

from bench.tui import coach, say, statement
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find

LOADS = 9
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SCRIPTS = """() => performance.getEntriesByType('resource')
  .filter(one => one.name.endsWith('.js')).reduce((sum, one) => sum + one.encodedBodySize, 0)"""
ROWS_THERE = r"() => /\d/.test(document.querySelector('.grid-body .c-net')?.textContent ?? '')"
DRAWN = "() => document.querySelectorAll('.grid-body [role=row]').length"
FRAMES = """async steps => {
  const list = document.querySelector('.grid-body')
  const frame = () => new Promise(done => requestAnimationFrame(done))
  const times = []
  let before = await frame()
  for (let at = 1; at <= steps; at += 1) {
    list.scrollTop = at * 400
    const now = await frame()
    times.push(now - before)
    before = now
  }
  return times
}"""
KEY_TO_FRAME = """async count => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  const times = []
  for (let at = 0; at < count; at += 1) {
    await frame()
    const begun = performance.now()
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
    await frame()
    times.push(performance.now() - begun)
  }
  return times
}"""
JUMP = r"""async count => {
  const list = document.querySelector('.grid-body')
  const begun = performance.now()
  list.scrollTop = list.scrollHeight / 2
  const filled = () => {
    const [row] = [...document.querySelectorAll('.grid-body [role=row]')].slice(20)
    const isFar = row && Number(row.ariaRowIndex) > count / 3
    return isFar && /\d/.test(row.querySelector('.c-net').textContent)
  }
  while (!filled()) await new Promise(done => requestAnimationFrame(done))
  return performance.now() - begun
}"""


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve a home; yield its address."""
    command = [sys.executable, "-m", "coach", "serve", "--port", "0", "--no-worker", "--json"]
    known = {**os.environ, "COACH_HOME": str(home)}
    with Popen(command, env=known, stdout=PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["data"]["url"]
        server.terminate()


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Start a browser that keeps its files in a folder."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    own: dict[str, str | float | bool] = {**os.environ, **dict.fromkeys(names, str(folder))}
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env=own)


def first_paints(browser: Browser, url: str) -> None:
    """Print what the first screen loads, and when it paints, cold and warm."""
    cold, warm, sizes = [], [], []
    for _ in range(LOADS):
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        page = context.new_page()
        page.goto(f"{url}/week", wait_until="networkidle")
        page.wait_for_selector("main h1")
        cold.append(page.evaluate(PAINT))
        sizes.append(page.evaluate(SCRIPTS))
        page.reload(wait_until="networkidle")
        warm.append(page.evaluate(PAINT))
        context.close()
    say("JavaScript of the first screen, packed", max(sizes) / 1_000, 60, "KB")
    for what, times in (("cold", cold), ("warm", warm)):
        say(f"first paint, {what}, median of {LOADS}", statistics.median(times), 300, "ms")
        say(f"first paint, {what}, quickest", min(times), 300, "ms")


def many_rows(page: Page, url: str, trades: int) -> None:
    """Print how soon the trades are there, and what moving through them costs."""
    page.goto(f"{url}/trades")
    page.wait_for_function(ROWS_THERE, polling="raf")
    say("from the address to the first rows", page.evaluate("performance.now()"), 3_000, "ms")
    report("scrolling, frame", page.evaluate(FRAMES, 200))
    report("a key, to its frame", page.evaluate(KEY_TO_FRAME, 100))
    say(
        "to the middle of the list, until its rows are there",
        page.evaluate(JUMP, trades),
        1_000,
        "ms",
    )
    say("rows in the page", page.evaluate(DRAWN), 80, "")
    heap = page.evaluate("() => performance.memory.usedJSHeapSize")
    say("memory of scripts", heap / 1_000_000, 100, "MB")


def report(what: str, times: list[float]) -> None:
    """Print the 95th percentile."""
    say(f"{what}, p95", statistics.quantiles(times, n=20)[-1], 50, "ms")


def main() -> None:
    """Make the home, then measure."""
    trades = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="coach-bench-"))
    try:
        file = home / "fills.csv"
        file.write_text("\n".join(statement(trades)) + "\n")
        coach(home, "import", "csv", str(file))
        coach(home, "biases")
        coach(home, "digest")
        print(f"load of the last minute {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores")
        with served(home) as url, chromium(home / "browser") as browser:
            first_paints(browser, url)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            many_rows(page, url, trades)
    finally:
        embedded.stop(DatabaseHome(home / "data"))
        shutil.rmtree(find(DatabaseHome(home / "data")).base)
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
