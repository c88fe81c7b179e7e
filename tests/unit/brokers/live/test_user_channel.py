"""What Coinbase's user channel tells, read from messages as its documentation has them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import jwt
import pytest

from coach.brokers.coinbase.auth import read_key
from coach.brokers.coinbase.client import BASE_URL
from coach.brokers.coinbase.user_channel import URL, UserChannel
from coach.brokers.net.web_socket import LONGEST_PAUSE_S, pause_s
from coach.brokers.sandbox.keys import granted, new_key
from coach.errors import AuthenticationFailed

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
TEXT, GRANT = new_key("EdDSA", can_trade=False, can_transfer=False)
ORDER = {"order_id": "a", "status": "FILLED", "cumulative_quantity": "0.001"}


def channel(base_url: str = BASE_URL) -> UserChannel:
    return UserChannel(read_key(TEXT), base_url, BASE_URL, lambda: NOW)


def message(name: str, number: int, *events: Mapping[str, object]) -> str:
    return json.dumps({"channel": name, "sequence_num": number, "events": events})


def update(number: int, *orders: Mapping[str, object]) -> str:
    return message("user", number, {"type": "update", "orders": orders})


def test_it_subscribes_to_heartbeats_and_orders_by_tokens_for_no_request() -> None:
    found = [json.loads(one) for one in channel().greetings()]
    assert [one["channel"] for one in found] == ["heartbeats", "user"]
    assert all(granted(one["jwt"], None, {GRANT.name: GRANT}, NOW) for one in found)
    claims = [jwt.decode(one["jwt"], options={"verify_signature": False}) for one in found]
    assert all("uri" not in one and one["exp"] - one["nbf"] == 120 for one in claims)


def test_a_token_of_a_request_subscribes_to_nothing() -> None:
    [first, _] = channel().greetings()
    token = json.loads(first)["jwt"]
    assert granted(token, "GET api.coinbase.com/x", {GRANT.name: GRANT}, NOW) is None


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        (BASE_URL, URL),
        (f"{BASE_URL}/", URL),
        ("http://127.0.0.1:80", "ws://127.0.0.1:80/ws"),
        ("https://elsewhere.example", "wss://elsewhere.example/ws"),
    ],
)
def test_the_channel_is_where_the_broker_is(base_url: str, url: str) -> None:
    assert channel(base_url).url == url


def test_an_order_with_something_filled_is_a_reason_to_read() -> None:
    assert channel().read(update(0, ORDER)) == ("fill",)


@pytest.mark.parametrize("quantity", ["0", "", None])
def test_an_order_of_which_nothing_is_filled_is_none(quantity: str | None) -> None:
    assert channel().read(update(0, {**ORDER, "cumulative_quantity": quantity})) == ("other",)


def test_the_snapshot_of_open_orders_is_no_fill_and_may_be_null() -> None:
    found = channel()
    assert found.read(message("user", 0, {"type": "snapshot", "orders": None})) == ("other",)
    assert found.read(message("user", 1, {"type": "snapshot", "orders": [ORDER]})) == ("other",)


def test_it_is_open_once_the_user_channel_is_subscribed() -> None:
    found = channel()
    beats: dict[str, object] = {"subscriptions": {"heartbeats": ["heartbeats"]}}
    both: dict[str, object] = {"subscriptions": {"heartbeats": [], "user": []}}
    assert found.read(message("subscriptions", 0, beats)) == ("other",)
    assert found.read(message("subscriptions", 1, both)) == ("open",)


def test_a_number_that_is_left_out_is_a_lost_message() -> None:
    found = channel()
    beat: dict[str, object] = {
        "current_time": "2026-04-07 14:30:10.000000000+00:00",
        "heartbeat_counter": "42",
    }
    assert found.read(message("heartbeats", 0, beat)) == ("beat",)
    assert found.read(message("heartbeats", 2, beat)) == ("gap", "beat")
    assert found.read(message("heartbeats", 1, beat)) == ("beat",)
    assert found.read(message("heartbeats", 3, beat)) == ("beat",)


def test_a_new_connection_counts_anew() -> None:
    found = channel()
    found.read(update(7))
    found.greetings()
    assert found.read(update(0)) == ("other",)


def test_an_error_is_a_refusal_with_its_reason() -> None:
    with pytest.raises(AuthenticationFailed, match="authentication failure"):
        channel().read('{"type":"error","message":"authentication failure"}')


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"channel":"news"}', '{"channel":"user","events":"none"}']
)
def test_what_nobody_knows_is_no_fill(text: str) -> None:
    assert channel().read(text) == ("other",)


def test_the_pause_doubles_up_to_a_minute_and_half_of_it_is_chance() -> None:
    assert [pause_s(failures, 1.0) for failures in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pause_s(20, 0.0) == LONGEST_PAUSE_S / 2
