"""What a trader holds, and what is due with it."""

from dataclasses import dataclass

from coach.engine.lab.generator.orders import UNITS
from coach.engine.lab.generator.plans import Habit


@dataclass(slots=True)
class GeneratedPosition:
    """What is held of a symbol; money is without fees. `version` outdates earlier decisions."""

    symbol: int
    units: int = 0
    paid: float = 0.0  # for what is still held
    spent: float = 0.0  # for all that was ever bought
    got: float = 0.0
    fees: float = 0.0
    version: int = 0
    adds: int = 0

    @property
    def cost(self) -> float:
        """Return the average cost of a whole coin."""
        return self.paid * UNITS / self.units

    @property
    def net(self) -> float:
        """Return what a closed position brought."""
        return self.got - self.spent - self.fees

    def bought(self, units: int, money: float, fees: float) -> None:
        """Add to it."""
        self.units += units
        self.paid += money
        self.spent += money
        self.fees += fees

    def sold(self, units: int, money: float, fees: float) -> None:
        """Take from it, at average cost."""
        self.paid -= self.paid * units / self.units
        self.units -= units
        self.got += money
        self.fees += fees


@dataclass(frozen=True, slots=True)
class Deed:
    """What is due with a position, unless it has changed since: a share sold, or 0 for an add.

    A `limit` is the price of an order that rests.
    """

    position: GeneratedPosition
    version: int
    share: float
    habit: Habit | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money comes in, half of what the trader began with or had after the last one."""
