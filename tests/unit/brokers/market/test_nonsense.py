"""Whatever a source sends, the answer is bars that can be kept, or a failure: never an error."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.market.alphavantage import AlphavantageCandles
from coach.brokers.market.base import Ask, Failure, FetchedBars, MarketDataAdapter
from coach.brokers.market.binance import BinanceCandles
from coach.brokers.market.coinapi import CoinapiCandles
from coach.brokers.market.coinbase import CoinbaseCandles
from coach.engine.market.canonical import encode
from coach.model.candles import DAY, MINUTE, Granularity, Series, week_of
from coach.model.fills import Symbol
from coach.model.machine.secrets import Secret
from coach.model.times import SECOND_US

MONDAY_S = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
Make = Callable[[httpx2.BaseTransport], MarketDataAdapter]

VALUES = st.sampled_from(
    [
        *("1", "2", '"1"', '"2.5"', "0", '"0"', "-1", '"-1"', "null", "true", "[]", "{}", '""'),
        *("1e999999999", "-1e999999999", "0e-999999999", "1e-999999999", '"1e-999999999"'),
        *("1e9999999999999999999", '"1e9999999999999999999"', '"0e-999999999"', '"1e24"'),
        *('"NaN"', '"Infinity"', '"-Infinity"', '"sNaN"', "9" * 70, f'"{"9" * 70}"'),
        *('"\\ud800"', '"\\u0000"', '"1_000"', '"\u0661"', "1." + "0" * 58 + "1"),
        *(str(MONDAY_S), f'"{MONDAY_S}"', str(MONDAY_S * 1000), '"2026-03-02T00:00:00.0000000Z"'),
        *('"2026-03-02"', '"9999-12-31"', '"0001-01-01"', '"2026-03-02T00:00:00.\\u0661Z"'),
    ]
)
ROWS = st.lists(st.lists(VALUES, min_size=6, max_size=6), min_size=1, max_size=4)


def fields(names: tuple[str, ...], row: list[str]) -> str:
    return "{" + ", ".join(f'"{n}": {v}' for n, v in zip(names, row, strict=False)) + "}"


def coinbase(rows: list[list[str]]) -> str:
    names = ("start", "open", "high", "low", "close", "volume")
    return f'{{"candles": [{", ".join(fields(names, row) for row in rows)}]}}'


def binance(rows: list[list[str]]) -> str:
    written = [f"[{', '.join(row)}]" for row in rows]
    return f"[{', '.join(written)}]"


def coinapi(rows: list[list[str]]) -> str:
    kinds = ("open", "high", "low", "close")
    names = ("time_period_start", *(f"price_{kind}" for kind in kinds), "volume_traded")
    return f"[{', '.join(fields(names, row) for row in rows)}]"


def alphavantage(rows: list[list[str]]) -> str:
    names = ("1. open", "2. high", "3. low", "4. close", "5. volume")
    days = [f'"2026-03-0{n}": {fields(names, row)}' for n, row in enumerate(rows, 2)]
    return f'{{"Time Series (Daily)": {{{", ".join(days)}}}}}'


SOURCES: dict[str, tuple[Make, Callable[[list[list[str]]], str], str, Granularity]] = {
    "coinbase": (lambda t: CoinbaseCandles(transport=t), coinbase, "BTC-USD", MINUTE),
    "binance": (lambda t: BinanceCandles(transport=t), binance, "BTC-USDT", MINUTE),
    "coinapi": (lambda t: CoinapiCandles(Secret("k"), transport=t), coinapi, "BTC-USD", MINUTE),
    "alphavantage": (
        lambda t: AlphavantageCandles(Secret("k"), transport=t),
        alphavantage,
        "AAPL",
        DAY,
    ),
}


@pytest.mark.parametrize("name", SOURCES)
@given(rows=ROWS)
def test_rows_of_nonsense_are_dropped_or_refused(name: str, rows: list[list[str]]) -> None:
    make, write, symbol, granularity = SOURCES[name]
    start_us = MONDAY_S * SECOND_US
    ask = Ask(
        Symbol(symbol), granularity, start_us, start_us + 7 * 86_400 * SECOND_US, start_us * 2
    )
    body = write(rows).encode("utf-8")
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))
    answer = make(transport).fetch(ask)
    assert isinstance(answer, FetchedBars | Failure)
    if isinstance(answer, FetchedBars) and answer.candles:
        series = Series(ask.symbol, granularity, name)
        week = week_of(answer.candles[0].start_us)
        assert len(encode(series, week, answer.candles)) < 2_000


@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_of_more_bars_than_anybody_asked_for_is_a_lie(name: str) -> None:
    make, write, symbol, granularity = SOURCES[name]
    row = ["1"] * 6
    body = write([row] * 20_001)
    if name == "alphavantage":
        days = ", ".join(f'"{number}": {{}}' for number in range(20_001))
        body = f'{{"Time Series (Daily)": {{{days}}}}}'
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=body.encode()))
    ask = Ask(Symbol(symbol), granularity, 0, 7 * 86_400 * SECOND_US, MONDAY_S * SECOND_US)
    answer = make(transport).fetch(ask)
    assert isinstance(answer, Failure)
    assert answer.kind == "lied"
    assert "more than 20000 (limit)" in answer.reason


HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-reset", "x-mbx-used-weight-1m"]),
    st.one_of(
        st.sampled_from(["9" * 6_000, "99999999999999", "-1", "Wed, 21 Oct 99999 07:28:00 GMT"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    ),
)


@pytest.mark.parametrize("name", SOURCES)
@given(headers=HEADERS, status=st.sampled_from([200, 400, 418, 429, 500, 550]))
def test_headers_of_nonsense_never_ask_for_more_than_days(
    name: str, headers: dict[str, str], status: int
) -> None:
    make, write, symbol, granularity = SOURCES[name]
    ask = Ask(Symbol(symbol), granularity, 0, 7 * 86_400 * SECOND_US, MONDAY_S * SECOND_US)
    response = httpx2.Response(status, headers=headers, content=write([["1"] * 6]).encode())
    answer = make(httpx2.MockTransport(lambda _: response)).fetch(ask)
    if isinstance(answer, Failure):
        assert 0 <= (answer.wait_s or 0) <= 3 * 86_400
