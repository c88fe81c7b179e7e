"""Coinbase's public candles: newest first, strings, an alias, limits."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from coach.brokers.market.base import Ask, Failure, FetchedBars
from coach.brokers.market.coinbase import CoinbaseCandles
from coach.errors import ConfigError
from coach.model.times import SECOND_US


def row(start_us: int, **changes: str) -> dict[str, str]:
    bar = {"low": "9", "high": "12", "open": "10", "close": "11", "volume": "3.5"}
    return {"start": str(start_us // SECOND_US)} | bar | changes


def page(*rows: object) -> httpx2.Response:
    return httpx2.Response(200, json={"candles": list(rows)})


def source(stub: Callable, answer: object) -> tuple[CoinbaseCandles, list[httpx2.Request]]:  # type: ignore[type-arg]
    made = stub(answer if callable(answer) else lambda _: answer)
    return CoinbaseCandles(transport=made.transport), made.asked


def test_bars_come_in_order_of_time_and_the_one_still_forming_is_left_out(
    stub: Callable[..., object], question: Callable[..., Ask], noon_us: int
) -> None:
    minute = 60 * SECOND_US
    starts = [noon_us, noon_us - minute, noon_us - 2 * minute]
    found, asked = source(stub, page(*(row(start) for start in starts)))
    answer = found.fetch(question())
    assert isinstance(answer, FetchedBars)
    assert [one.start_us for one in answer.candles] == [noon_us - 2 * minute, noon_us - minute]
    assert answer.candles[0].volume == Decimal("3.5")
    assert asked[0].url.path == "/api/v3/brokerage/market/products/BTC-USD/candles"
    assert asked[0].url.params["granularity"] == "ONE_MINUTE"
    assert "authorization" not in asked[0].headers


def test_a_window_asks_for_its_own_bars_and_no_further(
    stub: Callable[..., object], question: Callable[..., Ask], noon_us: int
) -> None:
    found, asked = source(stub, page())
    found.fetch(question(bars=300))
    params = asked[0].url.params
    assert int(params["end"]) - int(params["start"]) == 300 * 60 - 1
    assert int(params["end"]) == noon_us // SECOND_US - 1


def test_a_pair_in_usdc_is_asked_for_by_its_canonical_name_once_looked_up(
    stub: Callable[..., object], question: Callable[..., Ask]
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/BTC-USDC"):
            return httpx2.Response(200, json={"product_id": "BTC-USDC", "alias": "BTC-USD"})
        return page()

    found, asked = source(stub, answer)
    ask = question("BTC-USDC")
    assert found.cost(ask) == 2
    found.fetch(ask)
    found.fetch(ask)
    assert found.cost(ask) == 1
    assert [request.url.path.split("/")[6] for request in asked] == [
        "BTC-USDC",
        "BTC-USD",
        "BTC-USD",
    ]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx2.Response(200, json={"nothing": 1}), "lied"),
        (httpx2.Response(200, text="<html>"), "lied"),
        (httpx2.Response(200, json={"candles": [{"start": "x"}]}), "lied"),
        (httpx2.Response(400, json={"error": "INVALID_ARGUMENT", "message": "too many"}), "unfit"),
        (httpx2.Response(404, json={"error": "NOT_FOUND"}), "unfit"),
        (httpx2.Response(401, text="Unauthorized"), "refused"),
        (httpx2.Response(403, text="<html>"), "refused"),
        (httpx2.Response(500, text="boom"), "down"),
        (httpx2.Response(503, text="boom"), "down"),
        (httpx2.Response(429, json={}), "busy"),
        (httpx2.Response(302, headers={"location": "https://elsewhere.example"}), "refused"),
    ],
)
def test_every_other_answer_is_a_failure_of_its_kind(
    stub: Callable[..., object], question: Callable[..., Ask], answer: httpx2.Response, kind: str
) -> None:
    found, asked = source(stub, answer)
    failure = found.fetch(question())
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [({"retry-after": "7"}, 7), ({"x-ratelimit-reset": "3"}, 3), ({}, None)],
)
def test_a_limit_says_how_long_to_wait(
    stub: Callable[..., object],
    question: Callable[..., Ask],
    headers: dict[str, str],
    wait_s: float | None,
) -> None:
    found, _ = source(stub, httpx2.Response(429, headers=headers))
    failure = found.fetch(question())
    assert isinstance(failure, Failure)
    assert failure.wait_s == wait_s


@pytest.mark.parametrize(
    "trouble", [httpx2.ConnectTimeout("x"), httpx2.ReadError("x"), httpx2.RemoteProtocolError("x")]
)
def test_a_source_that_hangs_or_breaks_off_is_down(
    stub: Callable[..., object], question: Callable[..., Ask], trouble: Exception
) -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise trouble

    failure = source(stub, answer)[0].fetch(question())
    assert isinstance(failure, Failure)
    assert failure.kind == "down"


@pytest.mark.parametrize(
    ("product", "kind"),
    [
        (httpx2.Response(404, json={"error": "NOT_FOUND"}), "unfit"),
        (httpx2.Response(200, text="<html>"), "lied"),
        (httpx2.Response(503), "down"),
    ],
)
def test_an_alias_that_cannot_be_looked_up_fails_the_question(
    stub: Callable[..., object],
    question: Callable[..., Ask],
    product: httpx2.Response,
    kind: str,
) -> None:
    failure = source(stub, product)[0].fetch(question("BTC-USDC"))
    assert isinstance(failure, Failure)
    assert failure.kind == kind


def test_an_alias_is_never_put_into_an_address_unless_it_is_a_plain_name(
    stub: Callable[..., object], question: Callable[..., Ask]
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/candles"):
            return page()
        return httpx2.Response(200, json={"alias": "../../orders?x="})

    found, asked = source(stub, answer)
    found.fetch(question("BTC-USDC"))
    assert asked[1].url.path.endswith("/products/BTC-USDC/candles")


def test_shares_and_odd_lengths_are_not_asked_for(question: Callable[..., Ask]) -> None:
    found = CoinbaseCandles(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))
    assert found.unfit(question("AAPL"))
    assert found.unfit(question("EUR-USD"))
    assert found.unfit(question(granularity=180))
    assert not found.unfit(question())


def test_plain_http_is_for_this_machine_alone() -> None:
    CoinbaseCandles("http://127.0.0.1:1").close()
    with pytest.raises(ConfigError):
        CoinbaseCandles("http://api.coinbase.com")


def test_a_recorded_page_of_coinbase_is_read_to_the_last_digit(
    stub: Callable[..., object], samples: Path, question: Callable[..., Ask]
) -> None:
    recorded = json.loads((samples / "nautilus__coinbase__http_candles.json").read_text())
    starts = [int(one["start"]) * SECOND_US for one in recorded["candles"]]
    ask = question(granularity=3600)
    ask = Ask(ask.symbol, ask.granularity, min(starts), max(starts) + 1, ask.now_us)
    answer = source(stub, httpx2.Response(200, json=recorded))[0].fetch(ask)
    assert isinstance(answer, FetchedBars)
    told = recorded["candles"][-1]
    assert answer.candles[0].start_us == min(starts)
    assert answer.candles[0].high == Decimal(told["high"])
    assert len(answer.candles) == len(starts)
