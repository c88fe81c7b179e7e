"""CoinAPI and Alpha Vantage: quotas, shapes, and keys that nobody ever sees."""

import logging
import pickle
import traceback
from collections.abc import Callable
from decimal import Decimal

import httpx2
import pytest

from coach.brokers.market.alphavantage import AlphavantageCandles
from coach.brokers.market.base import Ask, Failure, FetchedBars, Kind
from coach.brokers.market.coinapi import CoinapiCandles
from coach.model.candles import DAY
from coach.model.machine.secrets import Secret
from coach.model.times import DAY_US

KEY = "KQ7-S3CRET-9ZX"
Stubs = Callable[..., object]


def coinapi(stub: Callable, answer: httpx2.Response) -> tuple[CoinapiCandles, list[httpx2.Request]]:  # type: ignore[type-arg]
    made = stub(lambda _: answer)
    return CoinapiCandles(Secret(KEY), transport=made.transport), made.asked


def vantage(
    stub: Callable,  # type: ignore[type-arg]
    answer: object,
) -> tuple[AlphavantageCandles, list[httpx2.Request]]:
    made = stub(answer if callable(answer) else lambda _: answer)
    return AlphavantageCandles(Secret(KEY), transport=made.transport), made.asked


def test_coinapi_is_asked_with_the_key_in_a_header_and_never_in_the_address(
    stub: Stubs, question: Callable[..., Ask]
) -> None:
    found, asked = coinapi(stub, httpx2.Response(200, json=[]))
    found.fetch(question("BTC-USDT", bars=130))
    assert asked[0].headers["x-coinapi-key"] == KEY
    assert KEY not in str(asked[0].url)
    assert asked[0].url.path == "/v1/ohlcv/BINANCE_SPOT_BTC_USDT/history"
    assert asked[0].url.params["limit"] == "200"
    assert found.cost(question(bars=130)) == 2


def test_coinapis_floats_and_seven_digits_are_read_exactly(
    stub: Stubs, question: Callable[..., Ask], noon_us: int
) -> None:
    body = (
        '[{"time_period_start":"2026-03-02T11:58:00.0000000Z","price_open":0.1,"price_high":0.3,'
        '"price_low":0.1,"price_close":0.30000000000000001,"volume_traded":16.903274550}]'
    )
    found, _ = coinapi(stub, httpx2.Response(200, text=body.replace("00000001,", "0,")))
    answer = found.fetch(question())
    assert isinstance(answer, FetchedBars)
    assert answer.candles[0].start_us == noon_us - 120_000_000
    assert answer.candles[0].volume == Decimal("16.903274550")


def test_coinapis_550_is_an_empty_market_and_no_illness(
    stub: Stubs, question: Callable[..., Ask]
) -> None:
    answer = coinapi(stub, httpx2.Response(550, json={"error": "No data"}))[0].fetch(question())
    assert answer == FetchedBars(())


@pytest.mark.parametrize(
    ("answer", "kind", "wait_s"),
    [
        (httpx2.Response(401, json={"error": f"Invalid key {KEY}"}), "refused", None),
        (httpx2.Response(403, json={"error": "plan"}), "refused", None),
        (httpx2.Response(429, headers={"retry-after": "9"}), "busy", 9),
        (
            httpx2.Response(429, headers={"x-ratelimit-reset": "2026-03-02T12:00:30.5000000Z"}),
            "busy",
            30.5,
        ),
        (httpx2.Response(500), "down", None),
        (httpx2.Response(200, json={"error": "?"}), "lied", None),
        (httpx2.Response(200, json=[{"time_period_start": "today"}]), "lied", None),
    ],
)
def test_coinapis_other_answers(
    stub: Stubs,
    question: Callable[..., Ask],
    answer: httpx2.Response,
    kind: str,
    wait_s: float | None,
) -> None:
    failure = coinapi(stub, answer)[0].fetch(question())
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.wait_s) == (kind, wait_s)
    assert KEY not in failure.reason


CURRENT = {"1. open": "10", "2. high": "12", "3. low": "9", "4. close": "11", "5. volume": "5"}
OLD = {
    "1a. open (USD)": "10",
    "1b. open (USD)": "10",
    "2a. high (USD)": "12",
    "3a. low (USD)": "9",
    "4a. close (USD)": "11",
    "5. volume": "5",
    "6. market cap (USD)": "55",
}
DAYS = ("2026-03-02", "2026-03-01", "2026-02-28", "2026-02-27")


def series(row: dict[str, str], name: str = "Time Series (Daily)") -> httpx2.Response:
    return httpx2.Response(200, json={"Meta Data": {}, name: dict.fromkeys(DAYS, row)})


