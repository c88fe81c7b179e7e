"""What every request meets on its way: limits, faults, the door."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import get_args

import httpx2
import pytest
from starlette.testclient import TestClient

from coach.brokers.coinbase.auth import read_key, sign
from coach.brokers.sandbox.app import PREFIX
from coach.brokers.sandbox.faults import AnswerFault, EntryFault, SandboxPlan, plan_from
from coach.brokers.sandbox.spoiled import entries
from coach.brokers.sandbox.world import SandboxWorld, issue_key

BrokerWith = Callable[[SandboxPlan], TestClient]
TIME = f"{PREFIX}/time"


def test_every_answer_tells_the_limits_in_lower_case(broker_with: BrokerWith) -> None:
    answer = broker_with(SandboxPlan()).get(TIME)
    names = [name for name, _ in answer.headers.raw if name.lower().startswith(b"x-ratelimit")]
    assert names == [b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset"]
    assert answer.headers["x-ratelimit-remaining"] == "9"


def test_the_eleventh_public_request_of_a_second_is_one_too_many(broker_with: BrokerWith) -> None:
    broker = broker_with(SandboxPlan())
    codes = [broker.get(TIME).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_private_paths_need_a_token_and_public_ones_do_not(broker: TestClient) -> None:
    assert broker.get(f"{PREFIX}/products").status_code == 401
    assert broker.get(f"{PREFIX}/market/products").status_code == 200
    assert broker.get(f"{PREFIX}/market/products/ETH-USD").json()["base_currency_id"] == "ETH"
    basic = {"authorization": "Basic eDp5"}
    assert broker.get(f"{PREFIX}/accounts", headers=basic).status_code == 401


@pytest.mark.parametrize(("can_trade", "status"), [(False, 403), (True, 501)])
def test_the_sandbox_takes_no_orders(
    broker: TestClient, world: SandboxWorld, now: datetime, *, can_trade: bool, status: int
) -> None:
    key = read_key(issue_key(world, can_trade=can_trade))
    path = f"{PREFIX}/orders"
    token = sign(key, "POST", "testserver", path, now)
    headers = {"authorization": f"Bearer {token}"}
    assert broker.post(path, headers=headers, json={}).status_code == status
    assert broker.post(path, json={}).status_code == 401


def test_a_body_and_a_type_on_a_get_are_no_obstacle(broker: TestClient) -> None:
    answer = broker.request("GET", TIME, content="{}", headers={"content-type": "application/json"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("too_many_requests", 429, "application/json"),
        ("too_many_requests_retry_after", 429, "application/json"),
        ("internal_error", 500, "application/json"),
        ("bad_gateway", 502, "text/html; charset=utf-8"),
        ("unavailable", 503, "text/plain; charset=utf-8"),
        ("html", 200, "text/html; charset=utf-8"),
        ("malformed", 200, "application/json"),
    ],
)
def test_a_planned_fault_spoils_the_request_it_names(
    broker_with: BrokerWith, fault: AnswerFault, status: int, kind: str
) -> None:
    broker = broker_with(SandboxPlan(at={2: fault}))
    first, second, third = (broker.get(TIME) for _ in range(3))
    assert (first.status_code, third.status_code) == (200, 200)
    assert (second.status_code, second.headers["content-type"]) == (status, kind)
    assert ("retry-after" in second.headers) == (fault == "too_many_requests_retry_after")
    assert "x-ratelimit-limit" in second.headers


def test_a_plan_spoils_only_the_paths_it_names(broker_with: BrokerWith) -> None:
    broker = broker_with(SandboxPlan(chance={"internal_error": 1.0}, path="products"))
    assert broker.get(TIME).status_code == 200
    assert broker.get(f"{PREFIX}/market/products").status_code == 500


def test_chance_is_the_same_for_the_same_seed() -> None:
    plan = SandboxPlan(chance={"html": 0.2, "slow": 0.2}, seed=4)
    drawn = [plan.fault(number) for number in range(1, 400)]
    assert drawn == [plan.fault(number) for number in range(1, 400)]
    assert 60 < drawn.count("html") < 100
    assert 60 < drawn.count("slow") < 100
    assert drawn != [SandboxPlan(chance=plan.chance, seed=5).fault(n) for n in range(1, 400)]


def test_faults_cannot_be_ordered_over_http_unless_asked_for(broker: TestClient) -> None:
    assert broker.get("/sandbox/faults").status_code == 404
    assert broker.put("/sandbox/faults", json={}).status_code == 404


def test_a_plan_can_be_put_and_taken_back(broker_with: BrokerWith) -> None:
    broker = broker_with(SandboxPlan(control=True))
    put = broker.put("/sandbox/faults", json={"at": {"1": "internal_error"}, "per_second": 0})
    assert put.json()["at"] == {"1": "internal_error"}
    assert [broker.get(TIME).status_code for _ in range(2)] == [500, 200]
    broker.put("/sandbox/faults", json={})
    assert broker.get("/sandbox/faults").json()["at"] == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"at": {"1": "earthquake"}}', '{"share": 2}', '{"new": 1}', '{"at": 1}']
)
def test_a_plan_that_makes_no_sense_is_refused(broker_with: BrokerWith, text: str) -> None:
    broker = broker_with(SandboxPlan(control=True))
    assert plan_from(text.encode()) is None
    assert broker.put("/sandbox/faults", content=text).status_code == 400


def test_the_plan_on_the_docs_page_is_one() -> None:
    page = (Path(__file__).parents[4] / "docs" / "sandbox.md").read_text()
    plan = plan_from(page.partition("```json")[2].partition("```")[0].encode())
    assert plan is not None
    assert plan.at == {3: "stuck_cursor"}
    assert all(f"`{fault}`" in page for fault in (*get_args(AnswerFault), *get_args(EntryFault)))


def test_spoiled_entries_are_the_same_for_the_same_seed(world: SandboxWorld) -> None:
    plan = SandboxPlan(entries=frozenset({"reversal", "nine_digits"}), seed=6)
    shown = entries(world.executions, plan)
    assert shown == entries(world.executions, plan)
    kinds = [entry["trade_type"] for entry in shown]
    assert kinds.count("FILL") == len(world.executions)
    assert 0.05 < kinds.count("REVERSAL") / len(world.executions) < 0.15


def test_fills_around_page_ends_can_share_one_moment(world: SandboxWorld) -> None:
    shown = entries(world.executions, SandboxPlan(entries=frozenset({"shared_trade_time"})))
    edges = [{entry["trade_time"] for entry in shown[at - 2 : at + 2]} for at in (50, 100, 150)]
    assert all(len(times) == 1 for times in edges)


def test_an_unreadable_answer_is_really_unreadable(broker_with: BrokerWith) -> None:
    for fault in ("malformed", "truncated"):
        answer = broker_with(SandboxPlan(at={1: fault})).get(TIME)
        with pytest.raises(json.JSONDecodeError):
            answer.json()


def test_a_stuck_cursor_is_the_one_that_was_sent(
    broker_with: BrokerWith, world: SandboxWorld, now: datetime
) -> None:
    key = read_key(issue_key(world))
    path = f"{PREFIX}/orders/historical/fills"
    broker = broker_with(SandboxPlan(at={2: "stuck_cursor", 3: "empty_page"}))

    def page(cursor: str) -> httpx2.Response:
        headers = {"authorization": f"Bearer {sign(key, 'GET', 'testserver', path, now)}"}
        return broker.get(path, params={"cursor": cursor, "limit": "5"}, headers=headers)

    first = page("").json()
    stuck, empty = page(first["cursor"]).json(), page(first["cursor"]).json()
    assert stuck["cursor"] == first["cursor"]
    assert stuck["fills"] != first["fills"]
    assert empty["fills"] == []
    assert empty["cursor"]
