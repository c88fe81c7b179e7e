"""A rule just broken and a pause stand above every screen of the browser, while they are true."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from coach.engine.store.connect import connect
from tests import clock
from tests.e2e.browser.web.conftest import (
    NARROW,
    WIDE,
    Complaints,
    Site,
    accessible,
    fits,
    opened,
    settled,
)
from tests.e2e.cli.server.conftest import running_server
from tests.e2e.homes import LentHome

pytestmark = pytest.mark.browser

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
RULE = "cooldown_after_loss"
BROKEN = f"RULE BROKEN  {RULE}: entered 3 min after a loss of 10.20 USD"
LEFT = re.compile(rf"{RULE}: pause until \d\d:\d\d\s*(\d\d):(\d\d) left")
SHIFTED = "const now = Date.now; Date.now = () => now() + 3_600_000"
"""A browser whose clock is an hour ahead of the server's."""
PICTURES = os.environ.get("COACH_TEST_PICTURES")


@pytest.fixture(scope="module")
def site(lent_home: LentHome) -> Iterator[Site]:
    with running_server(lent_home.folder) as server:
        yield Site(lent_home.folder, server)
    lent_home.make_as_new()


def statement(folder: Path) -> Path:
    """Write a loss that was closed four minutes ago, and an entry three minutes after it."""
    now = clock.now()
    lines = [HEADER]
    for minutes, side, price in ((9, "buy", "100"), (4, "sell", "90"), (1, "buy", "91")):
        at = now - timedelta(minutes=minutes)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,{side},1,{price},0.10,USD,now{minutes}")
    path = folder / "now.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def seconds_left(page: Page) -> int:
    found = LEFT.search(page.locator(".guard").inner_text())
    assert found is not None
    return 60 * int(found[1]) + int(found[2])


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/guard-{name}.png")


def test_it_comes_by_the_stream_counts_down_and_goes_with_its_rule(
    browser: Browser, site: Site, complaints: Complaints, tmp_path: Path
) -> None:
    site.coach("rules", "add", RULE, "minutes=30")
    with connect(site.coach("db", "url")["url"]) as connection:  # what was done before warns nobody
        connection.execute("update rule_revision set at = at - interval '1 hour'")
    with opened(browser, site.url) as context:
        context.add_init_script(SHIFTED)
        page = context.new_page()
        complaints.listen(page)
        page.goto("/reflect")
        settled(page)
        guard = page.locator(".guard")
        expect(guard).to_be_empty()
        expect(guard).to_have_attribute("aria-live", "polite")
        site.coach("import", "csv", str(statement(tmp_path)), "--account", "main")
        expect(guard.locator(".breach")).to_contain_text(BROKEN)
        began = seconds_left(page)
        assert 0 < began <= 26 * 60  # by the server's clock: by the browser's own it were over
        page.wait_for_function(
            "began => !document.querySelector('.guard .left').textContent.startsWith(began)",
            arg=guard.locator(".left").inner_text().removesuffix(" left"),
        )
        assert accessible(page) == []
        for path in ("/week", "/trades", "/settings"):
            page.locator(f'nav a[href="{path}"]').click()
            settled(page)
            expect(guard.locator("p")).to_have_count(2)
        for size, name in ((WIDE, "wide"), (NARROW, "narrow")):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert fits(page)
            look(page, name)
        page.keyboard.press("p")
        expect(guard.locator(".breach")).to_contain_text("loss of ••• USD")
        site.coach("rules", "remove", RULE)
        expect(guard).to_be_empty()
    assert complaints.unmeant() == []
