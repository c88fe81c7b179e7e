"""Reasons that need no candles: the clock, the hedge, the machine."""

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.reasons.clock import clock_adds
from coach.engine.biases.reasons.distinct_orders import distinct_orders
from coach.engine.biases.reasons.hedge import without_hedges
from coach.engine.biases.reasons.recognise import reasons_for

Make = Callable[..., Any]
Row = tuple[float, str, str, float, float]


def by_clock(seed: int, minutes: float = 15, days: int = 40) -> list[Row]:
    """Bought in the morning at any time, sold at 16:00, give or take so many minutes."""
    random, rows = Random(seed), list[Row]()
    for day in range(days):
        rows += [
            (24 * day + random.uniform(8, 12), "BTC-USD", "buy", random.uniform(1, 3), 100),
            (24 * day + 16 + random.uniform(-minutes, minutes) / 60, "BTC-USD", "sell", 4, 100),
        ]
    return closing(rows)


def closing(rows: list[Row]) -> list[Row]:
    """Sell what the buy before bought."""
    bought = 0.0
    closed = list[Row]()
    for hour, symbol, side, quantity, price in rows:
        bought = quantity if side == "buy" else bought
        closed.append((hour, symbol, side, bought, price))
    return closed


def pairs(seed: int, minutes: float, count: int = 40) -> list[Row]:
    """Long BTC and short ETH, the second leg so many minutes after the first, both ways."""
    random, rows, hour = Random(seed), list[Row](), 0.0
    for _ in range(count):
        hour += random.uniform(5, 20)
        late, size = minutes / 60, random.uniform(1, 3)
        rows += [
            (hour, "BTC-USD", "buy", size, 100.0),
            (hour + late, "ETH-USD", "sell", 10 * size, 10.0),
        ]
        hour += random.uniform(5, 20)
        rows += [
            (hour, "BTC-USD", "sell", size, 100.0),
            (hour + late, "ETH-USD", "buy", 10 * size, 10.0),
        ]
    return rows


def orders_at(
    hours: tuple[float, float], count: int = 120, same: bool = False, seed: int = 1
) -> list[Row]:
    """Buy and sell, every order at a random time between two hours of the day."""
    random, rows = Random(seed), list[Row]()
    for number in range(count):
        size = 2.0 if same else random.uniform(1, 3)
        first, second = sorted(random.uniform(*hours) for _ in range(2))
        rows += [
            (24 * (number % 80) + first, f"C{number}-USD", "buy", size, 100.0),
            (24 * (number % 80) + second, f"C{number}-USD", "sell", size, 100.0),
        ]
    return sorted(rows)


def test_who_sells_at_four_every_day_has_a_clock(account: Make, make_fills: Make) -> None:
    reason = account(make_fills(by_clock(1)), zone="Europe/Berlin").reasons["clock"]
    assert reason.n == 40
    assert reason.share == 1.0
    assert str(reason.facts["time_utc"])[:3] in {"15:", "16:"}
    assert reason.facts["zone"] == "Europe/Berlin"


def test_a_clock_around_midnight_is_one_clock(account: Make, make_fills: Make) -> None:
    rows = [(hour + 8, *rest) for hour, *rest in by_clock(1)]
    assert account(make_fills(rows)).reasons["clock"].share == 1.0


@pytest.mark.parametrize(("minutes", "days"), [(120, 40), (15, 14), (40, 40)])
def test_two_hours_are_no_time_of_day_and_two_weeks_no_habit(
    account: Make, make_fills: Make, minutes: float, days: int
) -> None:
    assert "clock" not in account(make_fills(by_clock(1, minutes, days))).reasons


def test_the_zone_changes_only_the_time_that_is_shown(account: Make, make_fills: Make) -> None:
    fills = make_fills(by_clock(1))
    here, there = (account(fills, zone=zone).reasons["clock"] for zone in ("UTC", "Asia/Tokyo"))
    assert here.facts["time"] == here.facts["time_utc"] == there.facts["time_utc"]
    assert int(str(there.facts["time"])[:2]) == (int(str(here.facts["time"])[:2]) + 9) % 24
    assert (here.n, here.share) == (there.n, there.share)


def test_adds_at_one_time_of_day_are_marked_at_any_size(account: Make, make_fills: Make) -> None:
    """Value averaging: at nine every morning, more when the price is low."""
    random = Random(3)
    rows = [(24 * day + 9.0, "BTC-USD", "buy", random.uniform(1, 9), 100.0) for day in range(12)]
    one = account(make_fills([*rows, (300.0, "BTC-USD", "buy", 1, 100.0)]))
    marked = clock_adds(one.context, one.window)
    assert np.flatnonzero(marked).tolist() == list(range(1, 12))


