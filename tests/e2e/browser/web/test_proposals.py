"""A proposal of a trader's own answers, from its card to the badge of the rule that moved."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import clock
from tests.e2e.browser.web.conftest import Complaints, accessible, open_screen, opened
from tests.e2e.cli.server.conftest import PATIENCE, running_server
from tests.e2e.homes import LentHome

pytestmark = pytest.mark.browser

RULE = "max_size_vs_median"
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
SIZES = (1.0, 1.0, 2.1, 1.0, 1.0, 2.9)
TRADES = 120


def statement() -> str:
    """Return trades of which every third is larger, and every sixth much larger."""
    first = clock.now().replace(microsecond=0) - timedelta(days=80)
    lines = [HEADER]
    for number in range(TRADES):
        opened_at, size = first + timedelta(hours=12 * number), SIZES[number % len(SIZES)]
        closed_at = opened_at + timedelta(minutes=30)
        lines += [
            f"{opened_at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,o{number}",
            f"{closed_at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},101,0,,c{number}",
        ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def client(lent_home: LentHome) -> Iterator[httpx2.Client]:
    """A server at which only much larger trades were called what they were."""
    with (
        running_server(lent_home.folder) as server,
        httpx2.Client(base_url=server.url, timeout=PATIENCE) as client,
    ):
        file = {"file": ("many.csv", statement())}
        assert client.post("/api/imports", files=file, headers=key()).is_success
        post(client, "/api/rules", {"kind": RULE, "params": {"ratio": 2}})
        for trade in client.get("/api/trades").json()["data"]:
            if float(trade["quantity"]) > 2:
                said = "yes" if float(trade["quantity"]) > 2.5 else "no"
                label = {"trade": trade["id"], "bias": "size_after_loss", "answer": said}
                post(client, "/api/labels", label)
        yield client
    lent_home.make_as_new()


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def post(client: httpx2.Client, path: str, body: dict[str, object]) -> None:
    answer = client.post(path, json=body, headers=key())
    assert answer.is_success, answer.text


@pytest.fixture
def page(browser: Browser, client: httpx2.Client, complaints: Complaints) -> Iterator[Page]:
    with opened(browser, str(client.base_url)) as context:
        page = context.new_page()
        complaints.listen(page)
        yield page
    assert complaints.unmeant() == []


def test_a_proposal_is_dismissed_taken_back_and_accepted_and_the_move_leaves_a_badge(
    page: Page, client: httpx2.Client, browser: Browser
) -> None:
    open_screen(page, "/rules")
    post(client, "/api/rules/calibrate", {"rule": RULE})
    [told] = client.get("/api/rules/proposals").json()["data"]
    proposal = page.locator(".proposal")
    expect(proposal).to_contain_text(told["sentence"])
    expect(page.locator("nav .count")).to_have_text("1")
    assert accessible(page) == []
    page.keyboard.press("d")
    expect(page.locator(".notice").last).to_contain_text(f"{RULE}: dismissed")
    expect(proposal).to_have_count(0)
    assert client.get("/api/rules/proposals").json()["data"] == []
    page.keyboard.press("z")
    expect(proposal).to_contain_text(told["sentence"])
    page.keyboard.press("A")
    expect(page.locator(".notice").filter(has_text=f"{RULE}: accepted")).to_be_visible()
    expect(proposal).to_have_count(0)
    tell_more_by_hover_and_focus(page, told["sentence"])
    with browser.new_context(base_url=str(client.base_url), has_touch=True) as context:
        tell_more_by_touch(context.new_page(), told["sentence"])
    rule = client.get(f"/api/rules/{RULE}").json()["data"]
    assert rule["params"][told["param"]] == told["now"] != told["was"]


def tell_more_by_hover_and_focus(page: Page, sentence: str) -> None:
    badge = page.locator(f'[data-rule="{RULE}"] .badge')
    tooltip = page.locator(f'[data-rule="{RULE}"] [role=tooltip]')
    badge.hover()
    expect(tooltip).to_contain_text(sentence)
    page.mouse.move(0, 0)
    expect(tooltip).to_be_hidden()
    badge.focus()
    expect(tooltip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tooltip).to_be_hidden()


def tell_more_by_touch(page: Page, sentence: str) -> None:
    """Touch the badge twice, and beside it each time."""
    open_screen(page, "/rules")
    tooltip = page.locator(f'[data-rule="{RULE}"] [role=tooltip]')
    for _ in range(2):
        page.locator(f'[data-rule="{RULE}"] .badge').tap()
        expect(tooltip).to_contain_text(sentence)
        page.locator("h1").tap()
        expect(tooltip).to_be_hidden()
