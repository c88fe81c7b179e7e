"""ccxt and Binance's own client see in the sandbox what coach sees there: the same trades.

Their signatures are made by others, and so is what they understand of an answer.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from coach.brokers.adapter import BrokerPlace
from coach.brokers.binance.adapter import ADAPTER, OpenBinance
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_binance_key
from coach.model.fills import Fill
from coach.model.times import microseconds
from tests import clock
from tests.oracles.conftest import AskClient

pytestmark = pytest.mark.oracle
MARKETS = {
    "spot": ("BTC-USDT", "ETH-USDT"),
    "cross": ("SOL-USDT",),
    "isolated": ("LINK-USDT",),
    "futures": ("DOGE-USDT",),
}
ASKED = [[market, symbol] for market, symbols in MARKETS.items() for symbol in symbols]


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(clock.now(), seed=31)


@pytest.fixture(scope="module")
def server(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, clock.now, plan=SandboxPlan(per_second=0)) as running:
        yield running


@pytest.fixture(scope="module")
def key(world: SandboxWorld) -> str:
    return issue_binance_key(world)


@pytest.fixture
def ours(server: SandboxServer, key: str) -> Callable[[str, str], list[Fill]]:
    """Return a function that reads the trades of a market and symbol as coach does."""

    def read(market: str, symbol: str) -> list[Fill]:
        pair = symbol if market == "spot" else f"{market}:{symbol}"
        place = BrokerPlace(server.url, clock.now, sleepless, lambda: 1, pairs=(pair,))
        with closing(ADAPTER.open(key, place)) as opened:
            rows = opened.fills(None, clock.now()).rows()
            return [row for row in rows if isinstance(row, Fill)][::-1]

    return read


def sleepless(seconds: float) -> None:
    raise AssertionError(f"nobody waits {seconds} s here")


def test_ccxt_reads_the_same_trades_on_every_market(
    ask_client: AskClient,
    server: SandboxServer,
    key: str,
    ours: Callable[[str, str], list[Fill]],
) -> None:
    public, secret = key.split()
    told = ask_client("ccxt_binance", url=server.url, key=public, secret=secret, asked=ASKED)
    for (market, symbol), theirs in zip(ASKED, told["trades"], strict=True):
        read = ours(market, symbol)
        assert len(read) > 20
        assert [by_ccxt(one) for one in theirs] == [in_floats(fill) for fill in read]


def test_ccxt_reads_the_same_restrictions(
    ask_client: AskClient, server: SandboxServer, world: SandboxWorld
) -> None:
    public, secret = issue_binance_key(world, can_trade=True).split()
    told = ask_client("ccxt_binance", url=server.url, key=public, secret=secret, asked=[])
    allowed = sorted(name for name, on in told["restrictions"].items() if on is True)
    place = BrokerPlace(server.url, clock.now, sleepless, lambda: 1)
    with closing(OpenBinance(f"{public}\n{secret}", place)) as opened:
        assert [*opened.scopes().names] == allowed
    assert "enableSpotAndMarginTrading" in allowed


def test_binances_own_client_reads_the_same_trades_and_balances(
    ask_client: AskClient,
    server: SandboxServer,
    key: str,
    ours: Callable[[str, str], list[Fill]],
) -> None:
    public, secret = key.split()
    symbols = [symbol.replace("-", "") for symbol in MARKETS["spot"]]
    told = ask_client("binance_sdk", url=server.url, key=public, secret=secret, symbols=symbols)
    for symbol, theirs in zip(MARKETS["spot"], told["trades"], strict=True):
        read = ours("spot", symbol)
        assert [by_their_model(one) for one in theirs] == [exactly(fill) for fill in read]
    place = BrokerPlace(server.url, clock.now, sleepless, lambda: 1)
    with closing(OpenBinance(key, place)) as opened:
        held = {one.coin: one.quantity for one in opened.wallets().wallets}
    balances = {one["asset"]: Decimal(one["free"]) for one in told["balances"]}
    assert {coin: free for coin, free in balances.items() if free} == held
    refused = (told["no_symbol"], told["wrong_secret"], told["number_and_time"])
    assert refused == ("BadRequestError", "BadRequestError", "BadRequestError")


def by_ccxt(trade: dict[str, Any]) -> tuple[object, ...]:
    fee = trade["fee"]
    money = (trade["price"], trade["amount"], abs(fee["cost"]), fee["currency"])
    return (trade["id"], trade["order"], trade["timestamp"], trade["side"], *money)


def in_floats(fill: Fill) -> tuple[object, ...]:
    number, money = fill.native_id.rpartition(":")[2], (fill.price, fill.quantity, fill.fee)
    at_ms = microseconds(fill.at) // 1000
    return (number, fill.order_id, at_ms, fill.side, *map(float, money), fill.fee_currency)


def by_their_model(trade: dict[str, Any]) -> tuple[object, ...]:
    names = ("price", "qty", "commission")
    side = "buy" if trade["is_buyer"] else "sell"
    money = (Decimal(trade[name]) for name in names)
    named = (str(trade["id"]), str(trade["order_id"]), trade["time"], side)
    return (*named, *money, trade["commission_asset"])


def exactly(fill: Fill) -> tuple[object, ...]:
    number, money = fill.native_id.rpartition(":")[2], (fill.price, fill.quantity, fill.fee)
    at_ms = microseconds(fill.at) // 1000
    return (number, fill.order_id, at_ms, fill.side, *money, fill.fee_currency)
