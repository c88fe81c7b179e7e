"""The sandbox's candles, read as coach reads any market's: true to its fills and to themselves."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from coach.brokers.market.base import Ask, Failure, FetchedBars, MarketDataAdapter
from coach.brokers.market.binance import BinanceCandles
from coach.brokers.market.coinbase import CoinbaseCandles
from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.faults import AnswerFault, SandboxPlan
from coach.brokers.sandbox.market import LISTINGS
from coach.brokers.sandbox.world import SandboxWorld, demo_world
from coach.model.candles import GRANULARITIES, Candle, Granularity
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, microseconds

END = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE = "http://127.0.0.1"
Source = Callable[..., MarketDataAdapter]


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(END, seed=5)


@pytest.fixture
def source(world: SandboxWorld) -> Iterator[Source]:
    """Return a function that makes a source of the sandbox under a plan."""
    with ExitStack() as stack:

        def made(kind: type = CoinbaseCandles, **plan: object) -> MarketDataAdapter:
            faults = SandboxPlan.model_validate({"per_second": 0, **plan})
            app = stack.enter_context(TestClient(application(world, lambda: END, faults)))
            found: MarketDataAdapter = kind(HERE, app._transport)
            stack.callback(found.close)
            return found

        yield made


def us(moment: datetime) -> int:
    return microseconds(moment)


def bars(
    source: MarketDataAdapter, symbol: str, granularity: int, start: datetime, end: datetime
) -> list[Candle]:
    ask = Ask(Symbol(symbol), Granularity(granularity), us(start), us(end), us(END))
    answer = source.fetch(ask)
    assert isinstance(answer, FetchedBars), answer
    assert not answer.faults.dropped
    return list(answer.candles)


def together(minutes: list[Candle], granularity: int) -> list[Candle]:
    """Put minutes together into longer bars."""
    step = granularity * SECOND_US
    grouped: dict[int, list[Candle]] = {}
    for minute in minutes:
        grouped.setdefault(minute.start_us // step * step, []).append(minute)
    return [
        Candle(
            start,
            parts[0].open,
            max(part.high for part in parts),
            min(part.low for part in parts),
            parts[-1].close,
            sum((part.volume for part in parts), start=parts[0].volume * 0),
        )
        for start, parts in grouped.items()
    ]


def test_every_fill_lies_within_the_bar_of_its_minute(world: SandboxWorld, source: Source) -> None:
    found = source()
    for fill in world.executions[::3]:
        minute = fill.at.replace(second=0, microsecond=0)
        if minute + timedelta(minutes=1) > END:
            continue
        (bar,) = bars(found, fill.product_id, 60, minute, minute + timedelta(minutes=1))
        assert bar.low <= fill.price <= bar.high
        assert bar.volume >= fill.size


@pytest.mark.parametrize("name", [name for name in GRANULARITIES if name != "1m"])
@pytest.mark.parametrize("symbol", [one.product_id for one in LISTINGS])
def test_bars_of_every_length_are_made_of_the_same_minutes(
    source: Source, symbol: str, name: str
) -> None:
    found = source()
    midnight = END.replace(hour=0) - timedelta(days=2)
    minutes = [
        bar
        for part in range(6)
        for bar in bars(
            found,
            symbol,
            60,
            midnight + timedelta(hours=4 * part),
            midnight + timedelta(hours=4 * part + 4),
        )
    ]
    longer = bars(found, symbol, GRANULARITIES[name], midnight, midnight + timedelta(days=1))
    expected = together(minutes, GRANULARITIES[name])
    assert [bar[:5] for bar in longer] == [bar[:5] for bar in expected]
    assert [float(bar.volume) for bar in longer] == pytest.approx(
        [float(bar.volume) for bar in expected], abs=1e-4
    )


@pytest.mark.parametrize("quote", ["USDT", "USDC"])
def test_both_protocols_tell_one_market(source: Source, quote: str) -> None:
    start = END - timedelta(hours=30)
    ours = bars(source(), "DOGE-USD", 900, start, END)
    theirs = bars(source(BinanceCandles), f"DOGE-{quote}", 900, start, END)
    assert theirs == ours
    assert len(ours) > 100


def test_an_alias_has_the_candles_of_its_canonical_product(source: Source) -> None:
    start = END - timedelta(hours=1)
    assert bars(source(), "BTC-USDC", 60, start, END) == bars(source(), "BTC-USD", 60, start, END)


@pytest.mark.parametrize("kind", [CoinbaseCandles, BinanceCandles])
@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("lies", "lied"),
        ("html", "lied"),
        ("malformed", "lied"),
        ("too_many_requests", "busy"),
        ("banned", "busy"),
        ("restricted", "refused"),
        ("internal_error", "down"),
        ("bad_gateway", "down"),
        ("unavailable", "down"),
    ],
)
def test_a_spoiled_answer_is_never_taken_for_a_market(
    source: Source, kind: type, fault: AnswerFault, trouble: str
) -> None:
    found = source(kind, at={1: fault})
    ask = Ask(Symbol("ETH-USDT"), Granularity(60), us(END) - 3600 * SECOND_US, us(END), us(END))
    if kind is CoinbaseCandles:
        ask = Ask(Symbol("ETH-USD"), ask.granularity, ask.start_us, ask.end_us, ask.now_us)
    spoiled, good = found.fetch(ask), found.fetch(ask)
    assert isinstance(spoiled, Failure)
    assert spoiled.kind == trouble
    assert isinstance(good, FetchedBars)
    assert len(good.candles) > 50


def test_klines_refuse_what_binance_refuses(source: Source, world: SandboxWorld) -> None:
    ask = Ask(Symbol("NONE-USDT"), Granularity(60), us(END) - 60 * SECOND_US, us(END), us(END))
    failure = source(BinanceCandles).fetch(ask)
    assert isinstance(failure, Failure)
    assert failure.kind == "unfit"
    with TestClient(application(world, lambda: END, SandboxPlan())) as broker:
        path = "/api/v3/klines"
        bad = {"symbol": "BTCUSDT", "interval": "1y"}
        assert broker.get(path, params=bad).json()["code"] == -1120
        assert broker.get(path, params={**bad, "interval": "1m", "limit": "x"}).status_code == 400
        latest = broker.get(path, params={"symbol": "BTCUSDT", "interval": "1m", "limit": "5"})
        assert len(latest.json()) == 5
