"""Signing in through a provider, and what may be wrong with the way there and back."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from coach import wiring
from coach.engine.api.people import accounts, identities
from coach.engine.api.people.open_id import OpenIdProvider
from coach.model.machine.secrets import Secret
from tests.integration.server.doors.conftest import PASSWORD, Building
from tests.integration.server.doors.provider import (
    HERE,
    SUBJECT,
    Provider,
    came_back,
    is_out,
    sent,
    spoiled,
    tried,
)


def test_whom_the_provider_knows_is_signed_in(linked: Building, provider: Provider) -> None:
    browser = linked.browser()
    page = browser.get("/sign-in")
    host = urlsplit(provider.issuer).netloc
    assert f'<a href="/sign-in/provider">Sign in through {host}</a>' in page.text
    answer = tried(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/api/session").json()["data"]["user"] == "ann"
    assert set(browser.cookies) == {"coach-session"}
    assert browser.get("/sign-in/provider").headers["location"] == "/"
    [started, *_] = browser.get("/api/audit").json()["data"]
    assert started["details"]["method"] == "oidc"


def test_the_way_there_tells_the_provider_what_it_needs_and_nothing_secret(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    answer = browser.get("/sign-in/provider")
    url = urlsplit(answer.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.issuer}/authorize"
    asked = parse_qs(url.query)
    assert asked["redirect_uri"] == [f"{HERE}/sign-in/callback"]
    assert asked["scope"] == ["openid"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("coach-provider=sign-in.")
    assert "; Max-Age=600; HttpOnly; SameSite=Lax" in cookie
    kept = cookie.partition("=")[2].partition(";")[0].rpartition(".")[2]
    assert kept not in url.query


def test_without_a_provider_there_is_no_way_to_one(inhabited: Building) -> None:
    browser = inhabited.browser()
    assert "provider" not in browser.get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/callback", "/account/confirm/provider"):
        assert browser.get(path).status_code == 404


def test_an_answer_with_another_state_is_not_looked_at(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    before = list(provider.asked)
    for wrong in (f"{back[:-1]}{'B' if back[-1] == 'A' else 'A'}", f"{back}&state=x", back[:-44]):
        assert came_back(browser, wrong).status_code == 401
    assert provider.asked == before
    assert came_back(browser, back).status_code == 401  # the flow is used up
    assert is_out(browser)


def test_an_answer_in_another_browser_lets_nobody_in(linked: Building, provider: Provider) -> None:
    back = provider.approve(sent(linked.browser()), SUBJECT)
    other, on_its_way = linked.browser(), linked.browser()
    sent(on_its_way)
    for browser in (other, on_its_way):
        assert came_back(browser, back).status_code == 401
        assert is_out(browser)


def test_a_code_counts_once(linked: Building, provider: Provider) -> None:
    browser, thief = linked.browser(), linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    kept = dict(browser.cookies)
    assert came_back(browser, back).status_code == 303
    assert came_back(browser, back).status_code == 401
    thief.cookies.update(kept)
    assert came_back(thief, back).status_code == 401
    assert is_out(thief)


def test_a_way_to_the_provider_ends_after_ten_minutes(
    linked: Building, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    [(name, kept)] = browser.cookies.items()
    purpose, begun, secret = kept.split(".")
    browser.cookies.clear()
    browser.cookies.set(name, f"{purpose}.{int(begun) + 1}.{secret}")  # later than it was
    assert came_back(browser, back).status_code == 401
    browser.cookies.set(name, kept)
    clock = wiring.clock
    monkeypatch.setattr(wiring, "clock", lambda: clock() + timedelta(minutes=10, seconds=2))
    assert came_back(browser, back).status_code == 401


def test_who_is_linked_to_nobody_is_told_the_subject_and_no_account_is_made(
    linked: Building, provider: Provider, connection: psycopg.Connection
) -> None:
    """An address of mail, verified or not, is not looked at."""
    provider.spoil = spoiled(email="ann@example.org", email_verified=True, name="ann")
    browser = linked.browser()
    answer = tried(browser, provider, "someone-else")
    assert (answer.status_code, "(someone-else)" in answer.text) == (401, True)
    assert is_out(browser)
    assert connection.execute("select count(*) from app_user").fetchone() == (2,)


def test_a_disabled_or_unlinked_user_is_let_in_no_more(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    assert tried(browser, provider).status_code == 303
    with linked.doors.place(None, "test") as place:
        accounts.disable(place, "ann")
    assert is_out(browser)
    assert tried(browser, provider).status_code == 401
    with linked.doors.place(None, "test") as place:
        accounts.enable(place, "ann")
    assert tried(browser, provider).status_code == 303
    with linked.doors.place(None, "test") as place:
        identities.unlink(place, "ann")
    assert is_out(browser)
    assert tried(browser, provider).status_code == 401


def test_a_provider_that_is_down_is_an_error_that_says_so(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    provider.server.shutdown()
    provider.server.server_close()
    for answer in (linked.browser().get("/sign-in/provider"), came_back(browser, back)):
        assert answer.status_code == 503
        assert "cannot be reached just now" in answer.text
        assert "a password lets you in" in answer.text
    assert linked.signed_in("ann").get("/api/status").status_code == 200


def test_a_description_that_is_another_provider_s_is_not_believed(
    linked: Building, provider: Provider
) -> None:
    for spoil in (
        {"issuer": "https://login.evil.test"},
        {"issuer": f"{provider.issuer}/"},
        {"jwks_uri": "http://login.evil.test/keys"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ):
        provider.description = spoil
        assert linked.browser().get("/sign-in/provider").status_code == 503, spoil


def test_an_answer_that_names_another_issuer_is_not_exchanged(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    assert came_back(browser, f"{back}&iss=https://login.evil.test").status_code == 401
    provider.description = {"authorization_response_iss_parameter_supported": True}
    assert tried(browser, provider).status_code == 401
    assert f"{urlsplit(provider.issuer).path}/token" not in provider.asked
    back = provider.approve(sent(browser), SUBJECT)
    assert came_back(browser, f"{back}&iss={provider.issuer}").status_code == 303


def test_tries_wait_as_long_as_the_limits_say(linked: Building, provider: Provider) -> None:
    asked: list[str] = []

    def admit(_name: str, address: str) -> float:
        asked.append(address)
        return 6.2

    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    before = list(provider.asked)
    linked.doors.admit = admit
    for answer in (linked.browser().get("/sign-in/provider"), came_back(browser, back)):
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert (asked, provider.asked) == (["127.0.0.1"] * 2, before)


def test_nobody_is_sent_elsewhere_than_to_the_provider_and_home(
    linked: Building, provider: Provider
) -> None:
    for name in ("next", "redirect_uri", "return_to", "url", "RelayState"):
        browser = linked.browser()
        url = sent(browser, f"/sign-in/provider?{name}=https://evil.test/")
        assert url.startswith(f"{provider.issuer}/authorize?")
        assert "evil.test" not in url
        back = provider.approve(url, SUBJECT)
        answer = came_back(browser, f"{back}&{name}=https://evil.test/")
        assert answer.headers["location"] == "/"
    evil = linked.browser().get("/sign-in/provider", headers={"Host": "evil.test"})
    assert evil.status_code == 421


def test_what_the_provider_refuses_is_shown_as_text(linked: Building, provider: Provider) -> None:
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    state = back.rpartition("state=")[2]
    said = "access_denied&error_description=<script>alert(1)</script>"
    answer = came_back(browser, f"/sign-in/callback?error={said}&state={state}")
    assert answer.status_code == 401
    assert "the provider let nobody in" in answer.text
    assert "<script" not in answer.text


def test_a_provider_proves_once_more_who_somebody_is(
    linked: Building, provider: Provider, connection: psycopg.Connection
) -> None:
    browser = linked.browser()
    tried(browser, provider)
    connection.execute("update user_session set confirmed_at = confirmed_at - interval '1 hour'")
    refused = browser.post("/account/tokens", data={"label": "script"})
    assert (refused.status_code, "/account/confirm/provider" in refused.text) == (403, True)
    url = sent(browser, "/account/confirm/provider")
    asked = parse_qs(urlsplit(url).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    answer = came_back(browser, provider.approve(url, SUBJECT))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "coach_pat_" in browser.post("/account/tokens", data={"label": "script"}).text


def test_who_did_not_sign_in_there_anew_or_is_another_proves_nothing(
    linked: Building, provider: Provider, connection: psycopg.Connection
) -> None:
    browser = linked.browser()
    tried(browser, provider)
    connection.execute("update user_session set confirmed_at = confirmed_at - interval '1 hour'")

    def confirmed(subject: str) -> int:
        url = sent(browser, "/account/confirm/provider")
        return came_back(browser, provider.approve(url, subject)).status_code

    assert confirmed("someone-else") == 401
    provider.auth_age_s = 3_600
    assert confirmed(SUBJECT) == 401
    provider.auth_age_s, provider.spoil = 0, spoiled(auth_time=None)
    assert confirmed(SUBJECT) == 401
    assert browser.post("/account/tokens", data={"label": "script"}).status_code == 403
    assert linked.browser().get("/account/confirm/provider").headers["location"] == "/sign-in"


def test_a_way_for_signing_in_confirms_no_session(linked: Building, provider: Provider) -> None:
    """Nor does a cookie say another purpose than that it was made for."""
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    [(name, kept)] = browser.cookies.items()
    browser.cookies.clear()
    browser.cookies.set(name, kept.replace("sign-in", "confirm"))
    assert came_back(browser, back).status_code == 401


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(
    linked: Building, provider: Provider
) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert tried(linked.browser(), provider).status_code == 303


def test_with_a_wrong_secret_nobody_is_let_in(linked: Building, provider: Provider) -> None:
    assert linked.doors.provider is not None
    wishes = replace(linked.doors.provider.wishes, client_secret=lambda: Secret("wrong"))
    linked.doors.provider = OpenIdProvider(wishes, wiring.clock)
    answer = tried(linked.browser(), provider)
    assert (answer.status_code, "invalid_client" in answer.text) == (401, True)


def test_signing_in_through_the_provider_ends_the_session_before(
    linked: Building, provider: Provider
) -> None:
    """A link is not followed by who has signed in; an answer that is under way still is."""
    browser = linked.browser()
    back = provider.approve(sent(browser), SUBJECT)
    browser.post("/api/session", json={"name": "local", "password": PASSWORD})
    former = browser.cookies["coach-session"]
    assert came_back(browser, back).status_code == 303
    assert browser.get("/api/session").json()["data"]["user"] == "ann"
    other = linked.browser()
    other.cookies.set("coach-session", former)
    assert is_out(other)
