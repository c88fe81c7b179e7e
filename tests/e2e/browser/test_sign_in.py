"""Signing in and out in a real browser: its forms pass our own content security policy and guard.

A page that sends no referrer would send `Origin: null` with its forms, which is refused.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from coach import wiring
from tests.e2e.browser.conftest import own_server
from tests.e2e.cli.server.conftest import RunningServer
from tests.integration.server.doors.provider import (
    CLIENT,
    PASSWORD,
    SUBJECT,
    Provider,
    running_provider,
)

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
FIRST, SECOND = "four plain words here", "five other plain words here"
NARROW, WIDE = 375, 1280


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider(wiring.clock) as running:
        yield running


@pytest.fixture(scope="module")
def server(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with two accounts, of which ann's is linked to the provider."""
    home = tmp_path_factory.mktemp("home")
    settings = {
        "COACH_OIDC_ISSUER": provider.issuer,
        "COACH_OIDC_CLIENT_ID": CLIENT,
        "COACH_OIDC_CLIENT_SECRET": PASSWORD,
    }
    password = home / "password.txt"
    password.write_text(FIRST)
    coach(home, "users", "add", "ann", "--password-file", str(password))
    for width in (NARROW, WIDE):
        coach(home, "users", "add", name_of(width), "--password-file", str(password))
    coach(home, "users", "link", "ann", "--subject", SUBJECT, **settings)
    with own_server(home, settings) as running:
        yield running


def coach(home: Path, *words: str, **more: str) -> None:
    environment = {**os.environ, **more, "COACH_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "coach", *words], check=True, env=environment)


@pytest.fixture(params=[NARROW, WIDE])
def page(request: pytest.FixtureRequest, browser: Browser, server: RunningServer) -> Iterator[Page]:
    """A page of a browser that is as wide as a telephone, or as a desk's."""
    context = browser.new_context(
        base_url=f"http://localhost:{urlsplit(server.url).port}",
        viewport={"width": request.param, "height": 800},
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


def name_of(width: int) -> str:
    """Return a user whose password one test alone changes."""
    return f"somebody-{width}"


def sign_in(page: Page, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name_of(page.viewport_size["width"]))  # type: ignore[index]
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def fits(page: Page) -> bool:
    """Say whether nothing of a page lies beside the window."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


def test_somebody_signs_in_changes_the_password_and_signs_out(page: Page) -> None:
    sign_in(page, "wrong words all along")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    assert fits(page)
    sign_in(page, FIRST)
    page.get_by_role("link", name="Your account").click()
    expect(page.locator("h1")).to_have_text("Your account")
    assert fits(page)
    page.get_by_label("New password").fill(SECOND)
    press(page, "Change it, and end all other sessions")
    expect(page.locator("h1")).to_have_text("Your account")
    press(page, "Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert not page.context.cookies()
    sign_in(page, FIRST)
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    sign_in(page, SECOND)
    page.get_by_role("link", name="Your account").wait_for()


def test_the_link_of_the_first_run_makes_the_first_account(
    browser: Browser, tmp_path: Path
) -> None:
    """The script of the page moves the secret out of the address, under our own policy."""
    with own_server(tmp_path) as server:
        page = browser.new_page(viewport={"width": NARROW, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        link = (tmp_path / "state" / "set-up-link").read_text().strip()
        page.goto(link)
        secret = link.partition("#token=")[2]
        expect(page.get_by_label("Code of the link")).to_have_value(secret)
        assert page.url == f"{server.url}/set-up"
        assert fits(page)
        page.get_by_label("Password").fill(FIRST)
        press(page, "Make the account")
        page.get_by_role("link", name="Your account").click()
        expect(page.locator("body")).to_contain_text("You are signed in as local")
        page.close()


def test_somebody_signs_in_through_a_provider_on_another_site(
    page: Page, provider: Provider
) -> None:
    host = urlsplit(provider.issuer).netloc
    page.goto("/sign-in")
    page.get_by_role("link", name=f"Sign in through {host}").click()
    page.get_by_role("link", name="Your account").click()
    expect(page.locator("body")).to_contain_text("You are signed in as ann")
    assert [one["name"] for one in page.context.cookies()] == ["coach-session"]
    page.get_by_role("link", name=f"Sign in through {host} once more").click()
    expect(page.locator("h1")).to_have_text("Your account")
    press(page, "Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")
