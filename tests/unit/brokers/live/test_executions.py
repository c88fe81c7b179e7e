"""What Kraken's channel of executions tells, read from messages as its documentation has them."""

import json

import pytest

from coach.brokers.kraken.adapter import ADAPTER
from coach.brokers.kraken.client import BASE_URL
from coach.brokers.kraken.executions import URL, Executions
from coach.brokers.live.stream import StreamEnds
from coach.errors import AuthenticationFailed

HOST = "https://elsewhere.example"


def channel(base_url: str = BASE_URL) -> Executions:
    return Executions(base_url, BASE_URL)


def update(*kinds: str, **more: object) -> str:
    data = [{"exec_type": kind, "order_status": "partially_filled"} for kind in kinds]
    return json.dumps({"channel": "executions", "type": "update", "data": data, **more})


def test_it_subscribes_with_the_token_and_asks_for_nothing_old() -> None:
    [found] = map(json.loads, channel().greetings("secret"))
    assert found["method"] == "subscribe"
    assert found["params"] == {
        "channel": "executions",
        "token": "secret",
        "snap_orders": False,
        "snap_trades": False,
    }


def test_the_channel_is_where_the_broker_is() -> None:
    assert [channel().url, channel(HOST).url] == [URL, "wss://elsewhere.example/ws/v2"]


def test_it_is_open_once_the_channel_is_subscribed() -> None:
    good = {"method": "subscribe", "success": True, "result": {"channel": "executions"}}
    other = {**good, "result": {"channel": "balances"}}
    assert channel().read(json.dumps(good)) == ("open",)
    assert channel().read(json.dumps(other)) == ("other",)


def test_a_trade_is_a_reason_to_read_and_what_becomes_of_its_order_is_none() -> None:
    assert channel().read(update("trade")) == ("fill",)
    assert channel().read(update("pending_new", "trade")) == ("fill",)
    for kind in ("new", "filled", "canceled", "amended", "iceberg_refill"):
        assert channel().read(update(kind)) == ("other",)


def test_a_snapshot_is_no_news() -> None:
    assert channel().read(update("trade", type="snapshot")) == ("other",)


def test_a_number_that_is_left_out_is_a_lost_message() -> None:
    found = channel()
    told = [found.read(update("new", sequence=number)) for number in (1, 2, 4, 3, 5)]
    assert told == [("other",), ("other",), ("gap", "other"), ("other",), ("other",)]
    found.greetings("again")
    assert found.read(update("new", sequence=1)) == ("other",)


def test_a_heartbeat_says_that_it_lives() -> None:
    assert channel().read('{"channel":"heartbeat"}') == ("beat",)


@pytest.mark.parametrize("error", ["EGeneral:Permission denied", "EAPI:Invalid key"])
def test_what_the_key_may_not_is_refused_for_good(error: str) -> None:
    message = {"method": "subscribe", "success": False, "error": error}
    with pytest.raises(AuthenticationFailed, match=error):
        channel().read(json.dumps(message))


@pytest.mark.parametrize("error", ["ESession:Invalid session", "Exceeded msg rate", None])
def test_what_may_pass_ends_the_line_for_now(error: str | None) -> None:
    message = {"method": "subscribe", "success": False, "error": error}
    with pytest.raises(StreamEnds, match=error or "no reason"):
        channel().read(json.dumps(message))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"channel":"executions","data":5}', '{"channel":[]}']
)
def test_what_nobody_knows_is_no_fill(text: str) -> None:
    assert channel().read(text) == ("other",)


def test_it_stands_behind_a_feature() -> None:
    assert ADAPTER.stream_feature == "kraken-stream"
