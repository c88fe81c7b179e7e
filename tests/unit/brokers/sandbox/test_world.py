"""The demo trader is the same for the same seed, trades real prices, and has the planted habits."""

import ast
import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from coach.brokers.sandbox.entries import SandboxExecution
from coach.brokers.sandbox.market import LISTINGS, tapes
from coach.brokers.sandbox.world import SandboxWorld, demo_world

SOURCES = Path(__file__).parents[4] / "coach" / "brokers" / "sandbox"
END = datetime(2026, 3, 15, 12, tzinfo=UTC)
SEEDS = range(1, 9)


@dataclass
class Trip:
    opened: datetime
    closed: datetime
    bought: Decimal
    sold: Decimal
    fees: Decimal

    @property
    def lost(self) -> bool:
        return self.sold < self.bought


def trips(executions: tuple[SandboxExecution, ...]) -> list[Trip]:
    """Round trips from flat to flat, in order of closing; what is open is left out."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    current: dict[str, Trip] = {}
    done = []
    for one in executions:
        trip = current.setdefault(
            one.product_id, Trip(one.at, one.at, Decimal(0), Decimal(0), Decimal(0))
        )
        trip.fees += one.commission
        money = one.price * one.size
        if one.side == "BUY":
            held[one.product_id] += one.size
            trip.bought += money
        else:
            held[one.product_id] -= one.size
            trip.sold += money
        if held[one.product_id] == 0:
            trip.closed = one.at
            done.append(current.pop(one.product_id))
    return sorted(done, key=lambda trip: trip.closed)


@pytest.fixture(scope="module")
def worlds() -> list[SandboxWorld]:
    return [demo_world(END, seed) for seed in SEEDS]


def test_the_same_seed_and_end_give_the_same_bytes(world: SandboxWorld) -> None:
    again = demo_world(world.end, seed=11)
    assert again.executions == world.executions
    assert again.accounts == world.accounts
    assert all(
        (again.tapes[name].closes == tape.closes).all() for name, tape in world.tapes.items()
    )
    assert demo_world(world.end, seed=12).executions != world.executions


@pytest.mark.parametrize("weeks", [-60, -1, 1, 40])
def test_whole_weeks_later_the_same_days_are_lived_again(world: SandboxWorld, weeks: int) -> None:
    later = timedelta(weeks=weeks)
    again = demo_world(world.end + later, seed=11)
    assert again.executions == tuple(
        one._replace(at=one.at + later, filed_at=one.filed_at + later) for one in world.executions
    )
    tape, moved = world.tapes["SOL-USD"], again.tapes["SOL-USD"]
    assert moved.first_s - tape.first_s == later.total_seconds()
    assert (moved.closes == tape.closes).all()


def test_a_seed_makes_some_three_hundred_round_trips_in_ninety_days(
    worlds: list[SandboxWorld],
) -> None:
    counts = [len(trips(world.executions)) for world in worlds]
    assert all(200 < count < 400 for count in counts)
    assert 250 < statistics.mean(counts) < 350
    for world in worlds:
        times = [one.at for one in world.executions]
        assert times == sorted(times)
        assert END - timedelta(days=90) <= times[0]
        assert times[-1] < END


def test_nothing_is_sold_that_was_not_bought(worlds: list[SandboxWorld]) -> None:
    for world in worlds:
        held: dict[str, Decimal] = defaultdict(Decimal)
        for one in world.executions:
            held[one.product_id] += one.size if one.side == "BUY" else -one.size
            assert held[one.product_id] >= 0


def test_every_price_lies_inside_the_minute_it_traded_in(world: SandboxWorld) -> None:
    for one in world.executions:
        tape = world.tapes[one.product_id]
        begin = int(one.at.timestamp()) // 60 * 60
        (bar,) = tape.bars(60, begin, begin + 60)
        assert tape.price(bar.low) <= one.price <= tape.price(bar.high)
        assert bar.volume >= float(one.size)


def test_long_bars_are_made_of_the_short_ones(world: SandboxWorld) -> None:
    tape = world.tapes["LINK-USD"]
    hour = int(END.timestamp()) - 86400
    minutes = tape.bars(60, hour, hour + 3600)
    (whole,) = tape.bars(3600, hour, hour + 3600)
    assert 20 < len(minutes) < 60
    assert whole.low == min(bar.low for bar in minutes)
    assert whole.high == max(bar.high for bar in minutes)
    assert (whole.open, whole.close) == (minutes[-1].open, minutes[0].close)


def test_wallets_hold_what_the_fills_left(world: SandboxWorld) -> None:
    cash = Decimal(60000)
    for one in world.executions:
        sign = 1 if one.side == "SELL" else -1
        cash += sign * one.price * one.size - one.commission
    balances = {
        str(account["currency"]): account["available_balance"] for account in world.accounts
    }
    assert balances["USD"] == {"value": format(cash, "f").rstrip("0"), "currency": "USD"}
    assert cash > 0


def test_fees_are_those_of_makers_and_takers(world: SandboxWorld) -> None:
    rates = {"MAKER": Decimal("0.0010"), "TAKER": Decimal("0.0020")}
    for one in world.executions:
        exact = one.price * one.size * rates[one.liquidity]
        assert abs(one.commission - exact) < Decimal("1e-8")


def test_entries_follow_losses_sooner_and_larger(worlds: list[SandboxWorld]) -> None:
    """Over eight traders, after a loss against after anything else."""
    soon: dict[bool, list[bool]] = defaultdict(list)
    size: dict[bool, list[float]] = defaultdict(list)
    for world in worlds:
        done = trips(world.executions)
        for trip in done:
            before = [other for other in done if other.closed < trip.opened]
            if before:
                gap = trip.opened - before[-1].closed
                soon[before[-1].lost].append(timedelta(minutes=14) < gap < timedelta(minutes=31))
                size[before[-1].lost].append(float(trip.bought))
    assert 0.35 < statistics.mean(soon[True]) < 0.55
    assert statistics.mean(soon[False]) < 0.2
    assert 1.2 < statistics.median(size[True]) / statistics.median(size[False]) < 1.7


def test_holding_times_do_not_depend_on_the_outcome(worlds: list[SandboxWorld]) -> None:
    """Medians of losing and other trades over eight traders lie within a fifth of each other."""
    held: dict[bool, list[float]] = defaultdict(list)
    for world in worlds:
        for trip in trips(world.executions):
            held[trip.lost].append((trip.closed - trip.opened).total_seconds())
    ratio = statistics.median(held[True]) / statistics.median(held[False])
    assert 0.83 < ratio < 1.2


def test_orders_come_in_one_to_four_fills_of_one_side(world: SandboxWorld) -> None:
    orders: dict[str, list[SandboxExecution]] = defaultdict(list)
    for one in world.executions:
        orders[one.order_id].append(one)
    assert {len(fills) for fills in orders.values()} == {1, 2, 3, 4}
    assert all(len({(one.side, one.product_id) for one in fills}) == 1 for fills in orders.values())
    assert len({one.entry_id for one in world.executions}) == len(world.executions)


def test_a_market_of_another_length_starts_the_same() -> None:
    short = tapes(LISTINGS, 0, 3000, seed=4)
    assert short["BTC-USD"].closes.size == 3000
    assert (short["BTC-USD"].lows > 0).all()
    assert np.all(short["DOGE-USD"].highs >= short["DOGE-USD"].lows)


def test_the_world_knows_nothing_of_the_detectors() -> None:
    for source in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith(("coach.engine", "coach.brokers.coinbase"))
