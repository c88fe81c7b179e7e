"""Traders of a year on a made-up hourly market, whose habits are known because we gave them theirs.

Entries, adds and sales come with chances per hour that know nothing of profit, unless a habit says
so. Nothing here is shared with the detectors.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.context import Context, context
from coach.engine.lab import judge
from coach.model.times import HOUR_US, MINUTE_US

START_US = 1_735_786_800_000_000  # 2025-01-02 03:00
DAYS = 400
LEAD = 240
SYMBOLS = ("BTC-USD", "ETH-USD")


@dataclass(frozen=True, slots=True)
class Leaning:
    """How many times as readily something is done; 1 is no habit."""

    sells_gains: float = 1.0
    adds_in_losses: float = 1.0
    sells_after_falls: float = 1.0


@dataclass(slots=True)
class Position:
    """What is held of a symbol."""

    quantity: int = 0
    paid: float = 0.0
    prices: list[float] = field(default_factory=list)


YearTrader = Callable[..., judge.Past]


@pytest.fixture(scope="session")
def year_trader() -> YearTrader:
    """Let a trader trade two symbols for so many days; `split` makes two fills of each."""

    def lived(
        seed: int, leaning: Leaning | None = None, days: int = 366, *, split: bool = False
    ) -> judge.Past:
        random, lean = Random(seed), Leaning() if leaning is None else leaning
        closes = {name: _closes(seed * 7 + place) for place, name in enumerate(SYMBOLS)}
        fills = [
            fill for name in SYMBOLS for fill in _fills(name, closes[name], (random, lean, days))
        ]
        return judge.past(_split(fills) if split else fills, _market(closes))

    return lived


@pytest.fixture(scope="session")
def leaning() -> type[Leaning]:
    return Leaning


@pytest.fixture(scope="session")
def noon_buyer() -> Callable[[int], judge.Past]:
    """Buy on 75 days while the price falls by a cent a day and swings by half a dollar.

    Each time at the lowest hour, and every day so many hours later than the day before.
    """

    def bought(later: int) -> judge.Past:
        hours = np.arange(LEAD + DAYS * 24) - LEAD
        day, shift = hours // 24, hours // 24 * later
        close = 100 - 0.01 * day - 0.5 * np.cos((hours - 8 - shift) * np.pi / 12)
        made = []
        for number in range(75):
            hour = number * 24 + 9 + number * later % 24
            at_us = START_US + hour * HOUR_US + number % 5 * MINUTE_US
            price = Decimal(f"{close[LEAD + hour - 1]:.4f}")
            quantity = Decimal(3 + number * 7 % 5)
            made.append(
                judge.LabFill(f"{number}", at_us, "BTC-USD", "buy", quantity, price, Decimal(0))
            )
        return judge.past(made, _market({"BTC-USD": close}))

    return bought


def known(past: judge.Past) -> Context:
    return context(past.history.until(past.end_us))


def _closes(seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    random = np.random.default_rng(seed)
    return 100.0 * np.exp(np.cumsum(0.006 * random.standard_t(5, size=LEAD + DAYS * 24)))


def _market(closes: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]) -> Market:
    found = {}
    for name, close in closes.items():
        opened = np.concatenate([close[:1], close[:-1]])
        starts = START_US + (np.arange(len(close)) - LEAD) * HOUR_US
        top, bottom = np.maximum(opened, close), np.minimum(opened, close)
        raw = Columns(starts, opened, top, bottom, close, np.ones(len(close)))
        found[name] = bars(raw, "made up", HOUR_US)
    return Market(found)


def _fills(
    name: str,
    close: np.ndarray[tuple[int], np.dtype[np.float64]],
    who: tuple[Random, Leaning, int],
) -> list[judge.LabFill]:
    random, lean, days = who
    made, held = list[judge.LabFill](), Position()

    def order(hour: int, side: str, quantity: int) -> None:
        at_us = START_US + (hour - LEAD) * HOUR_US + random.randrange(1, 55) * MINUTE_US
        price = Decimal(f"{close[hour - 1] * random.uniform(0.999, 1.001):.4f}")
        number = f"{name}-{len(made)}"
        amount = Decimal(quantity)
        made.append(
            judge.LabFill(
                number, at_us, name, "buy" if side == "buy" else "sell", amount, price, Decimal(0)
            )
        )
        if side == "buy":
            held.quantity += quantity
            held.paid += quantity * float(price)
        else:
            held.quantity, held.paid = 0, 0.0

    for hour in range(LEAD, LEAD + days * 24):
        if not held.quantity:
            if random.random() < 0.08:
                order(hour, "buy", random.randrange(5, 15))
            continue
        gain = close[hour - 1] * held.quantity > held.paid
        fell = close[hour - 1] < 0.97 * close[hour - 3]
        sells = 0.05 * (lean.sells_gains if gain else 1.0) * (lean.sells_after_falls if fell else 1)
        adds = 0.015 * (1.0 if gain else lean.adds_in_losses)
        chance = random.random()
        if chance < sells:
            order(hour, "sell", held.quantity)
        elif chance < sells + adds:
            order(hour, "buy", random.randrange(2, 8))
    return made


def _split(fills: list[judge.LabFill]) -> list[judge.LabFill]:
    return [
        fill._replace(trade_id=f"{fill.trade_id}{part}", quantity=quantity)
        for fill in fills
        for part, quantity in (("a", Decimal(1)), ("b", fill.quantity - 1))
        if quantity
    ]
