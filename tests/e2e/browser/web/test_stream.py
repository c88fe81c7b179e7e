"""Events in a browser: no gap and no duplicate, whatever the server or the tab does."""

import csv
import io
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import clock
from tests.e2e.browser.web.conftest import Complaints, opened, settled
from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server
from tests.e2e.homes import LentHome

pytestmark = pytest.mark.browser

APPLIED = "() => coachState.applied.value"
LEADS = "() => coachState.connection.value.leads"
POSITION = "() => JSON.parse(localStorage.getItem('coach.position')).seq"
MUTE = "window.mute = true"
HOLD_ACKS = """
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (text) {
  if (window.mute && text.includes('"ack"')) return undefined
  return send.call(this, text)
}"""
BEHIND = 300
"""More events than may be on their way unacknowledged."""
ROWS = 30_000
MEANT = ("Failed to load resource", "WebSocket connection", "failed: ")


@pytest.fixture(scope="module")
def home(lent_home: LentHome) -> Iterator[Path]:
    yield lent_home.folder
    lent_home.make_as_new()


@pytest.fixture
def server(home: Path) -> Iterator[RunningServer]:
    with running_server(home) as running:
        yield running


@pytest.fixture
def context(browser: Browser, server: RunningServer) -> Iterator[BrowserContext]:
    with opened(browser, server.url) as found:
        found.add_init_script(HOLD_ACKS)
        yield found


def tab(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/reflect")
    settled(page)
    return page


def write_notes(url: str, count: int, word: str) -> None:
    """Write notes, an event for each."""
    with httpx2.Client(base_url=url, timeout=PATIENCE) as client:
        for number in range(count):
            body = {"day": "2026-03-02", "text": f"{word} {number}"}
            answer = client.post("/api/notes", json=body, headers={"Idempotency-Key": str(uuid4())})
            assert answer.status_code == 201, answer.text


def head(url: str) -> int:
    """Return the number of the newest event."""
    found = httpx2.get(f"{url}/api/screens/shell", timeout=PATIENCE).json()["data"]["head"]
    return found["seq"] if found else 0


def wait_for(page: Page, script: str, wanted: object) -> None:
    page.wait_for_function(f"wanted => ({script})() === wanted", arg=wanted)


def test_two_tabs_share_one_stream_and_the_second_takes_over(
    context: BrowserContext, server: RunningServer
) -> None:
    first, second = tab(context), tab(context)
    assert (first.evaluate(LEADS), second.evaluate(LEADS)) == (True, False)
    write_notes(server.url, 3, "both")
    for page in (first, second):
        expect(page.locator("[data-note]").filter(has_text="both 2")).to_be_visible()
        wait_for(page, APPLIED, 3)
    first.close()
    wait_for(second, LEADS, wanted=True)
    write_notes(server.url, 2, "alone")
    expect(second.locator("[data-note]").filter(has_text="alone 1")).to_be_visible()
    wait_for(second, APPLIED, 5)


def test_a_tab_that_was_offline_gets_what_it_missed_once(
    context: BrowserContext, server: RunningServer
) -> None:
    page = tab(context)
    before = page.evaluate(APPLIED)
    context.set_offline(True)
    page.evaluate("() => dispatchEvent(new Event('offline'))")
    write_notes(server.url, 4, "missed")
    context.set_offline(False)
    expect(page.locator("[data-note]").filter(has_text="missed 3")).to_be_visible()
    wait_for(page, APPLIED, before + 4)
    wait_for(page, POSITION, head(server.url))


def test_a_stalled_tab_reads_pages_and_goes_on(
    context: BrowserContext, server: RunningServer
) -> None:
    page = tab(context)
    before = page.evaluate(APPLIED)
    page.evaluate(MUTE)
    with page.expect_request("**/api/events?**", timeout=60_000):
        write_notes(server.url, BEHIND, "behind")
    page.evaluate("window.mute = false")
    wait_for(page, APPLIED, before + BEHIND)
    write_notes(server.url, 2, "after")
    expect(page.locator("[data-note]").filter(has_text="after 1")).to_be_visible()
    wait_for(page, APPLIED, before + BEHIND + 2)
    wait_for(page, POSITION, head(server.url))


def test_an_import_survives_that_the_server_is_killed_in_its_midst(
    browser: Browser, home: Path, tmp_path: Path, complaints: Complaints
) -> None:
    """The page sends it again with its key, and the events go on where they stopped."""
    complaints.allowed = MEANT
    file = tmp_path / "long.csv"
    file.write_text(statement(ROWS))
    with running_server(home) as server, opened(browser, server.url) as context:
        page = context.new_page()
        complaints.listen(page)
        page.goto("/imports")
        settled(page)
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name=f"Import {ROWS} new").click()
        expect(page.locator(".bring")).to_have_attribute("data-stage", "importing")
        wait_for_progress(server.url)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(PATIENCE)
        expect(page.locator(".status.away")).to_be_visible()
        with running_server(home, "--port", str(urlsplit(server.url).port)):
            expect(page.locator(".bring")).to_have_count(0)
            expect(page.locator('.live[data-state="live"]')).to_have_count(1)
            done = httpx2.get(f"{server.url}/api/imports", timeout=PATIENCE).json()["data"]
            assert [(one["state"], one["new"]) for one in done] == [("done", ROWS)]
            wait_for(page, POSITION, head(server.url))
            expect(page.locator("[data-run] .chip")).to_have_text("done")
    assert complaints.unmeant() == []


def wait_for_progress(url: str) -> None:
    """Wait until the import that goes on has told of itself."""
    deadline = clock.seconds() + PATIENCE
    while clock.seconds() < deadline:
        found = httpx2.get(f"{url}/api/imports", timeout=PATIENCE).json()["data"]
        if any(one["state"] == "running" for one in found):
            return
    raise AssertionError("no import ran")


def statement(rows: int) -> str:
    """Return a statement of so many fills, a buy and a sell in turn."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = ("timestamp", "symbol", "side", "quantity", "price", "fee", "fee_currency", "trade_id")
    writer.writerow(names)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(rows):
        at = (start + timedelta(minutes=5 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        side = "sell" if number % 2 else "buy"
        writer.writerow((at, "BTC-USD", side, 1, 100 + number % 7, 0.1, "USD", f"t{number}"))
    return text.getvalue()
