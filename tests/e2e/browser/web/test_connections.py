"""A broker connected, read, and left; a channel; backups of all of it."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pyrage
import pytest
from playwright.sync_api import Browser, Page, expect

from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import demo_world, issue_binance_key
from tests import clock
from tests.e2e.browser.web.conftest import Complaints, accessible, open_screen, opened
from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server
from tests.hooks import hook_server

pytestmark = pytest.mark.browser

BACKUP_KEY = pyrage.x25519.Identity.generate()
SETTINGS = {
    "COACH_FEATURES": "binance",
    "COACH_BACKUP_RECIPIENTS": str(BACKUP_KEY.to_public()),
}


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[RunningServer]:
    with running_server(home, worker=True, settings=SETTINGS) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: RunningServer, complaints: Complaints) -> Iterator[Page]:
    with opened(browser, server.url) as context:
        page = context.new_page()
        complaints.listen(page)
        yield page
    assert complaints.unmeant() == []


def test_binance_is_connected_with_its_pairs_read_and_left(
    page: Page, server: RunningServer
) -> None:
    now = clock.now()
    world = demo_world(now, seed=4)
    key = issue_binance_key(world)
    with serve(world, clock.now) as sandbox:
        open_screen(page, "/accounts")
        page.keyboard.press("c")
        form = page.locator("form.connect")
        form.get_by_label("Broker").select_option("binance")
        form.get_by_label("The API key and the secret key").fill(key)
        form.get_by_label("Pairs to read").fill("BTC-USDT, futures:DOGE-USDT")
        form.get_by_label("The address of another server").fill(sandbox.url)
        assert accessible(page) == []
        form.get_by_role("button", name="Connect", exact=True).click()
        card = page.locator('[data-account="binance"]')
        expect(card.locator('[data-field="key_can"]')).to_have_text("view")
        expect(form).to_have_count(0)
        card.get_by_role("button", name="Sync").click()
        expect(card.locator('[data-field="fills"]')).not_to_have_text("0")
        card.get_by_role("button", name="Disconnect").click()
        dialog = page.get_by_role("dialog", name="Disconnect binance?")
        dialog.get_by_role("button", name="Disconnect").click()
        expect(card.get_by_role("button", name="Disconnect")).to_have_count(0)
        [account] = httpx2.get(f"{server.url}/api/accounts", timeout=PATIENCE).json()["data"]
        assert (account["connected"], account["fills"] > 0) == (False, True)


def test_a_channel_is_added_tried_and_removed(page: Page, server: RunningServer) -> None:
    open_screen(page, "/settings")
    page.get_by_role("button", name="Add a channel").click()
    form = page.locator(".channel-form")
    assert accessible(page) == []
    form.locator('[name="kind"]').select_option("webhook")
    key = form.locator('[name="second"]').input_value()
    form.locator('[name="name"]').fill("hook")
    with hook_server() as hook:
        form.locator('[name="first"]').fill(f"{hook.url}/of-mine")
        form.get_by_role("button", name="Add", exact=True).click()
        row = page.locator('[data-channel="hook"]')
        expect(row).to_contain_text("quiet 22:00-07:00")
        row.get_by_role("button", name="Send a test").click()
        page.get_by_text("What was sent").click()
        expect(page.locator("[data-delivery]")).to_contain_text("hook: test, sent")
        assert len(hook.posts) == 1
        row.get_by_role("button", name="Quiet hours").click()
        dialog = page.get_by_role("dialog", name="When is nothing sent by hook?")
        expect(dialog.get_by_role("textbox")).to_have_value("22:00-07:00")
        dialog.get_by_role("textbox").fill("23:00-06:30")
        dialog.get_by_role("button", name="Keep it").click()
        expect(row).to_contain_text("quiet 23:00-06:30")
        page.keyboard.press("z")
        expect(row).to_contain_text("quiet 22:00-07:00")
    assert len(key) == 64
    for part in (key, "of-mine"):
        assert part not in page.locator("main").inner_text()
    listed = httpx2.get(f"{server.url}/api/channels", timeout=PATIENCE).json()["data"]
    assert [(one["name"], one["kind"]) for one in listed] == [("hook", "webhook")]
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_backup_is_made_and_verified_and_its_restore_is_for_the_terminal(
    page: Page, server: RunningServer
) -> None:
    open_screen(page, "/settings")
    card = page.locator('[aria-label="Backups"]')
    expect(card).to_contain_text("There is no backup yet")
    card.get_by_role("button", name="Make a backup").click()
    row = card.locator("[data-backup]")
    expect(row).to_contain_text("Not verified yet")
    [made] = httpx2.get(f"{server.url}/api/backups", timeout=PATIENCE).json()["data"]
    expect(row.locator("code")).to_have_text(f"coach backup restore {made['file']}")
    assert accessible(page) == []
    row.get_by_role("button", name="Verify").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("The key of the backup").fill(str(BACKUP_KEY))
    dialog.get_by_role("button", name="Verify").click()
    expect(page.locator(".notice").last).to_contain_text("the backup is whole")
    expect(row).to_contain_text("Verified ")
    assert str(BACKUP_KEY) not in page.content()
