"""A provider that answers something else than it should, or too much of it."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from coach.brokers.oauth.http_client import LARGEST_ANSWER
from coach.engine.api.people.open_id import AT_ONCE, OpenIdProvider
from coach.engine.api.people.provider_flow import begin_flow
from coach.errors import TryLater
from coach.model.machine.secrets import Secret
from coach.model.people.provider import ProviderWishes

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ISSUER = "https://login.example.org"
BACK = "https://coach.example.org/sign-in/callback"
DESCRIPTION = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize?tenant=home",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": "https://keys.example.org/keys",
}
WHOLE = json.dumps(DESCRIPTION).encode()
PACKED = {"Content-Encoding": "gzip"}

Answer = Callable[[httpx2.Request], httpx2.Response]


def said(status: int, body: bytes = b"", **headers: str) -> httpx2.Response:
    """Return an answer as it comes from a network: it is not read yet."""
    return httpx2.Response(status, content=iter([body]), headers=headers)


def provider(answer: Answer) -> OpenIdProvider:
    wishes = ProviderWishes(ISSUER, "coach", lambda: Secret(""))
    return OpenIdProvider(wishes, lambda: NOW, httpx2.MockTransport(answer))


def url_of(answer: Answer) -> str:
    return provider(answer).authorization_url(begin_flow("sign-in", NOW), BACK)


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("no route", request=request)


def silent(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("", request=request)


def test_only_the_issuer_is_asked_for_its_description() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return said(200, WHOLE)

    assert url_of(answer).startswith(f"{ISSUER}/authorize?tenant=home&")
    assert asked == [f"{ISSUER}/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: said(500, WHOLE), "it answers 500"),
        (lambda _: said(404), "it answers 404"),
        (lambda _: said(302, Location="https://login.evil.test/"), "it answers 302"),
        (lambda _: said(200, b"<html>"), "no JSON object"),
        (lambda _: said(200, b'[["issuer", "x"]]'), "no JSON object"),
        (lambda _: said(200, b"\xff\xfe"), "no JSON object"),
        (lambda _: said(200, b" " * (LARGEST_ANSWER + 1)), "broke off"),
        (lambda _: said(200, gzip.compress(WHOLE), **PACKED), "no JSON object"),
        (unreachable, "no connection"),
        (silent, "no answer in time"),
    ],
    ids=[
        "500",
        "404",
        "redirect",
        "page",
        "list",
        "bytes",
        "large",
        "packed",
        "unreachable",
        "silent",
    ],
)
def test_what_is_no_description_is_a_provider_that_does_not_answer(
    answer: Answer, reason: str
) -> None:
    with pytest.raises(TryLater, match=r"login\.example\.org") as trouble:
        url_of(answer)
    assert reason in str(trouble.value)


def test_few_ask_at_once_and_each_gives_its_turn_back() -> None:
    asked = provider(unreachable)
    for _ in range(AT_ONCE + 1):
        with pytest.raises(TryLater, match="no connection"):
            asked.authorization_url(begin_flow("sign-in", NOW), BACK)
    for _ in range(AT_ONCE):
        asked.turns.acquire()
    with pytest.raises(TryLater, match="many sign in at once"):
        asked.authorization_url(begin_flow("sign-in", NOW), BACK)
