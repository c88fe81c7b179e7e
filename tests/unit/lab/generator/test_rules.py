"""Traders who follow a rule do what their rule says, as a broker could have reported it."""

import hashlib
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import pytest

from coach.engine.lab.generator import tables
from coach.engine.lab.generator.market import GeneratedMarket, market
from coach.engine.lab.generator.person import person
from coach.engine.lab.generator.plans import (
    BY_RULE,
    BY_TIME_ALONE,
    MACHINES,
    Archetype,
    TraderPlan,
)
from coach.engine.lab.generator.population import rational
from coach.engine.lab.generator.rules import following
from coach.engine.lab.generator.run import TraderRun, trader
from coach.engine.lab.generator.trading import Trading

SHORT_SELLERS = {"pairs", "market_maker", "copy_trader"}
NEVER_FLAT = {"value_averaging", "rebalancer"}
THE_BYTES = "3016c6a91533c2f148fb0332862217da0012409bbdb3e42a85232e24e25c701c"
Made = dict[str, list[TraderRun]]


class ReplayedTrip(NamedTuple):
    """Flat to flat in one symbol; each order is (bar, units, price), sales with negative units."""

    symbol: str
    orders: tuple[tuple[int, float, float], ...]

    @property
    def bought(self) -> float:
        """Return the average price paid."""
        return _average([one for one in self.orders if one[1] > 0.0])

    @property
    def sold(self) -> float:
        """Return the average price got."""
        return _average([one for one in self.orders if one[1] < 0.0])

    @property
    def held(self) -> int:
        """Return how many bars it lasted."""
        return self.orders[-1][0] - self.orders[0][0]


def _average(orders: list[tuple[int, float, float]]) -> float:
    return sum(units * price for _, units, price in orders) / sum(units for _, units, _ in orders)


@pytest.fixture(scope="module")
def made(grounds: list[GeneratedMarket]) -> Made:
    """Four traders of each kind on one market, two of them round the clock."""
    found: Made = {kind: [] for kind in BY_RULE}
    for plan in rational(4 * len(BY_RULE), BY_RULE):
        found[plan.archetype].append(trader(grounds[0], plan, 3))
    return found


def trips(ground: GeneratedMarket, run: TraderRun) -> list[ReplayedTrip]:
    """Replay the fills; pieces of an order within half a minute are one order."""
    found: list[ReplayedTrip] = []
    held: dict[str, int] = {}
    orders: dict[str, list[tuple[int, float, float]]] = {}
    last: dict[str, tuple[str, int]] = {}
    for at, symbol, side, qty, price in zip(
        run.time_us, run.symbol, run.side, run.qty, run.price, strict=True
    ):
        units = int(Decimal(qty).scaleb(8)) * (1 if side == "buy" else -1)
        held[symbol] = held.get(symbol, 0) + units
        own = orders.setdefault(symbol, [])
        bar = (at - ground.start_us) // ground.step_us
        if own and last[symbol][0] == side and at - last[symbol][1] < 30_000_000:
            own[-1] = (own[-1][0], own[-1][1] + units, float(price))
        else:
            own.append((bar, float(units), float(price)))
        last[symbol] = side, at
        if not held[symbol]:
            found.append(ReplayedTrip(symbol, tuple(orders.pop(symbol))))
    return found


def all_trips(ground: GeneratedMarket, runs: list[TraderRun]) -> list[ReplayedTrip]:
    return [trip for run in runs for trip in trips(ground, run)]


@pytest.mark.parametrize("kind", BY_RULE)
def test_every_fill_lies_inside_its_bar_and_in_order(
    grounds: list[GeneratedMarket], made: Made, kind: str
) -> None:
    ground = grounds[0]
    for run in made[kind]:
        assert list(run.time_us) == sorted(run.time_us)
        for at, symbol, price in zip(run.time_us, run.symbol, run.price, strict=True):
            bar = (at - ground.start_us) // ground.step_us
            row = ground.symbols.index(symbol)
            assert ground.first <= bar < ground.bars
            assert ground.low[row, bar] <= float(price) <= ground.high[row, bar]