@pytest.mark.parametrize(
    ("symbol", "kind", "function", "answer"),
    [
        ("AAPL", None, "TIME_SERIES_DAILY", series(CURRENT)),
        ("AAPL-USD", "equity", "TIME_SERIES_DAILY", series(CURRENT)),
        ("EUR-USD", None, "FX_DAILY", series(CURRENT, "Time Series FX (Daily)")),
        ("BTC-USD", None, "DIGITAL_CURRENCY_DAILY", series(CURRENT)),
        ("BTC-USD", None, "DIGITAL_CURRENCY_DAILY", series(OLD)),
    ],
)
def test_alpha_vantage_tells_shares_currencies_and_coins_in_either_shape(
    stub: Stubs,
    question: Callable[..., Ask],
    symbol: str,
    kind: Kind | None,
    function: str,
    answer: httpx2.Response,
) -> None:
    found, asked = vantage(stub, answer)
    midnight = question().now_us // DAY_US * DAY_US
    ask = question(symbol)
    ask = Ask(ask.symbol, DAY, midnight - 3 * DAY_US, midnight + DAY_US, ask.now_us, kind)
    bars = found.fetch(ask)
    assert isinstance(bars, FetchedBars)
    assert [one.start_us for one in bars.candles] == [midnight - n * DAY_US for n in (3, 2, 1)]
    assert bars.candles[0][1:5] == tuple(map(Decimal, ("10", "12", "9", "11")))
    assert asked[0].url.params["function"] == function
    assert asked[0].url.params["apikey"] == KEY


def test_alpha_vantage_is_asked_once_for_many_windows(
    stub: Stubs, question: Callable[..., Ask]
) -> None:
    found, asked = vantage(stub, series(CURRENT))
    ask = question("AAPL", DAY, bars=2)
    assert found.cost(ask) == 1
    found.fetch(ask)
    found.fetch(ask)
    assert (len(asked), found.cost(ask)) == (1, 0)


def test_days_before_the_series_were_not_answered_and_are_not_silence(
    stub: Stubs, question: Callable[..., Ask]
) -> None:
    failure = vantage(stub, series(CURRENT))[0].fetch(question("AAPL", DAY, bars=40))
    assert isinstance(failure, Failure)
    assert failure.kind == "unfit"
    assert "2026-02-27" in failure.reason


QUOTA = f"We have detected your API key as {KEY} and our rate limit is 25 requests per day."


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"Information": QUOTA}, "busy"),
        ({"Note": "thank you for using"}, "busy"),
        ({"Error Message": f"Invalid API call, key {KEY}"}, "unfit"),
        ({}, "unfit"),
        ({"Time Series (Daily)": "soon"}, "unfit"),
    ],
)
def test_alpha_vantages_errors_come_with_200_and_are_errors_all_the_same(
    stub: Stubs, question: Callable[..., Ask], body: object, kind: str
) -> None:
    failure = vantage(stub, httpx2.Response(200, json=body))[0].fetch(question("AAPL", DAY))
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert KEY not in failure.reason


def hang(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout(f"while asking {request.url}", request=request)


def hang_up(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.RemoteProtocolError(f"while asking {request.url}", request=request)


@pytest.mark.parametrize(
    "answer",
    [series(CURRENT), httpx2.Response(500, text=KEY), httpx2.Response(302), hang, hang_up],
    ids=["good", "500", "redirect", "hangs", "hangs up"],
)
def test_alpha_vantages_key_is_in_no_log_no_failure_and_no_repr(
    stub: Stubs,
    question: Callable[..., Ask],
    caplog: pytest.LogCaptureFixture,
    answer: object,
) -> None:
    found, asked = vantage(stub, answer)
    with caplog.at_level(logging.DEBUG):
        told = found.fetch(question("AAPL", DAY))
    assert asked[0].url.params["apikey"] == KEY
    if callable(answer):
        assert not caplog.records
    else:
        assert "alphavantage.co/query" in caplog.text
    seen = [caplog.text, repr(told), str(told), repr(found), repr(vars(found)), repr(found._wire)]
    assert not [text for text in seen if KEY in text]


def test_alpha_vantages_key_is_in_no_traceback_of_the_transport(stub: Stubs) -> None:
    found, _ = vantage(stub, hang)
    with pytest.raises(httpx2.TimeoutException) as caught:
        found._wire._http._http.get("/query", params={"function": "FX_DAILY"})
    told = "".join(traceback.format_exception(caught.value))
    assert KEY not in told + repr(caught.value) + str(caught.value.request.url)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_secret_prints_as_stars_and_is_never_written_down() -> None:
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {[secret]}"
    assert secret.hidden_in(f"key {KEY}.") == "key ***."
    assert Secret("").hidden_in("nothing") == "nothing"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
