"""What Binance's user data stream tells, read from messages as its documentation has them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from coach.brokers.binance.adapter import ADAPTER
from coach.brokers.binance.auth import read_key
from coach.brokers.binance.client import BASE_URL
from coach.brokers.binance.user_stream import SUBSCRIBE, URL, UserStream
from coach.brokers.live.stream import StreamEnds
from coach.errors import AuthenticationFailed

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
NOW_MS = 1_775_044_800_000
PUBLIC, SECRET = "K" * 64, "S" * 64


def stream(base_url: str = BASE_URL) -> UserStream:
    key = read_key(f"{PUBLIC}\n{SECRET}\n")
    return UserStream(key, base_url, frozenset({"BTCUSDT"}), lambda: NOW)


def event(kind: str, **more: object) -> str:
    return json.dumps({"subscriptionId": 0, "event": {"e": kind, "E": NOW_MS, **more}})


def refused(code: int, status: int = 400) -> str:
    error = {"code": code, "msg": f"Bad key {PUBLIC}"}
    return json.dumps({"id": SUBSCRIBE, "status": status, "error": error})


def test_it_subscribes_by_a_signature_and_by_no_listen_key() -> None:
    clock, subscription = map(json.loads, stream().greetings())
    assert clock["method"] == "time"
    params = subscription["params"]
    text = f"apiKey={PUBLIC}&recvWindow=5000&timestamp={NOW_MS}"
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert subscription["method"] == "userDataStream.subscribe.signature"
    assert params == {
        "apiKey": PUBLIC,
        "recvWindow": 5000,
        "timestamp": NOW_MS,
        "signature": signature,
    }


def test_the_stream_is_where_the_broker_is() -> None:
    assert stream().url == URL
    assert stream("http://127.0.0.1:80").url == "ws://127.0.0.1:80/ws-api/v3"


def test_it_is_open_once_it_is_subscribed() -> None:
    assert stream().read(
        json.dumps({"id": SUBSCRIBE, "status": 200, "result": {"subscriptionId": 0}})
    ) == ("open",)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"x": "TRADE", "s": "BTCUSDT"}, "fill"),
        ({"x": "TRADE", "s": "ETHUSDT"}, "other"),
        ({"x": "NEW", "s": "BTCUSDT"}, "other"),
        ({"x": "TRADE_PREVENTION", "s": "BTCUSDT"}, "other"),
    ],
)
def test_a_trade_of_a_chosen_pair_is_a_reason_to_read(more: dict[str, str], told: str) -> None:
    assert stream().read(event("executionReport", **more)) == (told,)


@pytest.mark.parametrize("kind", ["eventStreamTerminated", "serverShutdown"])
def test_what_binance_ends_is_opened_again(kind: str) -> None:
    with pytest.raises(StreamEnds, match="Binance"):
        stream().read(event(kind))


@pytest.mark.parametrize("code", [-2015, -1022, -2014])
def test_a_key_that_may_not_is_refused_for_good_and_quoted_nowhere(code: int) -> None:
    with pytest.raises(AuthenticationFailed, match=f"code {code}") as caught:
        stream().read(refused(code, 401))
    assert PUBLIC not in str(caught.value)


@pytest.mark.parametrize(("code", "status"), [(-1003, 429), (-1003, 418), (-1000, 500)])
def test_what_may_pass_ends_the_line_for_now(code: int, status: int) -> None:
    with pytest.raises(StreamEnds, match=f"code {code}"):
        stream().read(refused(code, status))


@pytest.mark.parametrize("time_first", [True, False])
def test_a_wrong_time_is_measured_and_gone_by_next_time(*, time_first: bool) -> None:
    found = stream()
    found.greetings()
    clock = json.dumps({"id": "time", "status": 200, "result": {"serverTime": NOW_MS + 9_000}})
    messages = [clock, refused(-1021)] if time_first else [refused(-1021), clock]
    assert found.read(messages[0]) == ("other",)
    with pytest.raises(StreamEnds):
        found.read(messages[1])
    _, subscription = map(json.loads, found.greetings())
    assert subscription["params"]["timestamp"] == NOW_MS + 9_000


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"event":5}', '{"event":{}}'])
def test_what_nobody_knows_is_no_fill(text: str) -> None:
    assert stream().read(text) == ("other",)


def test_it_stands_behind_a_feature() -> None:
    assert ADAPTER.stream_feature == "binance-stream"