@pytest.mark.parametrize("kind", BY_RULE)
def test_each_kind_trades_enough_to_be_judged(
    grounds: list[GeneratedMarket], made: Made, kind: str
) -> None:
    runs = made[kind]
    counts = [len(trips(grounds[0], run)) for run in runs]
    if kind in NEVER_FLAT | MACHINES:
        counts = [len(run.trade_id) for run in runs]
    assert sorted(counts)[1] >= 20
    assert max(counts) < 3000
    assert not any(run.labels for run in runs)


@pytest.mark.parametrize("kind", [kind for kind in BY_RULE if kind not in SHORT_SELLERS])
def test_nothing_is_sold_or_spent_that_was_not_there(made: Made, kind: str) -> None:
    for run in made[kind]:
        cash, held = Decimal(run.start_equity), Counter[str]()
        columns = (run.symbol, run.side, run.qty, run.price, run.fee)
        for symbol, side, qty, price, fee in zip(*columns, strict=True):
            sign = 1 if side == "buy" else -1
            held[symbol] += sign * int(Decimal(qty).scaleb(8))
            cash -= sign * Decimal(qty) * Decimal(price) + Decimal(fee)
            assert held[symbol] >= 0
            assert cash >= 0


@pytest.mark.parametrize(
    ("kind", "ratio"), [("bracket_1_to_2", 0.5), ("bracket_1_to_1", 1.0), ("bracket_2_to_1", 2.0)]
)
def test_a_bracket_has_its_ratio(
    grounds: list[GeneratedMarket], made: Made, kind: str, ratio: float
) -> None:
    for run in made[kind]:
        returns = [trip.sold / trip.bought - 1.0 for trip in trips(grounds[0], run)]
        gain = median(value for value in returns if value > 0.002)
        loss = median(-value for value in returns if value < -0.002)
        assert gain / loss == pytest.approx(ratio, rel=0.3)


@pytest.mark.parametrize("kind", ["martingale_bot", "maker_exit"])
def test_it_sells_by_orders_that_rest_above_the_market(
    grounds: list[GeneratedMarket], made: Made, kind: str
) -> None:
    ground = grounds[0]
    above = []
    for trip in all_trips(ground, made[kind]):
        bar, _, price = trip.orders[-1]
        close = ground.close[ground.symbols.index(trip.symbol)]
        above.append(price > close[bar - 1])
    assert sum(above) > 0.9 * len(above)


def test_a_martingale_never_takes_a_loss(grounds: list[GeneratedMarket], made: Made) -> None:
    found = all_trips(grounds[0], made["martingale_bot"])
    assert all(trip.sold > trip.bought for trip in found)
    assert any(len(trip.orders) > 3 for trip in found)


@pytest.mark.parametrize(("kind", "below"), [("scale_in", True), ("pyramid_trend", False)])
def test_a_ladder_adds_below_and_a_pyramid_above(
    grounds: list[GeneratedMarket], made: Made, kind: str, below: bool
) -> None:
    adds = Counter[bool]()
    for trip in all_trips(grounds[0], made[kind]):
        bought = [price for _, units, price in trip.orders if units > 0.0]
        adds.update(later < bought[0] for later in bought[1:])
    assert adds[below] > 20
    assert adds[not below] <= 0.03 * adds[below]


