"""The demo's trader in a browser: one home and one server for a file, a page for each test.

Whatever a page complains of in its console, breaks of the content security policy or fails to fetch
ends its test.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server
from tests.e2e.homes import remove_database

PATIENCE_MS = 60_000
POLICY = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
AXE = Path(__file__).parent / "axe" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_THE_MACHINE = ("ERR_NETWORK_CHANGED",)
"""What breaks off when an interface of this machine comes or goes, as those of containers do."""
WIDE, NARROW = (1280, 860), (360, 740)
Ask = Callable[..., Any]


@dataclass
class Complaints:
    """What a page complained of; `allowed` are beginnings of what is meant to happen."""

    heard: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def listen(self, page: Page) -> None:
        """Hear what a page complains of from now on."""
        page.on("console", lambda one: self._hear(one.type, one.text))
        page.on("pageerror", lambda one: self.heard.append(f"error: {one}"))
        page.on("requestfailed", lambda one: self._hear_failure(one.url, str(one.failure)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.heard.append(f"{kind}: {text}")

    def _hear_failure(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # a page that is left asks for no more
            self.heard.append(f"failed: {url} {why}")

    def unmeant(self) -> list[str]:
        """Return what was not meant to happen."""
        allowed = (*self.allowed, *OF_THE_MACHINE)
        return [one for one in self.heard if not any(part in one for part in allowed)]


@dataclass(frozen=True)
class Site:
    """A running server, its home, and ways to ask it and its commands."""

    home: Path
    server: RunningServer

    @property
    def url(self) -> str:
        """Return its address."""
        return self.server.url

    def api(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        """Return the data that a route answers."""
        answer = httpx2.get(f"{self.url}{path}", timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def coach(self, *words: str) -> Any:  # noqa: ANN401 -- JSON
        """Return the data that a command prints with --json."""
        return run_coach(self.home, *words)


def run_coach(home: Path, *words: str) -> Any:  # noqa: ANN401 -- JSON
    """Run a command with --json and return its data."""
    done = subprocess.run(
        [sys.executable, "-m", "coach", *words, "--json"],
        env={**os.environ, "COACH_HOME": str(home)},
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)["data"]


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of the demo: ninety days of trades with candles, habits, rules and a digest."""
    above = tmp_path_factory.mktemp("demo")
    run_coach(above, "demo")
    home = above / "cache" / "demo"
    yield home
    remove_database(home)


@pytest.fixture(scope="module")
def site(demo_home: Path) -> Iterator[Site]:
    with running_server(demo_home) as server:
        yield Site(demo_home, server)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(browser: Browser, site: Site, complaints: Complaints) -> Iterator[Page]:
    """Return a page of a wide window that complains of nothing."""
    with opened(browser, site.url) as context:
        page = context.new_page()
        complaints.listen(page)
        yield page
    assert complaints.unmeant() == []


@contextmanager
def opened(
    browser: Browser, url: str, size: tuple[int, int] = WIDE, theme: str = "light"
) -> Iterator[BrowserContext]:
    """Open a browser's own context, in a window of a size and a theme."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type] # light or dark
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    context.add_init_script(POLICY)
    yield context
    context.close()


def open_screen(page: Page, path: str) -> None:
    """Open a screen and wait until it is there, and nothing of it is on its way."""
    page.goto(path)
    settled(page)


def settled(page: Page) -> None:
    """Wait until the open screen has what it asked for, and the stream is live."""
    expect(page.locator("main h1, main h2").first).to_be_visible()
    expect(page.locator(".state.waiting")).to_have_count(0)
    expect(page.locator('main [aria-busy="true"]')).to_have_count(0)
    expect(page.locator('.live[data-state="live"]')).to_have_count(1)


def accessible(page: Page) -> list[str]:
    """Return what axe finds wrong with a page."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES)
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def fits(page: Page) -> bool:
    """Say whether nothing of a page lies beside the window."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))
