"""The adapter against the sandbox: the truth under every fault, or a clear error."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, get_args

import httpx2
import pytest

from coach.brokers.adapter import KeyScopes, refuse_if_too_strong
from coach.brokers.base import Other, Row
from coach.brokers.coinbase.adapter import ADAPTER, INFO, CoinbaseSource, permissions
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.sandbox.entries import SandboxExecution
from coach.brokers.sandbox.faults import AnswerFault, EntryFault, SandboxPlan
from coach.brokers.sandbox.world import SandboxWorld
from coach.errors import (
    AuthenticationFailed,
    BrokerTrouble,
    CoachError,
    KeyCanDoTooMuch,
    TryLater,
)
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

AtTheSandbox = Callable[[SandboxPlan], CoinbaseClient]
ClientOf = Callable[[Callable[[httpx2.Request], httpx2.Response]], CoinbaseClient]
FILLS = "historical/fills"
ENTRY = {
    "entry_id": "a",
    "trade_type": "FILL",
    "product_id": "ANT-EUR",
    "side": "SELL",
    "price": "4",
    "size": "2",
    "commission": "0",
    "trade_time": "2026-03-01T10:00:00Z",
}

PASSING: tuple[AnswerFault, ...] = tuple(
    fault for fault in get_args(AnswerFault) if fault not in {"banned", "restricted"}
)


class Told(NamedTuple):
    """What an execution and its fill must agree on."""

    entry_id: str
    order_id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal


def truth(executions: tuple[SandboxExecution, ...]) -> set[Told]:
    return {
        Told(
            one.entry_id,
            one.order_id,
            one.product_id,
            one.side.lower(),
            one.size,
            one.price,
            one.commission,
        )
        for one in executions
    }


def told(rows: list[Row]) -> set[Told]:
    return {
        Told(
            row.native_id,
            row.order_id,
            row.symbol,
            row.side,
            row.quantity,
            row.price,
            row.fee,
        )
        for row in rows
        if isinstance(row, Fill)
    }


def source(client: CoinbaseClient, world: SandboxWorld) -> CoinbaseSource:
    return CoinbaseSource(client, INFO, None, world.end)


def test_every_fill_arrives_once_with_its_money(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    everything = source(at_the_sandbox(SandboxPlan()), world)
    rows = list(everything.rows())
    assert len(rows) == len(world.executions)
    assert told(rows) == truth(world.executions)
    assert [row.line for row in rows] == list(range(1, len(rows) + 1))
    assert everything.warnings() == ()


def test_a_second_pass_reads_the_same(at_the_sandbox: AtTheSandbox, world: SandboxWorld) -> None:
    everything = source(at_the_sandbox(SandboxPlan(entries=frozenset({"reversal"}))), world)
    first, said = list(everything.rows()), everything.warnings()
    assert list(everything.rows()) == first
    assert everything.warnings() == said


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_here_and_there_costs_nothing_but_time(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld, fault: AnswerFault
) -> None:
    """Every fourth answer about fills is spoiled."""
    plan = SandboxPlan(chance={fault: 0.25}, path=FILLS, seed=3, slow_s=0)
    rows = list(source(at_the_sandbox(plan), world).rows())
    assert len(rows) == len(world.executions)
    assert told(rows) == truth(world.executions)


@pytest.mark.parametrize("fault", ["slow", "stuck_cursor"])
def test_a_fault_that_stays_and_can_be_overcome_costs_nothing(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld, fault: AnswerFault
) -> None:
    plan = SandboxPlan(chance={fault: 1.0}, path=FILLS, slow_s=0)
    assert told(list(source(at_the_sandbox(plan), world).rows())) == truth(world.executions)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("too_many_requests", TryLater),
        ("too_many_requests_retry_after", TryLater),
        ("internal_error", TryLater),
        ("bad_gateway", TryLater),
        ("unavailable", TryLater),
        ("malformed", BrokerTrouble),
        ("truncated", BrokerTrouble),
        ("html", BrokerTrouble),
        ("banned", BrokerTrouble),
        ("restricted", BrokerTrouble),
    ],
)
def test_a_fault_that_stays_is_told(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld, fault: AnswerFault, error: type[CoachError]
) -> None:
    everything = source(at_the_sandbox(SandboxPlan(chance={fault: 1.0}, path=FILLS)), world)
    with pytest.raises(error):
        list(everything.rows())


def test_pages_that_stay_empty_are_not_taken_for_an_empty_account(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    plan = SandboxPlan(chance={"empty_page": 1.0}, path=FILLS)
    everything = source(at_the_sandbox(plan), world)
    assert list(everything.rows()) == []
    assert "promised more pages" in everything.warnings()[0]


@pytest.mark.parametrize("fault", get_args(EntryFault))
def test_a_spoiled_entry_changes_no_trade(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld, fault: EntryFault
) -> None:
    plan = SandboxPlan(entries=frozenset({fault}), share=0.2, seed=1)
    rows = list(source(at_the_sandbox(plan), world).rows())
    fills = [row for row in rows if isinstance(row, Fill)]
    assert len(fills) == len(world.executions)
    assert told(rows) == truth(world.executions)


def test_all_faults_at_once_still_give_the_truth(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    shares: dict[AnswerFault, float] = dict.fromkeys(PASSING, 0.03)
    plan = SandboxPlan(
        chance=shares, entries=frozenset(get_args(EntryFault)), path=FILLS, seed=5, slow_s=0
    )
    assert told(list(source(at_the_sandbox(plan), world).rows())) == truth(world.executions)


def test_what_is_no_fill_is_counted_and_warned_of(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    plan = SandboxPlan(entries=frozenset({"reversal", "unknown_side", "size_in_quote"}), seed=2)
    everything = source(at_the_sandbox(plan), world)
    rows = list(everything.rows())
    reversals = [row for row in rows if isinstance(row, Other)]
    skipped = [row for row in rows if isinstance(row, SkippedRow)]
    assert {row.kind for row in reversals} == {"reversal"}
    assert {row.column for row in skipped} == {"side"}
    in_money, adjusted = everything.warnings()
    assert in_money.startswith("fills sized in money")
    assert adjusted.endswith(f": {len(reversals)}")


def test_nine_digits_of_a_second_are_kept(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    plan = SandboxPlan(entries=frozenset({"nine_digits"}), share=0.3)
    rows = list(source(at_the_sandbox(plan), world).rows())
    times = {one.entry_id: one.at for one in world.executions}
    fills = [row for row in rows if isinstance(row, Fill)]
    assert all(fill.at == times[fill.native_id] for fill in fills)
    assert 0 < sum(fill.nanos > 0 for fill in fills) < len(fills)


def test_the_window_is_cut_by_the_time_of_the_trade(
    at_the_sandbox: AtTheSandbox, world: SandboxWorld
) -> None:
    """From the 200th trade to the 300th, both included, though the broker files each one later."""
    window = world.executions[199:300]
    client = at_the_sandbox(SandboxPlan())
    rows = list(CoinbaseSource(client, INFO, window[0].at, window[-1].at).rows())
    assert told(rows) == truth(window)


def test_windows_that_touch_lose_nothing(at_the_sandbox: AtTheSandbox, world: SandboxWorld) -> None:
    middle = world.end - timedelta(days=45)
    client = at_the_sandbox(SandboxPlan())
    older = list(CoinbaseSource(client, INFO, None, middle).rows())
    newer = list(CoinbaseSource(client, INFO, middle, world.end).rows())
    assert len(older) + len(newer) == len(world.executions)
    assert told([*older, *newer]) == truth(world.executions)


def test_a_product_coinbase_forgot_is_asked_for_once(
    client_of: ClientOf, world: SandboxWorld
) -> None:
    paths = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path.rpartition("/")[2])
        if paths[-1] == "fills":
            fills = [{**ENTRY, "entry_id": name} for name in ("a", "b")]
            return httpx2.Response(200, json={"fills": fills, "cursor": ""})
        return httpx2.Response(404, json={"error": "NOT_FOUND", "message": "not supported"})

    everything = source(client_of(answer), world)
    assert len(told(list(everything.rows()))) == 2
    assert paths == ["fills", "ANT-EUR"]
    assert "no longer lists" in everything.warnings()[0]


def with_products(**answers: httpx2.Response) -> Callable[[httpx2.Request], httpx2.Response]:
    """Answer with one fill of each of these products, and about each product as given."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        name = request.url.path.rpartition("/")[2]
        if name != "fills":
            return answers[name.removesuffix("-EUR")]
        fills = [{**ENTRY, "entry_id": f"{coin}1", "product_id": f"{coin}-EUR"} for coin in answers]
        return httpx2.Response(200, json={"fills": fills, "cursor": ""})

    return answer