@pytest.mark.parametrize("kind", ["grid_arithmetic", "grid_geometric"])
def test_a_grid_takes_the_same_step_again_and_again(
    grounds: list[GeneratedMarket], made: Made, kind: str
) -> None:
    for run in made[kind]:
        steps = []
        for trip in trips(grounds[0], run):
            for before, after in pairwise(trip.orders):
                if before[1] > 0.0 > after[1]:
                    steps.append(after[2] / before[2] - 1.0)
        assert steps
        assert sorted(steps)[len(steps) // 4] == pytest.approx(median(steps), rel=0.35)


def test_both_legs_of_a_pair_go_in_and_out_together(
    grounds: list[GeneratedMarket], made: Made
) -> None:
    for run in made["pairs"]:
        sides: dict[int, set[tuple[str, str]]] = {}
        for at, symbol, side in zip(run.time_us, run.symbol, run.side, strict=True):
            bar = (at - grounds[0].start_us) // grounds[0].step_us
            sides.setdefault(bar, set()).add((symbol, side))
        alone = sum(len({side for _, side in found}) == 1 for found in sides.values())
        assert alone < 0.06 * len(sides)


def test_session_traders_hold_nothing_overnight(grounds: list[GeneratedMarket], made: Made) -> None:
    for run in made["session_exit"]:
        assert max(trip.held for trip in trips(grounds[0], run)) < 96


def test_clock_traders_hold_for_the_same_time(grounds: list[GeneratedMarket], made: Made) -> None:
    for run in made["clock_exit"]:
        assert len({trip.held for trip in trips(grounds[0], run)}) <= 3


@pytest.mark.parametrize("kind", ["rsi", "bollinger", "mean_reverter", "return_level"])
def test_a_reverter_buys_what_fell(grounds: list[GeneratedMarket], made: Made, kind: str) -> None:
    ground, moves = grounds[0], []
    for trip in all_trips(ground, made[kind]):
        close = ground.close[ground.symbols.index(trip.symbol)]
        bar = trip.orders[0][0]
        moves.append(close[bar - 1] < close[bar - 17])
    assert sum(moves) > 0.8 * len(moves)


@pytest.mark.parametrize("kind", ["donchian", "pyramid_trend", "macd"])
def test_a_trend_follower_buys_what_rose(
    grounds: list[GeneratedMarket], made: Made, kind: str
) -> None:
    ground, moves = grounds[0], []
    for trip in all_trips(ground, made[kind]):
        close = ground.close[ground.symbols.index(trip.symbol)]
        bar = trip.orders[0][0]
        moves.append(close[bar - 1] > close[bar - 5])
    assert sum(moves) > 0.75 * len(moves)


@pytest.mark.parametrize("kind", sorted(set(BY_RULE) - MACHINES - NEVER_FLAT))
def test_who_keeps_human_hours_enters_in_the_session(
    grounds: list[GeneratedMarket], made: Made, kind: Archetype
) -> None:
    ground = grounds[0]
    by_hand, _, again, _ = made[kind]
    if kind == "copy_trader":
        return
    for run in (by_hand, again):
        who = person(ground, kind, f"{run.name}/3")
        bars = [trip.orders[0][0] for trip in trips(ground, run)]
        assert all(who.since[bar] <= who.session_bars for bar in bars)


def test_programs_trade_at_every_hour(made: Made) -> None:
    for kind in sorted(MACHINES):
        hours = Counter(at // 3_600_000_000 % 24 for run in made[kind] for at in run.time_us)
        assert len(hours) == 24


def test_a_copy_follows_its_leader_with_a_delay_and_its_own_size(
    grounds: list[GeneratedMarket],
) -> None:
    ground, plan = grounds[0], TraderPlan("copycat", "copy_trader")
    who = person(ground, "copy_trader", "copycat/3")
    copied, leader = following.leader_of(ground, plan, who)
    assert copied.archetype in BY_TIME_ALONE
    theirs = following.orders_of(Trading(ground, copied, leader).play())
    ours = following.orders_of(following.follow_rule(ground, plan, who))
    assert len(ours) > 20
    assert len(theirs) - len(ours) in {0, 1}
    delays = []
    for (led_ms, led_symbol, led_units), (ms, symbol, units) in zip(theirs, ours, strict=False):
        delays.append(ms - led_ms)
        assert symbol == led_symbol
        assert 0.0 < units / led_units < 4.0
    assert 0 < median(delays) < 800_000


def test_the_bytes_of_rules_are_those_they_always_were() -> None:
    """A change here breaks every published result: it needs a line in the changelog."""
    ground = market(7, 30)
    digest = hashlib.sha256()
    for plan in rational(2 * len(BY_RULE), BY_RULE):
        run = trader(ground, plan, 1)
        for rows in (tables.fills, tables.traders):
            digest.update("\n".join(rows(run)).encode())
    assert digest.hexdigest() == THE_BYTES
