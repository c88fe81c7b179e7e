"""Traders whose habits are known, because we gave them theirs.

One position at a time: wait, enter, hold, close. Waits and holding times are exponential,
sizes lognormal, results a fair coin of normal size; a habit changes what follows a close.
Nothing here is shared with the detectors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

import pytest

from coach.model.fills import FillKey, Symbol
from coach.model.times import MINUTE_US
from coach.model.trades import TradeId, Trip

MONDAY_US = 1_767_571_200_000_000  # 2026-01-05


@dataclass(frozen=True, slots=True)
class Habit:
    """What a trader does after a loss or a win; the default is nothing at all."""

    back_after_loss: float = 0.0
    back_size: float = 1.9
    size_after_loss: float = 1.0
    size_after_win: float = 1.0
    wait: float = 240.0
    worse: float = 0.0


Simulate = Callable[..., list[Trip]]


@pytest.fixture(scope="session")
def trader() -> Simulate:
    """Simulate so many trades of one habit; `worse` is what a revenge trade loses on average."""

    def simulated(seed: int, trades: int = 150, habit: Habit = RATIONAL) -> list[Trip]:
        random, now, last, made = Random(seed), MONDAY_US, 0.0, list[Trip]()
        for number in range(trades):
            revenge = last < 0 and random.random() < habit.back_after_loss
            wait = random.uniform(3, 12) if revenge else random.expovariate(1 / habit.wait)
            size = 1000 * random.lognormvariate(0, 0.3) * (habit.back_size if revenge else 1.0)
            size *= habit.size_after_loss if last < 0 else 1.0
            size *= habit.size_after_win if last > 0 else 1.0
            opened = now + round(wait * MINUTE_US)
            now = opened + round(random.expovariate(1 / 60) * MINUTE_US) + MINUTE_US
            last = size * (random.gauss(0, 0.01) - (habit.worse if revenge else 0.0))
            made.append(trip(number, (opened, now), last, size))
        return made

    return simulated


@pytest.fixture(scope="session")
def habit() -> type[Habit]:
    return Habit


RATIONAL = Habit()


def trip(number: int, times: tuple[int, int], net: float, size: float) -> Trip:
    result, notional = Decimal(f"{net:.4f}"), Decimal(f"{size:.2f}")
    fees = notional / 10_000
    return Trip(
        id=TradeId(f"trade-{number:05d}"),
        symbol=Symbol("BTC-USD"),
        quote="USD",
        side="long",
        opened_us=times[0],
        closed_us=times[1],
        gross=result + fees,
        fees=fees,
        net=result,
        quantity=Decimal(1),
        notional=notional,
        entry_fills=(FillKey(f"in-{number}".encode()),),
        exit_fills=(FillKey(f"out-{number}".encode()),),
    )