def listed(coin: str) -> httpx2.Response:
    product = {"base_currency_id": coin, "quote_currency_id": "EUR", "product_type": "SPOT"}
    return httpx2.Response(200, json=product)


@pytest.mark.parametrize("status", [403, 409, 500, 503])
def test_a_product_that_does_not_answer_stops_itself_alone_and_its_fill_is_named(
    client_of: ClientOf, world: SandboxWorld, status: int
) -> None:
    """Guessing its coins would be a guess about money."""
    sick = httpx2.Response(status, json={"message": "not now"})
    everything = source(client_of(with_products(ANT=sick, BTC=listed("BTC"))), world)
    skipped, fill = everything.rows()
    assert isinstance(fill, Fill)
    assert fill.symbol == "BTC-EUR"
    assert isinstance(skipped, SkippedRow)
    named = (skipped.product, skipped.at, skipped.native_id)
    assert named == ("ANT-EUR", "2026-03-01T10:00:00Z", "ANT1")
    assert f"HTTP {status}: not now" in skipped.reason
    left = everything.left_out["ANT-EUR"]
    assert (left.fills, left.since) == (1, datetime(2026, 3, 1, 10, tzinfo=UTC))


@pytest.mark.parametrize("status", [401, 429])
def test_what_would_meet_every_product_stops_the_reading(
    client_of: ClientOf, world: SandboxWorld, status: int
) -> None:
    sick = httpx2.Response(status, json={"message": "not now"})
    with pytest.raises(CoachError, match="not now"):
        list(source(client_of(with_products(ANT=sick, BTC=listed("BTC"))), world).rows())


