"""Made-up histories replayed from their fills, and what can be read off them.

At average cost without fees. A bar of holding is a gain where the close before it is above the
cost; it counts by how ready the trader is to act in it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from coach.engine.lab.generator import population
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.person import person
from coach.engine.lab.generator.plans import (
    Habit,
    TraderPlan,
    Way,
)
from coach.engine.lab.generator.run import TraderRun, trader

SEED = 5
SOON_US = 45 * 60 * 1_000_000


@dataclass
class Holding:
    """A position while the tests replay it; it opened in bar `opened`, at `opened_us`."""

    opened: int
    opened_us: int
    units: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    got: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    seen: int = 0


@dataclass
class Replay:
    """Round trips, what was done in which state, and adds below and above cost."""

    trips: list["Trip"] = field(default_factory=list)
    bars: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0})
    exits: Counter[bool] = field(default_factory=Counter)
    adds: Counter[bool] = field(default_factory=Counter)


@dataclass(frozen=True)
class Trip:
    """Flat to flat; `size` is the first order's money, `net` is after fees."""

    opened_us: int
    closed_us: int
    symbol: str
    size: float
    net: float


def replay(ground: GeneratedMarket, run: TraderRun) -> Replay:
    """Replay fills; a bar of holding is a gain where the close before it is above cost."""
    found = Replay()
    awake = person(ground, run.archetype, f"{run.name}/{SEED}").awake
    held: dict[str, Holding] = {}
    columns = (run.time_us, run.symbol, run.side, run.qty, run.price, run.fee)
    for at, symbol, side, qty, price, fee in zip(*columns, strict=True):
        bar = (at - ground.start_us) // ground.step_us
        units, money = Decimal(qty), Decimal(qty) * Decimal(price)
        holding = held.setdefault(symbol, Holding(bar, at, seen=bar))
        _look(ground, found, symbol, holding, bar, awake)
        if side == "buy":
            _buy(found, holding, at, units, money)
            holding.fees += Decimal(fee)
            continue
        if units == holding.units:
            gain = _gain(ground, symbol, holding, bar)
            found.exits[gain] += 1
        holding.paid -= holding.paid * units / holding.units
        holding.units -= units
        holding.got += money
        holding.fees += Decimal(fee)
        if not holding.units:
            net = float(holding.got - holding.spent - holding.fees)
            size = float(holding.spent)
            found.trips.append(Trip(holding.opened_us, at, symbol, size, net))
            del held[symbol]
    return found


def _buy(found: Replay, holding: Holding, at: int, units: Decimal, money: Decimal) -> None:
    if holding.units and at - holding.opened_us > 60_000_000:
        found.adds[money / units < holding.paid / holding.units] += 1
    holding.units += units
    holding.paid += money
    holding.spent += money


def _look(
    ground: GeneratedMarket, found: Replay, symbol: str, holding: Holding, bar: int, awake: Floats
) -> None:
    if holding.units:
        cost = float(holding.paid / holding.units)
        gains = ground.close[ground.symbols.index(symbol), holding.seen : bar] > cost
        weights = awake[holding.seen + 1 : bar + 1]
        found.bars[True] += float(weights[gains].sum())
        found.bars[False] += float(weights[~gains].sum())
    holding.seen = bar


def _gain(ground: GeneratedMarket, symbol: str, holding: Holding, bar: int) -> bool:
    cost = float(holding.paid / holding.units)
    return bool(ground.close[ground.symbols.index(symbol), bar - 1] > cost)


def runs(
    grounds: list[GeneratedMarket], plans: Iterable[TraderPlan]
) -> list[tuple[GeneratedMarket, TraderRun]]:
    """Make traders on the markets in turn."""
    return [
        (grounds[number % len(grounds)], trader(grounds[number % len(grounds)], plan, SEED))
        for number, plan in enumerate(plans)
    ]


def plainly(biases: dict[Habit, float], count: int) -> list[TraderPlan]:
    """Return traders with habits in the plainest way."""
    return [replace(plan, ways={}) for plan in population.cell(biases, count)]


def histories(
    grounds: list[GeneratedMarket],
    biases: dict[Habit, float],
    count: int = 16,
    way: Way | None = None,
) -> list[Replay]:
    """Replay traders of the plain kind; without a habit they are the same persons."""
    ways = dict.fromkeys(biases, way) if way else {}
    plans = [TraderPlan(f"truth-{number}", "noise", biases, ways=ways) for number in range(count)]
    return [replay(ground, run) for ground, run in runs(grounds, plans)]


def ratio_of_exits(found: Iterable[Replay]) -> tuple[float, float]:
    """Return how much sooner gains are left than losses, and the standard error of its log."""
    exits, bars = Counter[bool](), {True: 0.0, False: 0.0}
    for history in found:
        exits.update(history.exits)
        for gain, weight in history.bars.items():
            bars[gain] += weight
    ratio = (exits[True] / bars[True]) / (exits[False] / bars[False])
    return ratio, (1 / exits[True] + 1 / exits[False]) ** 0.5


def soon_after(found: Iterable[Replay], *, loss: bool) -> float:
    """Return how often an entry follows a loss, or a gain, within three quarters of an hour."""
    soon = []
    for history in found:
        entries = np.array(sorted(trip.opened_us for trip in history.trips))
        for trip in history.trips:
            place = int(np.searchsorted(entries, trip.closed_us, side="right"))
            if (trip.net < 0) == loss and place < entries.size:
                soon.append(bool(entries[place] - trip.closed_us < SOON_US))
    return float(np.mean(soon))


def growth_after(found: Iterable[Replay], *, loss: bool) -> float:
    """Return the mean log size of entries after a loss, or a gain, over the trader's median."""
    sizes: list[float] = []
    for history in found:
        closed = sorted(history.trips, key=lambda trip: trip.closed_us)
        ends = np.array([trip.closed_us for trip in closed])
        usual = float(np.median([trip.size for trip in closed]))
        for trip in closed:
            before = int(np.searchsorted(ends, trip.opened_us)) - 1
            if before >= 0 and (closed[before].net < 0) == loss:
                sizes.append(float(np.log(trip.size / usual)))
    return float(np.mean(sizes))


def labelled(
    grounds: list[GeneratedMarket],
    biases: dict[Habit, float],
    span: tuple[int | None, int | None] = (None, None),
    coached_day: int | None = None,
) -> list[float]:
    """Return the days on which labelled fills were made."""
    days = []
    plans = (
        TraderPlan(f"truth-{number}", "noise", biases, *span, coached_day) for number in range(12)
    )
    for ground, run in runs(grounds, plans):
        shown = {trade_id for trade_id, _ in run.labels}
        opens_us = ground.start_us + ground.first * ground.step_us
        days += [
            (at - opens_us) / (96 * ground.step_us)
            for trade_id, at in zip(run.trade_id, run.time_us, strict=True)
            if trade_id in shown
        ]
    return days
