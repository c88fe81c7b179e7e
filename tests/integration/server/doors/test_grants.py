"""A broker connected by its own page from a browser: who may, and what fits whose answer."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from coach import wiring
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.oauth.books import CLIENT_ID
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld
from coach.model.people.access import CONFIRMED_FOR
from tests.integration.server.doors.conftest import Building
from tests.integration.server.doors.provider import HERE

WAY = "/connect/coinbase"
COOKIE = "coach-grant"


@pytest.fixture
def world() -> SandboxWorld:
    return SandboxWorld(wiring.clock(), (), {}, (), ())


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    plan = SandboxPlan(control=True, per_second=0)
    with serve(world, wiring.clock, plan=plan) as running:
        yield running


@pytest.fixture
def variables(world: SandboxWorld, sandbox: SandboxServer) -> dict[str, str]:
    """A server that is registered at the sandbox."""
    return {
        "COACH_COINBASE_CLIENT_ID": CLIENT_ID,
        "COACH_COINBASE_LOGIN_URL": sandbox.url,
        "COACH_COINBASE_CLIENT_SECRET": world.tokens.secret,
    }


@pytest.fixture
def way(sandbox: SandboxServer) -> str:
    """The way to the sandbox, for an account `mine`."""
    return f"{WAY}?{urlencode({'account': 'mine', 'base_url': sandbox.url})}"


def allowed(browser: TestClient, way: str) -> str:
    """Go to the page and allow what it asks for; return where the browser is sent back to."""
    answer = browser.get(way)
    assert answer.status_code == 303, answer.text
    back = httpx2.get(answer.headers["location"], follow_redirects=False).headers["location"]
    assert back.startswith(f"{HERE}/oauth/callback/coinbase?")
    return str(back.removeprefix(HERE))


def keep(browser: TestClient, text: str) -> None:
    """Let a browser keep another cookie than it has."""
    session = browser.cookies["coach-session"]
    browser.cookies.clear()
    browser.cookies.set("coach-session", session)
    browser.cookies.set(COOKIE, text)


def connected(browser: TestClient) -> list[tuple[object, ...]]:
    rows = browser.get("/api/accounts").json()["data"]
    return [(row["name"], row["credential"], row["health"]) for row in rows]


def test_what_is_allowed_there_is_connected_here(inhabited: Building, way: str) -> None:
    browser = inhabited.signed_in("local")
    assert f'<a href="{WAY}">' in browser.get("/account").text
    answer = browser.get(allowed(browser, way))
    assert (answer.status_code, answer.headers["location"]) == (303, "/connect/done")
    assert "is connected" in browser.get("/connect/done").text
    assert connected(browser) == [("mine", "oauth", "not_read_yet")]
    assert set(browser.cookies) == {"coach-session"}
    [entry, *_] = browser.get("/api/audit").json()["data"]
    assert entry["kind"] == "account.connected"


def test_before_there_are_accounts_it_is_the_terminals_user_who_connects(
    building: Building, way: str
) -> None:
    browser = building.browser()
    assert browser.get(allowed(browser, way)).headers["location"] == "/connect/done"
    assert connected(browser) == [("mine", "oauth", "not_read_yet")]


def test_the_way_there_holds_nothing_that_stays_in_the_browser(
    inhabited: Building, way: str
) -> None:
    answer = inhabited.signed_in("local").get(way)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{HERE}/oauth/callback/coinbase"]
    assert asked["code_challenge_method"] == ["S256"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "; Max-Age=600; HttpOnly; SameSite=Lax" in cookie
    assert cookie.split(".")[1] not in answer.headers["location"]


def test_an_answer_counts_once_and_only_in_the_browser_that_set_out(
    inhabited: Building, way: str
) -> None:
    browser, other = inhabited.signed_in("local"), inhabited.signed_in("local")
    back = allowed(browser, way)
    assert other.get(back).status_code == 403
    allowed(other, way)
    assert other.get(back).status_code == 403
    assert connected(browser) == []
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403
    assert connected(browser) == [("mine", "oauth", "not_read_yet")]


def test_an_answer_does_not_fit_another_user_or_another_wish(inhabited: Building, way: str) -> None:
    browser, ann = inhabited.signed_in("local"), inhabited.signed_in("ann")
    back = allowed(browser, way)
    kept = browser.cookies[COOKIE]
    keep(ann, kept)
    assert ann.get(back).status_code == 403
    allowed(browser, way.replace("mine", "other"))
    begun, secret, _ = kept.split(".")
    keep(browser, f"{begun}.{secret}.{browser.cookies[COOKIE].split('.')[2]}")
    assert browser.get(back).status_code == 403
    assert connected(browser) == connected(ann) == []
    keep(browser, kept)
    assert browser.get(back).status_code == 303


@pytest.mark.parametrize("spoiled", ["", "a.b.c", "1.2", "0.{1}.{2}", "{0}.x.{2}", "{0}.{1}.W10"])
def test_what_no_browser_of_ours_keeps_connects_nothing(
    inhabited: Building, way: str, spoiled: str
) -> None:
    browser = inhabited.signed_in("local")
    back = allowed(browser, way)
    keep(browser, spoiled.format(*browser.cookies[COOKIE].split(".")))
    assert browser.get(back).status_code == 403
    assert connected(browser) == []


def test_the_way_ends_after_ten_minutes(
    inhabited: Building, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = inhabited.signed_in("local")
    back = allowed(browser, way)
    clock = wiring.clock
    monkeypatch.setattr(wiring, "clock", lambda: clock() + timedelta(minutes=10, seconds=2))
    assert browser.get(back).status_code == 403


def test_who_did_not_sign_in_just_now_signs_in_first(
    inhabited: Building, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (way, "/oauth/callback/coinbase?code=x&state=y"):
        assert inhabited.browser().get(path).headers["location"] == "/sign-in"
        assert inhabited.program("local", "admin").get(path).headers["location"] == "/sign-in"
    browser, clock = inhabited.signed_in("local"), wiring.clock
    monkeypatch.setattr(wiring, "clock", lambda: clock() + CONFIRMED_FOR + timedelta(seconds=1))
    answer = browser.get(way)
    assert (answer.status_code, "Is it you?" in answer.text) == (403, True)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_sends_a_browser_there(inhabited: Building, way: str, site: str) -> None:
    browser = inhabited.signed_in("local")
    assert browser.get(way, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert COOKIE not in browser.cookies


def test_only_the_owner_sends_it_to_another_address(inhabited: Building, way: str) -> None:
    assert inhabited.signed_in("ann").get(way).status_code == 403


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("denied", 422, "access_denied"),
        ("more_scopes", 422, "can trade"),
        ("wrong_state", 403, "not begun in this browser"),
        ("used_code", 422, "invalid_grant"),
    ],
)
def test_what_is_not_allowed_is_said_on_a_page_and_nothing_is_connected(
    inhabited: Building, sandbox: SandboxServer, way: str, fault: str, status: int, words: str
) -> None:
    httpx2.put(f"{sandbox.url}/sandbox/faults", json={"login": [fault], "per_second": 0})
    browser = inhabited.signed_in("local")
    answer = browser.get(allowed(browser, way))
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert connected(browser) == []


def test_a_broker_without_a_page_is_not_there(inhabited: Building) -> None:
    browser = inhabited.signed_in("local")
    assert browser.get("/connect/kraken").status_code == 404
    assert browser.get("/connect/nobody").status_code == 404
    assert browser.get("/oauth/callback/nobody?code=x&state=y").status_code == 403
