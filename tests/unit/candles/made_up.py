"""A source of candles that stands in for a real one: it has everything, and fails on order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coach.brokers.market.base import Ask, Failure, FetchedBars, Limit
from coach.model.candles import Candle
from coach.model.times import SECOND_US

PLENTY = (Limit("second", 100, 100),)


@dataclass
class MadeUpSource:
    """Every bar of every symbol at one price.

    `plan` spoils requests, one after another (None: not at all). `takes` is called for the time
    that each request takes.
    """

    name: str
    plan: Sequence[Failure | FetchedBars | None] = ()
    takes: Callable[[], object] = bool
    price: int = 100
    limits: Sequence[Limit] = PLENTY
    most_bars: int = 48
    cannot: str = ""
    asked: list[Ask] = field(default_factory=list)

    def unfit(self, ask: Ask) -> str:
        """Return why it cannot, if so."""
        del ask
        return self.cannot

    def cost(self, ask: Ask) -> float:
        """Every request costs one."""
        del ask
        return 1.0

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Answer as planned, then with every bar."""
        place = len(self.asked)
        self.asked.append(ask)
        self.takes()
        spoiled = self.plan[place] if place < len(self.plan) else None
        return spoiled or FetchedBars(tuple(self.bars(ask)))

    def bars(self, ask: Ask) -> Iterator[Candle]:
        """Yield every bar of a window."""
        price = Decimal(self.price)
        for start_us in range(ask.start_us, ask.end_us, ask.granularity * SECOND_US):
            yield Candle(start_us, price, price + 1, price - 1, price, Decimal(1))

    def close(self) -> None:
        """Nothing is open."""
