"""A stranger's coach: one home, one server, one browser, and the sandbox for a broker.

The scenarios share them. Who needs the broker's trades asks for `books`, which connects it once.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from tests import clock
from tests.e2e.browser.web.conftest import Complaints, open_screen, opened
from tests.e2e.cli.conftest import environment
from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server
from tests.e2e.conftest import WarmPython

ACCOUNT = "sandbox"
PASSWORD = "four plain words here"
SEED = 11
LONGEST_MS = 120_000
"""How long a worker may take on a busy machine: it looks once a minute, and reads all there is."""
BETWEEN_TRIES_S = 0.1
LOSS_AND_ENTRY = (("BUY", "60000"), ("SELL", "50000"), ("BUY", "50000"), ("SELL", "50000"))


class Coach:
    """A server that may be killed and comes back at the same address; the commands of its home."""

    def __init__(self, home: Path, warm: WarmPython) -> None:
        self.home = home
        self._warm = warm
        self._running = ExitStack()
        self._server = self._begin()

    def _begin(self, *options: str) -> RunningServer:
        return self._running.enter_context(running_server(self.home, *options, worker=True))

    @property
    def url(self) -> str:
        """Return its address."""
        return self._server.url

    def set_up_link(self) -> str:
        """Return the link by which the first account is made."""
        return (self.home / "state" / "set-up-link").read_text().strip()

    def kill(self) -> None:
        """Kill the server, which has no time to say or to keep anything."""
        os.kill(self._server.process.pid, signal.SIGKILL)
        self._server.process.wait(PATIENCE)

    def start_again(self) -> None:
        """Start it where it was."""
        self._server = self._begin("--port", str(urlsplit(self.url).port))

    def run(self, *words: str, home: Path | None = None) -> Any:  # noqa: ANN401 -- JSON
        """Return the data that a command prints with --json, in this home or another."""
        place = home or self.home
        ended = self._warm.run((*words, "--json"), environment(place), self.home)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return json.loads(ended.stdout)["data"]

    def work_once(self) -> None:
        """Do what is due by the clock and what is queued, as a worker."""
        ended = self._warm.run(("worker", "--once"), environment(self.home), self.home)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def close(self) -> None:
        """End the server."""
        self._running.close()


class Stranger:
    """Who has signed in: a window of a browser, and requests with its session."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self._url = url

    def read(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        """Return the data that a route answers."""
        answer = self.context.request.get(path)
        assert answer.ok, answer.text()
        return answer.json()["data"]

    def write(self, path: str, body: object) -> Any:  # noqa: ANN401 -- JSON
        """Return the data that a write answers."""
        answer = self._post(path, body)
        assert answer.ok, answer.text()
        return answer.json()["data"]

    def refused(self, path: str, body: object) -> Any:  # noqa: ANN401 -- JSON
        """Return the error that a write is refused with."""
        answer = self._post(path, body)
        assert not answer.ok
        return answer.json()["error"]

    def remove(self, path: str) -> None:
        """Remove what is there; nothing may be."""
        self.context.request.delete(path, headers=self._headers())

    def _post(self, path: str, body: object) -> APIResponse:
        return self.context.request.post(path, data=body, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Idempotency-Key": str(uuid4()), "Origin": self._url}

    def cookies(self) -> dict[str, str]:
        """Return what a request of this session carries."""
        return {one["name"]: one["value"] for one in self.context.cookies()}


@dataclass(frozen=True)
class Broker:
    """The running sandbox: where it is, and what it knows."""

    url: str
    world: SandboxWorld


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """The trader of the demo up to this week's Monday: the same days in any week."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    world = demo_world(today - timedelta(days=today.weekday()), seed=SEED)
    with serve(world, clock.now, plan=SandboxPlan(control=True)) as running:
        yield Broker(running.url, world)


@pytest.fixture(scope="module")
def coach(home: Path, warm_python: WarmPython) -> Iterator[Coach]:
    running = Coach(home, warm_python)
    yield running
    running.close()


@pytest.fixture(scope="module")
def stranger(browser: Browser, coach: Coach) -> Iterator[Stranger]:
    """Somebody who made the first account by the link, and has signed in by that."""
    with opened(browser, coach.url) as context:
        page = context.new_page()
        page.goto(coach.set_up_link())
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("link", name="Your account")).to_be_visible()
        page.close()
        yield Stranger(context, coach.url)


@pytest.fixture
def page(stranger: Stranger, complaints: Complaints) -> Iterator[Page]:
    """Return a page that complains of nothing."""
    page = stranger.context.new_page()
    complaints.listen(page)
    yield page
    page.close()
    assert complaints.unmeant() == []


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture(scope="module")
def books(stranger: Stranger, broker: Broker) -> int:
    """Connect the broker on the screen and read it; return how many fills it has."""
    page = stranger.context.new_page()
    connect(page, broker, ACCOUNT)
    page.locator(f'[data-account="{ACCOUNT}"]').get_by_role("button", name="Sync").click()
    fills = len(broker.world.executions)
    shown = page.locator(f'[data-account="{ACCOUNT}"] [data-field="fills"]')
    expect(shown).to_have_text(f"{fills:,}", timeout=LONGEST_MS)
    page.close()
    return fills


def connect(page: Page, broker: Broker, account: str) -> None:
    """Fill in the form of a connection, and wait until the account is there."""
    open_screen(page, "/accounts")
    page.keyboard.press("c")
    form = page.locator("form.connect")
    form.get_by_label("The view-only CDP key").fill(issue_key(broker.world))
    form.get_by_label("What to call the account").fill(account)
    form.get_by_label("The address of another server").fill(broker.url)
    form.get_by_role("button", name="Connect", exact=True).click()
    card = page.locator(f'[data-account="{account}"]')
    expect(card.locator('[data-field="key_can"]')).to_have_text("view")
    expect(form).to_have_count(0)


def lose_and_enter_again(broker: str) -> None:
    """Let a trade lose at the broker, and another one begin at once."""
    for side, price in LOSS_AND_ENTRY:
        order = {"product_id": "BTC-USD", "side": side, "size": "0.01", "price": price}
        httpx2.post(f"{broker}/sandbox/fills", json=order, timeout=PATIENCE).raise_for_status()


def write_notes(url: str, cookies: dict[str, str], count: int, word: str) -> None:
    """Write notes, an event for each; what got no answer is sent again with its key."""
    with httpx2.Client(base_url=url, timeout=PATIENCE, cookies=cookies) as client:
        for number in range(count):
            headers = {"Idempotency-Key": str(uuid4()), "Origin": url}
            body = {"day": "2026-03-02", "text": f"{word} {number}"}
            deadline = clock.seconds() + PATIENCE
            while not is_written(client, headers, body):
                assert clock.seconds() < deadline
                sleep(BETWEEN_TRIES_S)


def is_written(client: httpx2.Client, headers: dict[str, str], body: dict[str, str]) -> bool:
    """Say whether the server answered that it wrote a note."""
    try:
        answer = client.post("/api/notes", json=body, headers=headers)
    except httpx2.TransportError:
        return False
    assert answer.status_code in {201, 409, 503}, answer.text
    return answer.status_code == 201
