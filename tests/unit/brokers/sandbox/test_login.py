"""The sandbox as a server of tokens: what counts, how often, and what ends a grant."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from coach.brokers.coinbase.grants import SCOPES
from coach.brokers.sandbox.app import PREFIX, application
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.oauth.books import CLIENT_ID, TokenBooks
from coach.brokers.sandbox.world import SandboxWorld
from tests.unit.brokers.sandbox.conftest import NOW

BACK = "http://127.0.0.1:8749/oauth/callback/coinbase"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


@dataclass
class Login:
    """A sandbox with a clock that a test moves, and the client that it knows."""

    plan: SandboxPlan = field(default_factory=lambda: SandboxPlan(per_second=0))
    moment: datetime = NOW
    tokens: TokenBooks = field(default_factory=TokenBooks)

    def __post_init__(self) -> None:
        world = SandboxWorld(NOW, (), {}, (), (), tokens=self.tokens)
        app = application(world, lambda: self.moment, self.plan)
        self.client = TestClient(app, follow_redirects=False)

    def page(self, **more: str) -> httpx2.Response:
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": BACK,
            "scope": " ".join(SCOPES),
            "state": "s" * 8,
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
        }
        return self.client.get("/oauth2/auth", params=asked | more)

    def code(self, **more: str) -> str:
        return answered(self.page(**more))["code"]

    def token(self, **more: str) -> httpx2.Response:
        client = {"client_id": CLIENT_ID, "client_secret": self.tokens.secret}
        return self.client.post("/oauth2/token", data=client | more)

    def exchange(self, code: str, **more: str) -> httpx2.Response:
        form = {"code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.token(grant_type="authorization_code", **form | more)

    def refresh(self, token: str) -> httpx2.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def status(self, access: str, path: str = "/v2/user/auth") -> int:
        headers = {"Authorization": f"Bearer {access}"}
        return int(self.client.get(path, headers=headers).status_code)


def answered(response: httpx2.Response) -> dict[str, str]:
    assert response.status_code == 302
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def refused(response: httpx2.Response, error: str = "invalid_grant") -> bool:
    return response.status_code in {400, 401} and response.json()["error"] == error


@pytest.fixture
def login() -> Login:
    return Login()


@pytest.fixture
def pair(login: Login) -> dict[str, Any]:
    response = login.exchange(login.code())
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def test_a_pair_says_what_it_is_for_and_for_how_long(pair: dict[str, Any]) -> None:
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 3600)
    assert pair["scope"].split() == [*SCOPES]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": "short"}, "invalid_request"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
    ],
)
def test_a_question_that_makes_no_sense_goes_back_as_an_error(
    login: Login, more: dict[str, str], error: str
) -> None:
    told = answered(login.page(**more))
    assert (told["error"], "code" in told) == (error, False)


@pytest.mark.parametrize("more", [{"client_id": "x"}, {"redirect_uri": "https://evil.example/"}])
def test_nobody_is_sent_to_an_address_that_was_not_registered(
    login: Login, more: dict[str, str]
) -> None:
    assert login.page(**more).status_code == 400


@pytest.mark.parametrize(
    "more", [{"code_verifier": "w" * 43}, {"redirect_uri": f"{BACK}/x"}, {"code": "another"}]
)
def test_a_code_counts_only_with_what_it_was_asked_with(login: Login, more: dict[str, str]) -> None:
    code = login.code()
    assert refused(login.exchange(**{"code": code, **more}))


def test_without_a_method_the_challenge_is_the_verifier_itself(login: Login) -> None:
    """As at Coinbase, which is why coach says S256."""
    code = login.code(code_challenge_method="plain", code_challenge=VERIFIER)
    assert login.exchange(code).status_code == 200


def test_a_code_counts_for_a_minute(login: Login) -> None:
    code = login.code()
    login.moment += timedelta(seconds=61)
    assert refused(login.exchange(code))


def test_a_code_that_is_used_twice_ends_what_came_of_it(login: Login) -> None:
    code = login.code()
    access = login.exchange(code).json()["access_token"]
    assert login.status(access) == 200
    assert refused(login.exchange(code))
    assert login.status(access) == 401


def test_an_access_token_counts_for_an_hour_and_until_the_next(
    login: Login, pair: dict[str, Any]
) -> None:
    assert login.status(pair["access_token"]) == 200
    login.moment += timedelta(hours=1)
    assert login.status(pair["access_token"]) == 401
    following = login.refresh(pair["refresh_token"]).json()
    assert login.status(following["access_token"]) == 200


def test_a_refresh_token_that_is_used_twice_ends_the_grant(
    login: Login, pair: dict[str, Any]
) -> None:
    following = login.refresh(pair["refresh_token"]).json()
    assert refused(login.refresh(pair["refresh_token"]))
    assert login.status(following["access_token"]) == 401
    assert refused(login.refresh(following["refresh_token"]))
    assert (login.tokens.refreshes, login.tokens.replays) == (1, 1)


def test_the_client_proves_itself_with_its_secret(login: Login) -> None:
    assert refused(login.exchange(login.code(), client_secret="x"), "invalid_client")
    assert refused(login.token(grant_type="password"), "unsupported_grant_type")


def test_a_path_takes_the_scope_that_coinbase_asks_for(login: Login) -> None:
    scopes = "wallet:transactions:read"
    access = login.exchange(login.code(scope=scopes)).json()["access_token"]
    paths = ("/orders/historical/fills", "/accounts", "/products", "/key_permissions", "/orders")
    found = [login.status(access, f"{PREFIX}{path}") for path in paths]
    assert found == [200, 403, 403, 403, 404]


def test_without_offline_access_there_is_no_refresh_token(login: Login) -> None:
    assert "refresh_token" not in login.exchange(login.code(scope="wallet:user:read")).json()


def revoke(login: Login, token: str, bearer: str) -> None:
    headers = {"Authorization": f"Bearer {bearer}"}
    answer = login.client.post("/oauth2/revoke", data={"token": token}, headers=headers)
    assert answer.status_code == 200


def test_a_revocation_is_answered_the_same_whether_or_not_it_ended_anything(
    login: Login, pair: dict[str, Any]
) -> None:
    access = pair["access_token"]
    revoke(login, access, "another")
    revoke(login, "another", access)
    assert login.status(access) == 200
    revoke(login, access, access)
    assert login.status(access) == 401
    assert refused(login.refresh(pair["refresh_token"]))
    revoke(login, access, access)
