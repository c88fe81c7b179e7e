"""Binance's klines: arrays, milliseconds, weights, bans."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from coach.brokers.market.base import Ask, Failure, FetchedBars
from coach.brokers.market.binance import BinanceCandles
from coach.model.candles import DAY
from coach.model.fills import Symbol
from coach.model.times import MINUTE_US, SECOND_US


def kline(start_us: int) -> list[object]:
    start = start_us // 1000
    return [start, "10.0", "12", "9", "11", "3", start + 59999, "30", 7, "1", "10", "0"]


def source(stub: Callable, answer: httpx2.Response) -> tuple[BinanceCandles, list[httpx2.Request]]:  # type: ignore[type-arg]
    made = stub(lambda _: answer)
    return BinanceCandles(transport=made.transport), made.asked


def test_rows_become_bars_and_the_last_that_is_still_open_does_not(
    stub: Callable[..., object], question: Callable[..., Ask], noon_us: int
) -> None:
    starts = [noon_us - 2 * MINUTE_US, noon_us - MINUTE_US, noon_us]
    found, asked = source(stub, httpx2.Response(200, json=[kline(start) for start in starts]))
    answer = found.fetch(question("BTC-USDT"))
    assert isinstance(answer, FetchedBars)
    assert [one.start_us for one in answer.candles] == starts[:2]
    assert answer.candles[0][1:] == tuple(map(Decimal, ("10", "12", "9", "11", "3")))
    params = asked[0].url.params
    assert (params["symbol"], params["interval"], params["limit"]) == ("BTCUSDT", "1m", "1000")
    assert int(params["endTime"]) - int(params["startTime"]) == 3 * 60_000 - 1
    assert asked[0].url.host == "data-api.binance.vision"


def test_a_tether_is_no_dollar(question: Callable[..., Ask]) -> None:
    found = BinanceCandles(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))
    assert "USD" in found.unfit(question("BTC-USD"))
    assert not found.unfit(question("BTC-USDT"))
    assert not found.unfit(question("ETH-BTC", 180))
    assert found.unfit(question("AAPL"))
    assert found.unfit(question("BTC-USDT", 7))


@pytest.mark.parametrize(
    ("status", "body", "kind", "wait_s"),
    [
        (429, {"code": -1003, "msg": "Too much request weight used"}, "busy", 10),
        (418, {"code": -1003, "msg": "banned"}, "busy", 120),
        (
            451,
            {"code": 0, "msg": "Service unavailable from a restricted location"},
            "refused",
            None,
        ),
        (403, None, "refused", None),
        (400, {"code": -1121, "msg": "Invalid symbol."}, "unfit", None),
        (400, {"code": -1120, "msg": "Invalid interval."}, "unfit", None),
        (500, {"code": -1000, "msg": "An unknown error"}, "down", None),
        (504, None, "down", None),
    ],
)
def test_a_status_says_what_to_do_next(
    stub: Callable[..., object],
    question: Callable[..., Ask],
    status: int,
    body: object,
    kind: str,
    wait_s: float | None,
) -> None:
    answer = httpx2.Response(status, json=body) if body else httpx2.Response(status, text="<html>")
    failure = source(stub, answer)[0].fetch(question("BTC-USDT"))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.wait_s) == (kind, wait_s)


def test_a_retry_after_of_zero_is_not_believed(
    stub: Callable[..., object], question: Callable[..., Ask]
) -> None:
    for said, wait_s in (("0", 10), ("35", 35)):
        answer = httpx2.Response(429, headers={"retry-after": said})
        failure = source(stub, answer)[0].fetch(question("BTC-USDT"))
        assert isinstance(failure, Failure)
        assert failure.wait_s == wait_s


def test_a_ban_ends_when_its_message_says(
    stub: Callable[..., object], question: Callable[..., Ask], noon_us: int
) -> None:
    until = noon_us // 1000 + 90_000
    body = {"code": -1003, "msg": f"Way too much; IP banned until {until}. Use websockets"}
    failure = source(stub, httpx2.Response(418, json=body))[0].fetch(question("BTC-USDT"))
    assert isinstance(failure, Failure)
    assert failure.wait_s == 90


def test_a_budget_that_is_nearly_spent_asks_for_a_rest(
    stub: Callable[..., object], question: Callable[..., Ask]
) -> None:
    for used, rest_s in (("120", 0), ("5000", 60)):
        answer = httpx2.Response(200, json=[], headers={"X-MBX-USED-WEIGHT-1M": used})
        bars = source(stub, answer)[0].fetch(question("BTC-USDT"))
        assert isinstance(bars, FetchedBars)
        assert bars.rest_s == rest_s


@pytest.mark.parametrize(
    "body", ["{}", "[[]]", '[["x"]]', "[5]", "NaN", "[[1772452740000, 1e999999999]]"]
)
def test_nonsense_is_a_lie_and_no_crash(
    stub: Callable[..., object], question: Callable[..., Ask], body: str
) -> None:
    answer = httpx2.Response(200, text=body)
    failure = source(stub, answer)[0].fetch(question("BTC-USDT"))
    assert isinstance(failure, Failure)
    assert failure.kind == "lied"


def test_a_recorded_kline_is_read_to_the_last_digit(
    stub: Callable[..., object], samples: Path
) -> None:
    recorded = json.loads((samples / "nautilus__binance__klines_response.json").read_text())
    start_us = recorded[0][0] * 1000
    ask = Ask(Symbol("ETH-BTC"), DAY, start_us, start_us + 1, start_us + 9 * DAY * SECOND_US)
    answer = source(stub, httpx2.Response(200, json=recorded))[0].fetch(ask)
    assert isinstance(answer, FetchedBars)
    assert answer.candles[0].close == Decimal(recorded[0][4])
    assert answer.candles[0].volume == Decimal(recorded[0][5])
