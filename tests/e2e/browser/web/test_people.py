"""Somebody with an account: sessions and tokens on their screen, the password asked once more."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser.web.conftest import (
    NARROW,
    Complaints,
    accessible,
    fits,
    open_screen,
    opened,
)
from tests.e2e.browser.web.keyboard import WATCH, faults, tab_to
from tests.e2e.cli.server.conftest import RunningServer, running_server
from tests.e2e.homes import LentHome

pytestmark = pytest.mark.browser

PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def server(lent_home: LentHome) -> Iterator[RunningServer]:
    home = lent_home.folder
    password = home / "password.txt"
    password.write_text(PASSWORD)
    words = ("users", "add", "ann", "--password-file", str(password))
    environment = {**os.environ, "COACH_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "coach", *words], check=True, env=environment)
    with running_server(home) as running:
        yield running
    lent_home.make_as_new()


@pytest.fixture
def page(browser: Browser, server: RunningServer, complaints: Complaints) -> Iterator[Page]:
    """Return a page of ann, who has signed in and imported nothing."""
    with opened(browser, server.url, NARROW) as context:
        page = context.new_page()
        complaints.listen(page)
        page.goto("/")
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("link", name="Your account")).to_be_visible()
        yield page
    assert complaints.unmeant() == []


def test_pages_without_a_script_are_accessible_too(page: Page) -> None:
    page.goto("/account")
    assert accessible(page) == []
    assert fits(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    assert accessible(page) == []
    assert fits(page)


def test_the_pages_of_an_account_are_used_by_keyboard_alone(page: Page) -> None:
    page.add_init_script(WATCH)
    open_screen(page, "/settings")
    wrong = faults(page, "/settings")
    page.goto("/account")
    wrong += faults(page, "/account")
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")
    wrong += faults(page, "/sign-in")
    assert wrong == []


def test_every_screen_without_a_trade_says_how_to_begin(page: Page) -> None:
    wrong: list[str] = []
    for name in ("week", "trades", "habits", "rules", "reflect", "imports", "accounts"):
        open_screen(page, f"/{name}")
        told = ".group-title" if name == "habits" else ".state.empty h2"
        expect(page.locator(told)).to_be_visible()
        wrong += [f"{name} {one}" for one in accessible(page)]
        assert fits(page), name
    assert wrong == []


def test_what_is_dangerous_asks_for_the_password_once_more(
    page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    """The session is made to look old: the server refuses once, as after a while."""
    complaints.allowed = ("403",)
    file = tmp_path / "one.csv"
    file.write_text(
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        "2026-04-01T09:00:00Z,BTC-USD,buy,1,100,1,USD,a1\n"
    )
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if route.request.method != "DELETE" or refused:
            route.fallback()
            return
        refused.append(route.request.url)
        error = {"code": "E_CONFIRM", "message": "this takes a password", "hint": ""}
        route.fulfill(status=403, json={"schema_version": 1, "error": error})

    open_screen(page, "/imports")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import 1 new").click()
    row = page.locator("[data-run]")
    row.click()
    page.route("**/api/imports/*", refuse_once)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog", name="Is it you?").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(row.locator(".chip")).to_have_text("undone")
    assert len(refused) == 1
