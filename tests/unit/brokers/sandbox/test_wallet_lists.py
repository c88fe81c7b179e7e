"""The sandbox tells what moved coins beside trades, page by page, as Coinbase documents it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from coach.brokers.coinbase.auth import read_key, sign
from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.catalogue import OPENING_CASH
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.transactions import FILLS_TOLD, LIVED, transactions
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from tests.unit.brokers.sandbox.conftest import HOST, NOW

Get = Callable[[str], httpx2.Response]


def getter(client: TestClient, world: SandboxWorld) -> Get:
    key = read_key(issue_key(world))

    def get(path: str) -> httpx2.Response:
        token = sign(key, "GET", HOST, path.partition("?")[0], NOW)
        return client.get(path, headers={"authorization": f"Bearer {token}"})

    return get


@pytest.fixture
def get(broker: TestClient, world: SandboxWorld) -> Get:
    return getter(broker, world)


def pages(get: Get, path: str) -> list[list[dict[str, Any]]]:
    found = []
    address: str | None = path
    while address:
        answer = get(address).json()
        found.append(answer["data"])
        address = answer["pagination"]["next_uri"]
    return found


def wallet(world: SandboxWorld, coin: str) -> str:
    (name,) = [str(one["uuid"]) for one in world.accounts if one["currency"] == coin]
    return name


def test_the_wallets_are_those_of_the_portfolio_with_what_is_in_them(
    get: Get, world: SandboxWorld
) -> None:
    (listed,) = pages(get, "/v2/accounts")
    assert [(one["id"], one["balance"]["amount"]) for one in listed] == [
        (one["uuid"], one["available_balance"]["value"])  # type: ignore[index, call-overload]
        for one in world.accounts
    ]
    assert {one["currency"]["code"] for one in listed if one["type"] == "fiat"} == {"USD"}


def test_a_list_is_paged_from_the_newest_to_the_oldest(get: Get, world: SandboxWorld) -> None:
    path = f"/v2/accounts/{wallet(world, 'USD')}/transactions"
    found = pages(get, f"{path}?limit=10")
    assert [len(page) for page in found] == [10, 10, 10, 10, 4]
    times = [one["created_at"] for page in found for one in page]
    assert times == sorted(times, reverse=True)
    assert len({one["id"] for page in found for one in page}) == len(times)
    first = found[0][0]
    assert get(f"{path}/{first['id']}").json() == {"data": first}
    assert [len(page) for page in pages(get, path)] == [25, 19]


@pytest.mark.parametrize(
    ("path", "status"),
    [("{0}?limit=x", 400), ("{0}/nothing", 404), ("/v2/accounts/nothing/transactions", 404)],
)
def test_what_is_not_there_is_refused(
    get: Get, world: SandboxWorld, path: str, status: int
) -> None:
    lists = f"/v2/accounts/{wallet(world, 'USD')}/transactions"
    assert get(path.format(lists)).status_code == status


def test_nobody_reads_them_without_a_key(broker: TestClient) -> None:
    assert broker.get("/v2/accounts").status_code == 401


def test_all_of_it_comes_to_the_money_of_the_beginning(world: SandboxWorld) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _, _, coin, amount, _ in LIVED:
        sums[coin] += Decimal(amount)
    assert {coin: held for coin, held in sums.items() if held} == {"USD": OPENING_CASH}
    told = transactions(world.end, world.executions)
    fills = [one for one in told if one.kind == "advanced_trade_fill"]
    assert len(fills) == 2 * FILLS_TOLD
    assert demo_world(world.end, 11).executions == world.executions
    assert transactions(world.end, world.executions) == told


def test_what_is_pending_comes_into_its_wallet_when_it_completes(world: SandboxWorld) -> None:
    clock = [NOW]
    plan = SandboxPlan(per_second=0, transactions=frozenset({"pending", "failed"}))
    with TestClient(application(world, lambda: clock[0], plan)) as client:
        key = read_key(issue_key(world))

        def get(path: str) -> Any:  # noqa: ANN401 - JSON
            token = sign(key, "GET", HOST, path, clock[0])
            return client.get(path, headers={"authorization": f"Bearer {token}"}).json()

        def seen() -> tuple[dict[str, str], str]:
            listed = get(f"/v2/accounts/{wallet(world, 'AVAX')}/transactions")["data"]
            balances = get("/api/v3/brokerage/accounts")["accounts"]
            (held,) = [one for one in balances if one["currency"] == "AVAX"]
            return {one["type"]: one["status"] for one in listed}, held["available_balance"][
                "value"
            ]

        assert seen() == ({"receive": "pending", "send": "failed"}, "0")
        clock[0] += timedelta(days=2)
        assert seen() == ({"receive": "completed", "send": "failed"}, "2")
