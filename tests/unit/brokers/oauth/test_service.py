"""What a server of tokens may answer, and what coach makes of it; no socket is opened."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from coach.brokers.coinbase.grants import SCOPES, granted
from coach.brokers.oauth.flow import AuthorizationFlow, code_of, new_flow, query_of
from coach.brokers.oauth.grant import OAuthGrant, read_grant
from coach.brokers.oauth.http_client import LARGEST_ANSWER
from coach.brokers.oauth.service import TokenService
from coach.errors import (
    AuthenticationFailed,
    BrokerTrouble,
    CoachError,
    ConfigError,
    Invalid,
    Refused,
    TryLater,
)
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.secrets import Secret

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LOGIN = "https://login.example.org"
BACK = "http://127.0.0.1:8749/oauth/callback/coinbase"
CLIENT = BrokerClient("coach", LOGIN, lambda: Secret("canary of the client"))
GRANT = OAuthGrant("coach", LOGIN, Secret("access-0"), Secret("refresh-0"), NOW, ())
GOOD = {
    "access_token": "access-1",
    "token_type": "bearer",
    "expires_in": 3600,
    "refresh_token": "refresh-1",
    "scope": "wallet:user:read,wallet:accounts:read offline_access",
}

Answer = Callable[[httpx2.Request], httpx2.Response]


def service(answer: Answer) -> TokenService:
    return TokenService("coinbase", CLIENT, SCOPES, lambda: NOW, httpx2.MockTransport(answer))


def said(status: int, body: object) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx2.Response(status, content=iter([text]))


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("no route", request=request)


def silent(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("", request=request)


def test_the_page_is_asked_for_with_a_challenge_and_nothing_that_stays_here() -> None:
    flow = new_flow(BACK)
    url = service(unreachable).authorization_url(flow)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{LOGIN}/oauth2/auth?")
    assert asked.pop("code_challenge") != flow.verifier
    assert asked == {
        "response_type": "code",
        "client_id": "coach",
        "redirect_uri": BACK,
        "scope": " ".join(SCOPES),
        "state": flow.state,
        "code_challenge_method": "S256",
    }
    assert len(flow.state) == len(flow.verifier) == 43
    assert flow.verifier not in url
    assert flow.verifier not in repr(flow)


def test_a_code_is_exchanged_in_the_form_once_and_with_the_secret_in_it() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return said(200, GOOD)(request)

    flow = new_flow(BACK)
    grant = service(answer).exchange(flow, Secret("the-code"))
    (request,) = asked
    assert "authorization" not in request.headers
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "code_verifier": [flow.verifier],
        "redirect_uri": [BACK],
        "client_id": ["coach"],
        "client_secret": ["canary of the client"],
    }
    assert grant.expires_at == NOW + timedelta(hours=1)
    assert grant.scopes == ("wallet:user:read", "wallet:accounts:read", "offline_access")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(400, {"error": "invalid_grant", "error_description": "ya"}), AuthenticationFailed),
        (said(401, {"error": "invalid_client"}), ConfigError),
        (said(400, {"error": "invalid_request"}), BrokerTrouble),
        (said(400, {"error": "temporarily_unavailable"}), TryLater),
        (said(429, b"<html>slow down</html>"), TryLater),
        (said(500, {"error": "invalid_grant"}), TryLater),
        (said(503, b"upstream"), TryLater),
        (said(200, b"<html>sign in</html>"), TryLater),
        (said(200, [1]), TryLater),
        (said(200, b"x" * (LARGEST_ANSWER + 1)), TryLater),
        (said(302, b""), TryLater),
        (said(200, {**GOOD, "access_token": ""}), BrokerTrouble),
        (said(200, {**GOOD, "access_token": 5}), BrokerTrouble),
        (said(200, {**GOOD, "access_token": "a\nb"}), BrokerTrouble),
        (said(200, {**GOOD, "token_type": "mac"}), BrokerTrouble),
        (said(200, {**GOOD, "refresh_token": {"a": 1}}), BrokerTrouble),
        (unreachable, TryLater),
        (silent, TryLater),
    ],
)
def test_what_is_no_pair_of_tokens_is_an_error_without_a_secret(
    answer: Answer, error: type[CoachError]
) -> None:
    with pytest.raises(error) as refused:
        service(answer).renew(GRANT)
    told = f"{refused.value!s} {refused.value.hint} {refused.value.facts}"
    assert not [one for one in ("canary", "refresh-0", "access-") if one in told]
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("life", [None, "soon", True, -5, 10**12])
def test_a_life_that_makes_no_sense_costs_no_tokens(life: object) -> None:
    grant = service(said(200, {**GOOD, "expires_in": life})).renew(GRANT)
    assert grant.access.reveal() == "access-1"
    assert NOW <= grant.expires_at <= NOW + timedelta(days=31)


def test_a_client_without_a_secret_asks_nobody() -> None:
    bare = replace(service(unreachable), client=replace(CLIENT, client_secret=lambda: Secret("")))
    with pytest.raises(ConfigError, match="COACH_COINBASE_CLIENT_SECRET"):
        bare.authorization_url(new_flow(BACK))


def test_without_another_refresh_token_the_one_before_goes_on() -> None:
    answer = {name: value for name, value in GOOD.items() if name != "refresh_token"}
    assert service(said(200, answer)).renew(GRANT).refresh.reveal() == "refresh-0"
    with pytest.raises(BrokerTrouble, match="no refresh token"):
        service(said(200, answer)).exchange(new_flow(BACK), Secret("code"))


@pytest.mark.parametrize("other", [{"client_id": "other"}, {"login_url": "https://evil.example"}])
def test_tokens_are_shown_to_nobody_but_who_handed_them_out(other: dict[str, str]) -> None:
    with pytest.raises(AuthenticationFailed):
        service(pytest.fail).renew(replace(GRANT, **other))  # type: ignore[arg-type]


def test_a_grant_reads_back_as_it_was_and_shows_no_token() -> None:
    grant = service(said(200, GOOD)).renew(GRANT)
    text = grant.text()
    again = read_grant(text.reveal())
    assert again is not None
    assert (again.is_same(grant), again.text().reveal()) == (True, text.reveal())
    assert "access-1" not in f"{grant!r} {text!r}"
    assert [read_grant(one) for one in ("", "[]", "{}", '{"name": "a"}', "a\nb")] == [None] * 5


def test_an_access_token_is_due_a_minute_before_its_end() -> None:
    grant = replace(GRANT, expires_at=NOW + timedelta(hours=1))
    assert not grant.is_due(NOW + timedelta(minutes=58, seconds=59))
    assert grant.is_due(NOW + timedelta(minutes=59))


FLOW = AuthorizationFlow(BACK, "s" * 43, "v" * 43)


def test_the_code_of_the_answer_is_taken_where_the_state_is_ours() -> None:
    assert code_of(FLOW, f"code=abc&state={FLOW.state}", LOGIN).reveal() == "abc"
    assert code_of(FLOW, f"code=abc&state={FLOW.state}&iss={LOGIN}/", LOGIN).reveal() == "abc"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=abc",
        "code=abc&state=other",
        f"code=abc&state={FLOW.state}&state=other",
        f"code=abc&code=def&state={FLOW.state}",
        f"error=access_denied&state={FLOW.state}",
        f"code=abc&state={FLOW.state}&iss=https://evil.example",
        f"code=abc&state={'%ff' * 43}",
        "&".join("a=b" for _ in range(50)),
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(Refused):
        code_of(FLOW, query, LOGIN)


@pytest.mark.parametrize(
    "pasted", ["", "hunter2", "http://[", "http://a/", "http://a/?" + "x" * 9000]
)
def test_what_is_pasted_must_be_an_address_with_an_answer(pasted: str) -> None:
    with pytest.raises(Invalid) as refused:
        query_of(pasted)
    assert "hunter2" not in f"{refused.value!s}{refused.value.facts}"


def test_the_query_of_a_pasted_address_is_found() -> None:
    assert query_of(f"  {BACK}?code=a&state=b#x \n") == "code=a&state=b"


READS = ["wallet:user:read", "wallet:accounts:read", "wallet:transactions:read"]


@pytest.mark.parametrize(
    ("scopes", "powers"),
    [
        ([], (False, False)),
        (["offline_access", "wallet:user:email", "wallet:trades:read"], (False, False)),
        (["wallet:buys:create"], (True, False)),
        (["wallet:orders:create", "wallet:withdrawals:create"], (True, True)),
        (["wallet:transactions:send"], (False, True)),
        (["wallet:accounts:update"], (False, True)),
        (["something:new"], (False, True)),
        ([f"wallet:{number}:read" for number in range(70)], (False, True)),
    ],
)
def test_whatever_does_more_than_read_is_a_power(
    scopes: list[str], powers: tuple[bool, bool]
) -> None:
    found = granted({"data": {"scopes": READS + scopes}}, ())
    assert (found.view, (found.trade, found.transfer)) == (True, powers)


def test_a_power_that_only_the_answer_with_the_tokens_named_counts() -> None:
    assert granted({"data": {"scopes": READS}}, ("wallet:buys:create",)).trade


@pytest.mark.parametrize("answer", [{}, {"data": []}, {"data": {"scopes": [1]}}, {"data": {}}])
def test_an_answer_that_names_no_scopes_leaves_all_open(answer: dict[str, object]) -> None:
    found = granted(answer, tuple(READS))
    assert (found.view, found.trade, found.transfer) == (None, None, None)


def test_what_is_missing_is_named() -> None:
    assert granted({"data": {"scopes": READS[:1]}}, tuple(READS)).lacks == tuple(READS[1:])