def test_when_product_after_product_does_not_answer_the_broker_does_not(
    client_of: ClientOf, world: SandboxWorld
) -> None:
    sick = {f"C{number}": httpx2.Response(500) for number in range(6)}
    with pytest.raises(TryLater):
        list(source(client_of(with_products(**sick)), world).rows())


def test_an_unreadable_fill_is_named_by_its_product_its_time_and_its_id(
    client_of: ClientOf, world: SandboxWorld
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("fills"):
            fills = [{**ENTRY, "side": "UNKNOWN_ORDER_SIDE"}]
            return httpx2.Response(200, json={"fills": fills, "cursor": ""})
        return listed("ANT")

    (row,) = source(client_of(answer), world).rows()
    assert isinstance(row, SkippedRow)
    named = (row.product, row.at, row.native_id)
    assert named == ("ANT-EUR", "2026-03-01T10:00:00Z", "a")


@pytest.mark.parametrize(
    ("column", "value"),
    [("trade_time", "noon"), ("product_id", "../accounts"), ("product_id", None)],
)
def test_an_odd_entry_is_skipped_and_never_part_of_a_path(
    client_of: ClientOf, world: SandboxWorld, column: str, value: object
) -> None:
    paths = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        if request.url.path.endswith("fills"):
            fills = [{**ENTRY, column: value}]
            return httpx2.Response(200, json={"fills": fills, "cursor": ""})
        return httpx2.Response(404)

    (row,) = source(client_of(answer), world).rows()
    assert not isinstance(row, Fill)
    assert not any("accounts" in path for path in paths)


def test_a_view_only_key_is_taken(at_the_sandbox: AtTheSandbox) -> None:
    allowed = permissions(at_the_sandbox(SandboxPlan()))
    refuse_if_too_strong(allowed, ADAPTER)
    assert (allowed.view, allowed.trade, allowed.transfer) == (True, False, False)
    assert allowed.portfolio


@pytest.mark.parametrize(
    ("said", "powers"),
    [
        ({"can_view": True, "can_trade": True, "can_transfer": False}, "can trade;"),
        ({"can_view": True, "can_trade": False, "can_transfer": True}, "can move money;"),
        ({"can_view": True, "can_trade": True, "can_transfer": True}, "trade and move money"),
        ({"can_view": True, "can_trade": False}, "perhaps move money"),
        ({"can_view": True, "can_trade": "false", "can_transfer": 0}, "perhaps trade"),
        ({}, "perhaps trade and perhaps move money"),
    ],
)
def test_a_key_that_may_do_more_is_refused(
    client_of: ClientOf,
    said: dict[str, object],
    powers: str,
) -> None:
    client = client_of(lambda _: httpx2.Response(200, text=json.dumps(said)))
    with pytest.raises(KeyCanDoTooMuch, match=powers):
        refuse_if_too_strong(permissions(client), ADAPTER)


def test_a_key_that_may_not_even_view_is_refused() -> None:
    with pytest.raises(AuthenticationFailed):
        refuse_if_too_strong(KeyScopes(view=None, trade=False, transfer=False), ADAPTER)
