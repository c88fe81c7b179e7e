"""Requests are signed one by one, paced, retried within limits and sent nowhere else."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Protocol

import httpx2
import jwt
import pytest

from coach.brokers.coinbase.auth import CdpKey
from coach.brokers.coinbase.client import CoinbaseClient
from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, ConfigError, TryLater

Answer = Callable[[httpx2.Request], httpx2.Response]
ClientOf = Callable[[Answer], CoinbaseClient]


class Clock(Protocol):
    slept: list[float]


def in_turn(*answers: httpx2.Response | Exception) -> Answer:
    """Answer with one after the other, and with the last one ever after."""

    def turns() -> Iterator[httpx2.Response | Exception]:
        yield from answers
        while True:
            yield answers[-1]

    turn = turns()

    def answer(_: httpx2.Request) -> httpx2.Response:
        following = next(turn)
        if isinstance(following, Exception):
            raise following
        return following

    return answer


def test_a_passing_failure_is_waited_out_with_growing_pauses(
    client_of: ClientOf, clock: Clock
) -> None:
    bad = httpx2.Response(503)
    client = client_of(in_turn(bad, bad, bad, httpx2.Response(200, json={"a": 1})))
    assert client.get("/time") == {"a": 1}
    assert clock.slept == [0.5, 1.0, 2.0]


def test_the_wait_a_broker_asks_for_is_kept_to_the_second(
    client_of: ClientOf, clock: Clock
) -> None:
    busy = httpx2.Response(429, headers={"retry-after": "11"})
    client = client_of(in_turn(busy, httpx2.Response(200, json={})))
    client.get("/time")
    assert clock.slept == [11.0]


def test_a_wait_beyond_patience_is_not_begun(client_of: ClientOf, clock: Clock) -> None:
    client = client_of(in_turn(httpx2.Response(429, headers={"retry-after": "3600"})))
    with pytest.raises(TryLater, match="HTTP 429"):
        client.get("/time")
    assert clock.slept == []


@pytest.mark.parametrize(
    "trouble",
    [
        httpx2.ReadTimeout("x"),
        httpx2.ConnectError("[Errno 111] Connection refused"),
        httpx2.RemoteProtocolError("x"),
        httpx2.Response(500),
    ],
)
def test_a_broker_that_stays_away_is_tried_six_times(
    client_of: ClientOf, clock: Clock, trouble: httpx2.Response | Exception
) -> None:
    with pytest.raises(TryLater):
        client_of(in_turn(trouble)).get("/time")
    assert len(clock.slept) == 5


def test_an_answer_that_stays_unreadable_is_the_brokers_trouble(client_of: ClientOf) -> None:
    with pytest.raises(BrokerTrouble, match="no JSON object"):
        client_of(in_turn(httpx2.Response(200, text="{"))).get("/time")


def test_a_refused_token_gets_one_more_try_with_a_fresh_one(client_of: ClientOf) -> None:
    """Coinbase refuses good tokens now and then; a bad key is not worth more than that."""
    tokens = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers["authorization"])
        return httpx2.Response(401, text="Unauthorized")

    with pytest.raises(AuthenticationFailed):
        client_of(refuse).get("/time")
    assert len(set(tokens)) == 2


def test_the_query_is_encoded_and_no_part_of_the_token(client_of: ClientOf) -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={})

    client_of(answer).get("/accounts", [("cursor", "a+b/c="), ("id", "1"), ("id", "2")])
    token = seen[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["uri"] == "GET api.coinbase.com/api/v3/brokerage/accounts"
    assert seen[0].url.params.get_list("id") == ["1", "2"]
    assert b"a%2Bb" in seen[0].url.query


def test_a_redirect_does_not_take_the_token_elsewhere(client_of: ClientOf) -> None:
    hosts = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return httpx2.Response(307, headers={"location": "https://elsewhere.example/"})

    with pytest.raises(BrokerTrouble):
        client_of(answer).get("/accounts")
    assert hosts == ["api.coinbase.com"]


def test_a_hundred_requests_take_four_seconds(client_of: ClientOf, clock: Clock) -> None:
    client = client_of(in_turn(httpx2.Response(200, json={})))
    for _ in range(101):
        client.get("/time")
    assert sum(clock.slept) == pytest.approx(4.0)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.coinbase.com",
        "http://192.168.0.7:8000",
        "ftp://127.0.0.1",
        "https://user:secret@api.coinbase.com",
        "https://api.coinbase.com/api/v3",
        "https://",
        "api.coinbase.com",
        "http://127.0.0.1.evil.example",
        "http://[::1",
    ],
)
def test_a_token_is_never_sent_in_the_clear_or_to_an_odd_place(url: str, key: CdpKey) -> None:
    with pytest.raises(ConfigError) as error:
        CoinbaseClient(key, url, lambda: pytest.fail("asked the time"), lambda _: None)
    assert "secret" not in str(error.value)


def test_no_error_and_no_log_shows_the_secret_or_a_token(
    client_of: ClientOf, key_text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer throws our own token back at us, as a badly kept server might."""
    caplog.set_level(logging.DEBUG)
    tokens = []

    def echo(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx2.Response(400, json={"message": f"bad token {tokens[-1]}"})

    with pytest.raises(CoachError) as error:
        client_of(echo).get("/accounts")
    told = "".join(traceback.format_exception(error.value)) + repr(error.value.facts) + caplog.text
    assert json.loads(key_text)["privateKey"].splitlines()[1] not in told
    assert tokens[0][:40] not in told
