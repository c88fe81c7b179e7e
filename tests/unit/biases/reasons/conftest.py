"""Made-up traders who follow rules, and some who follow none, in a random walk of minutes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.recognise import recognise
from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.features.context import Context, context
from coach.engine.features.trader import Trader
from coach.engine.lab import judge
from coach.engine.lab.judge import LabFill
from coach.model.reasons import Reason
from coach.model.times import DAY_US, HOUR_US, SECOND_US

START_US = 1_772_409_600_000_000  # Monday, 2 March 2026
DAYS = 90

MakeFills = Callable[[Sequence[tuple[float, str, str, float, float]]], tuple[LabFill, ...]]


@dataclass(frozen=True)
class Account:
    """Fills and candles of ninety days, to be changed and then asked about."""

    fills: tuple[LabFill, ...]
    market: Market = NO_MARKET
    zone: str = "UTC"
    days: int = DAYS

    @property
    def window(self) -> Window:
        return Window(START_US, START_US + self.days * DAY_US)

    @property
    def context(self) -> Context:
        past = judge.past(self.fills, self.market).history
        known = past.beside(past.orders, self.market, Trader(self.zone))
        return context(known)

    @property
    def reasons(self) -> dict[str, Reason]:
        return {reason.kind: reason for reason in recognise(self.context, self.window)}

    def split(self) -> "Account":
        """Return the account with every fill in two, half a second apart."""
        halves = []
        for fill in self.fills:
            half = fill.quantity / 2
            later = fill.at_us + SECOND_US // 2
            halves += [
                fill._replace(trade_id=f"{fill.trade_id}a", quantity=half),
                fill._replace(trade_id=f"{fill.trade_id}b", quantity=half, at_us=later),
            ]
        return replace(self, fills=tuple(halves))


@pytest.fixture(scope="session")
def account() -> type[Account]:
    return Account


@pytest.fixture(scope="session")
def make_fills() -> MakeFills:
    """Make fills of (hour since the start, symbol, side, quantity, price)."""

    def made(rows: Sequence[tuple[float, str, str, float, float]]) -> tuple[LabFill, ...]:
        return tuple(
            LabFill(
                trade_id=f"f{number}",
                at_us=START_US + round(hour * HOUR_US),
                symbol=symbol,
                side="buy" if side == "buy" else "sell",
                quantity=Decimal(repr(quantity)),
                price=Decimal(repr(price)),
                fee=Decimal(0),
            )
            for number, (hour, symbol, side, quantity, price) in enumerate(rows)
        )

    return made
