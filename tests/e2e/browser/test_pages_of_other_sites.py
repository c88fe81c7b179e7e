"""Pages of four origins, each with a WebSocket, a POST and a GET, in a real browser.

A browser sends a cookie that is `SameSite=Strict` along for a page of another port. What refuses
such a page is its origin.
"""

import json
from collections.abc import Iterator
from itertools import count
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.conftest import EVIL, REBOUND, Neighbour
from tests.e2e.cli.server.conftest import RunningServer

pytestmark = pytest.mark.browser

NUMBERS = count(1)
PATIENCE_S = 60
OTHERS = ("localhost", "127.0.0.1", EVIL)
"""Where the pages of others are: the same name on another port, another name, another site."""
ASK = """([url, method]) => fetch(url, {
  method, mode: 'no-cors', credentials: 'include', body: method == 'GET' ? undefined : 'x',
}).then(() => null, () => null)"""
OPEN = """url => new Promise(done => {
  const socket = new WebSocket(url)
  socket.onopen = () => { socket.close(); done('open') }
  socket.onerror = () => done('refused')
})"""


@pytest.fixture
def page(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """Return a page of somebody who has signed in: it has a cookie of the server."""
    context = browser.new_context()
    cookie = {"name": "coach-session", "value": "1", "httpOnly": True, "sameSite": "Strict"}
    context.add_cookies([{**cookie, "url": f"http://localhost:{port(server)}"}])  # type: ignore[typeddict-item]
    yield context.new_page()
    context.close()


def port(server: RunningServer) -> int:
    return urlsplit(server.url).port or 0


def target(server: RunningServer) -> str:
    return f"localhost:{port(server)}"


def status_of(page: Page, server: RunningServer, method: str, at: str = "") -> int:
    """Ask for a path that there is not, and return what the log of the server says of it.

    The line is written once the answer has gone out, so it is waited for.
    """
    path = f"/api/asked-{next(NUMBERS)}"
    page.evaluate(ASK, [f"http://{at or target(server)}{path}", method])
    deadline = monotonic() + PATIENCE_S
    while monotonic() < deadline:
        lines = map(json.loads, _whole_lines(server))
        answered = {one["status"] for one in lines if one.get("path") == path and "status" in one}
        if answered:  # more than once, where a browser tries again after 421
            return int(answered.pop())
        page.wait_for_timeout(20)
    raise AssertionError(path)


def _whole_lines(server: RunningServer) -> list[str]:
    """Return the lines of the log that are written to their end."""
    return server.log.read_text().split("\n")[:-1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_our_own_is_heard(page: Page, server: RunningServer, method: str) -> None:
    page.goto(f"http://{target(server)}/livez")
    assert status_of(page, server, method) == 404


def test_a_page_of_our_own_opens_a_socket(page: Page, server: RunningServer) -> None:
    page.goto(f"http://{target(server)}/livez")
    assert page.evaluate(OPEN, f"ws://{target(server)}/ws/coach") == "open"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", OTHERS)
def test_a_page_of_another_site_is_refused(
    page: Page, server: RunningServer, neighbour: Neighbour, host: str, method: str
) -> None:
    page.goto(f"http://{host}:{neighbour.port}/")
    assert status_of(page, server, method) == 403


@pytest.mark.parametrize("host", OTHERS)
def test_a_page_of_another_site_opens_no_socket(
    page: Page, server: RunningServer, neighbour: Neighbour, host: str
) -> None:
    page.goto(f"http://{host}:{neighbour.port}/")
    assert page.evaluate(OPEN, f"ws://{target(server)}/ws/coach") == "refused"


@pytest.mark.parametrize("way", ["GET", "POST", "socket"])
def test_a_name_that_was_turned_to_this_machine_is_refused(
    page: Page, server: RunningServer, neighbour: Neighbour, way: str
) -> None:
    """The page came from its own server; then its name led to ours, on our port."""
    page.goto(f"http://{REBOUND}:{neighbour.port}/")
    rebound = f"{REBOUND}:{port(server)}"
    if way == "socket":
        assert page.evaluate(OPEN, f"ws://{rebound}/ws/coach") == "refused"
        return
    assert status_of(page, server, way, rebound) == 421


def test_a_page_that_was_itself_loaded_by_such_a_name_shows_nothing(
    page: Page, server: RunningServer
) -> None:
    answer = page.goto(f"http://{REBOUND}:{port(server)}/")
    assert answer is not None
    assert answer.status == 421


def test_no_other_site_frames_a_page_of_ours(
    page: Page, server: RunningServer, neighbour: Neighbour
) -> None:
    page.goto(f"http://localhost:{neighbour.port}/")
    page.evaluate(
        "url => { const frame = document.createElement('iframe'); frame.src = url;"
        " document.body.append(frame) }",
        f"http://{target(server)}/",
    )
    expect(page.frame_locator("iframe").locator("h1")).not_to_be_visible()
    assert not [frame for frame in page.frames if frame.title() == "coach"]


def test_no_script_within_a_page_of_ours_runs(page: Page, server: RunningServer) -> None:
    page.goto(f"http://{target(server)}/")
    page.evaluate(
        "() => { const script = document.createElement('script');"
        " script.append('window.ran = true'); document.head.append(script) }"
    )
    assert page.evaluate("() => window.ran === undefined")
