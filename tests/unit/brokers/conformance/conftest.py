"""Each adapter over the sandbox, which speaks its broker's protocol; no socket is opened."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from coach.brokers.adapter import BrokerAdapter, BrokerPlace, OpenBroker
from coach.brokers.coinbase.grants import SCOPES
from coach.brokers.oauth.grant import OAuthGrant
from coach.brokers.registry import ADAPTERS, adapter_of
from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.binance.books import fee_of
from coach.brokers.sandbox.entries import SandboxExecution
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.oauth.books import ACCESS_LIFE, CLIENT_ID, Permit
from coach.brokers.sandbox.world import (
    SandboxWorld,
    demo_world,
    issue_binance_key,
    issue_key,
    issue_kraken_key,
)
from coach.model.machine.secrets import Secret

LOGIN = "http://127.0.0.1"
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


class Deal(NamedTuple):
    """What an execution and its fill must agree on."""

    at: datetime
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str


def in_dollars(one: SandboxExecution) -> Deal:
    """An execution as brokers tell it that price coins in dollars and take their fee in them."""
    money = (one.size, one.price, one.commission, "USD")
    return Deal(one.at, one.product_id, one.side.lower(), *money)


def in_tethers(one: SandboxExecution) -> Deal:
    """An execution as Binance tells it: to the millisecond, fees in whichever coin was taken."""
    at = one.at.replace(microsecond=one.at.microsecond // 1000 * 1000)
    symbol = one.product_id.replace("-USD", "-USDT")
    return Deal(at, symbol, one.side.lower(), one.size, one.price, *fee_of(one))


@dataclass(frozen=True, slots=True)
class BrokerCase:
    """A broker under test; `fills_path` is a part of the paths that bring its fills.

    `issue` makes a key of the sandbox that may do so much. `deal` is an execution as the broker
    tells it, `money` what its wallets call dollars, `pairs` what it has to be told to read.
    """

    name: str
    fills_path: str
    issue: Callable[..., str]
    deal: Callable[[SandboxExecution], Deal] = in_dollars
    money: str = "USD"
    pairs: tuple[str, ...] = ()

    @property
    def adapter(self) -> BrokerAdapter:
        return adapter_of(self.name)


PAIRS = ("BTC-USDT", "ETH-USDT", "cross:SOL-USDT", "isolated:LINK-USDT", "futures:DOGE-USDT")


def issue_grant(world: SandboxWorld, *, can_trade: bool = False, can_transfer: bool = False) -> str:
    """Return the text of a grant that somebody gave coach; the world now knows it."""
    more = [("wallet:buys:create", can_trade), ("wallet:withdrawals:create", can_transfer)]
    permit = Permit((*SCOPES, *(scope for scope, given in more if given)))
    permit.turn(NOW, ACCESS_LIFE)
    world.tokens.permits.append(permit)
    tokens = (Secret(permit.access), Secret(permit.refresh))
    until = NOW + ACCESS_LIFE
    return OAuthGrant(CLIENT_ID, LOGIN, *tokens, until, permit.scopes).text().reveal()


CASES = {
    "binance": BrokerCase("binance", "Trades", issue_binance_key, in_tethers, "USDT", PAIRS),
    "coinbase": BrokerCase("coinbase", "historical/fills", issue_key),
    "coinbase by a grant": BrokerCase("coinbase", "historical/fills", issue_grant),
    "kraken": BrokerCase("kraken", "TradesHistory", issue_kraken_key),
}


@dataclass
class Clock:
    """A clock; sleeping is what moves it."""

    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    nonce: int = 0

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def next_nonce(self) -> int:
        self.nonce += 1
        return self.nonce


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=7)


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> BrokerCase:
    """Return each broker that coach can read, and each way to be let in there."""
    assert set(ADAPTERS) <= set(CASES)
    return CASES[request.param]


@pytest.fixture(params=sorted(ADAPTERS))
def keyed_case(request: pytest.FixtureRequest) -> BrokerCase:
    """Return each broker that takes a key."""
    return CASES[request.param]


Opened = Callable[..., OpenBroker]


@pytest.fixture
def opened(case: BrokerCase, world: SandboxWorld) -> Iterator[Opened]:
    """Return a function that opens the broker at the sandbox, under a plan and a key."""
    with ExitStack() as stack:

        def open_broker(plan: SandboxPlan | None = None, key: str = "") -> OpenBroker:
            clock = Clock()
            plan = plan or SandboxPlan(per_second=0)
            app = stack.enter_context(TestClient(application(world, clock.now, plan)))
            at = "http://127.0.0.1"
            place = BrokerPlace(
                at, clock.now, clock.sleep, clock.next_nonce, app._transport, case.pairs
            )
            made = case.adapter.open(key or case.issue(world), place)
            return stack.enter_context(closing(made))

        yield open_broker