@pytest.mark.parametrize("minutes", [0, 1, 10])
def test_two_legs_in_and_out_together_are_a_hedge(
    account: Make, make_fills: Make, minutes: float
) -> None:
    reason = account(make_fills(pairs(1, minutes))).reasons["hedge"]
    assert reasons_for(frozenset(), [reason]) == (reason,)
    assert reason.share == 1.0
    assert reason.n == 80
    assert reason.facts == {"symbol": "BTC-USD", "other_symbol": "ETH-USD"}


@pytest.mark.parametrize(("minutes", "count"), [(20, 40), (1, 4)])
def test_legs_that_are_far_apart_or_few_are_no_hedge(
    account: Make, make_fills: Make, minutes: float, count: int
) -> None:
    assert "hedge" not in account(make_fills(pairs(1, minutes, count))).reasons


def test_what_is_left_without_the_pairs_keeps_its_own_orders(
    account: Make, make_fills: Make
) -> None:
    """A trade of its own, bought twice while a pair is open, and sold after it."""
    alone = [
        (30.5, "SOL-USD", "buy", 1.0, 10.0),
        (31.5, "SOL-USD", "buy", 2.0, 11.0),
        (90.0, "SOL-USD", "sell", 3.0, 12.0),
    ]
    known = account(make_fills([*pairs(1, 1), *alone])).context
    left = without_hedges(known).history
    assert [left.symbols[code] for code in left.symbol] == ["SOL-USD"]
    assert (left.orders.trip.tolist(), left.orders.quantity.tolist()) == ([0, 0, 0], [1, 2, 3])
    assert len(known.history) == 81


def test_two_longs_together_are_no_hedge(account: Make, make_fills: Make) -> None:
    swapped = {"buy": "sell", "sell": "buy"}
    rows = [
        (hour, symbol, swapped[side] if symbol == "ETH-USD" else side, quantity, price)
        for hour, symbol, side, quantity, price in pairs(1, 1)
    ]
    assert "hedge" not in account(make_fills(rows)).reasons


def test_orders_round_the_clock_are_a_machine_s(account: Make, make_fills: Make) -> None:
    reason = account(make_fills(orders_at((0, 24)))).reasons["machine"]
    assert reasons_for(frozenset(), [reason]) == (reason,)
    assert reason.facts["round_the_clock"] is True
    assert reason.facts["one_size"] is False
    assert reason.share == pytest.approx(4 * float(str(reason.facts["quiet_share"])), rel=1e-4)


def test_who_sleeps_is_no_machine(account: Make, make_fills: Make) -> None:
    assert account(make_fills(orders_at((7, 23)))).reasons == {}


def test_orders_of_one_size_are_a_machine_s(account: Make, make_fills: Make) -> None:
    rows = [(hour, "BTC-USD", *rest) for hour, _, *rest in orders_at((7, 23), same=True)]
    reason = account(make_fills(rows)).reasons["machine"]
    assert reason.facts["one_size"] is True
    assert reason.share == 1.0


def test_selling_what_was_bought_repeats_no_size(account: Make, make_fills: Make) -> None:
    """Of each coin a size of its own was bought once and sold once."""
    assert "machine" not in account(make_fills(orders_at((7, 23), count=80))).reasons


def test_ninety_orders_say_nothing_of_sleep(account: Make, make_fills: Make) -> None:
    assert "machine" not in account(make_fills(orders_at((0, 24), count=45))).reasons


def test_a_burst_within_a_minute_is_one_order(account: Make, make_fills: Make) -> None:
    """Bought in three orders within two minutes, sold in two that are ninety seconds apart."""
    rows = [(1 + second / 3600, "BTC-USD", "buy", 1.0, 100.0) for second in (0, 50, 100)]
    rows += [(2 + second / 3600, "BTC-USD", "sell", 1.5, 100.0) for second in (0, 90)]
    one = account(make_fills(rows))
    assert len(distinct_orders(one.context, one.window)) == 3


def test_reasons_are_of_the_window(account: Make, make_fills: Make) -> None:
    fills = make_fills(by_clock(1))
    assert "clock" not in account(fills, days=10).reasons


def test_splitting_fills_changes_nothing(account: Make, make_fills: Make) -> None:
    for rows in (by_clock(1), pairs(1, 1), orders_at((0, 24))):
        one = account(make_fills(rows))
        assert one.split().reasons == one.reasons
