"""What is done otherwise in one trade, and what became of it."""

from dataclasses import dataclass
from decimal import Decimal

from coach.engine.ledger.exact import ZERO
from coach.model.fills import FillKey
from coach.model.trades import Trip

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Course:
    """`share` of the trade is traded, 0 to 1; `stop` and `target` are percent of its entry price.

    `adds` are the fills that are skipped inside it.
    """

    share: Decimal = WHOLE
    delay_us: int = 0
    stop: Decimal | None = None
    target: Decimal | None = None
    untouched: bool = False
    adds: frozenset[FillKey] = frozenset()

    @property
    def exits(self) -> bool:
        """Say whether it may end before the trader ended it."""
        return self.stop is not None or self.target is not None


AS_IT_WAS = Course()


@dataclass(frozen=True, slots=True)
class RealisedMoney:
    """Realised money in one quote currency; by FIFO where a trade is still open."""

    gross: Decimal = ZERO
    fees: Decimal = ZERO
    net: Decimal = ZERO


NOTHING = RealisedMoney()


@dataclass(slots=True)
class CourseTotals:
    """Fees paid and money entered in the quote currency, by both sides, and marks.

    `skipped` are the adds that were left out.

    Marks: `delayed`, `dropped` (closed before the delay was over), `unpriced` (no candle near),
    `stopped`, `target`, `infeasible` (not enough money for all of it), `unreliable` (more than a
    hundredth of a bar's volume).
    """

    paid: Decimal = ZERO
    paid_replayed: Decimal = ZERO
    entered: Decimal = ZERO
    entered_replayed: Decimal = ZERO
    marks: frozenset[str] = frozenset()
    skipped: tuple[FillKey, ...] = ()

    def mark(self, name: str) -> None:
        """Add a mark."""
        self.marks |= {name}

    def close(self, trade: Trip) -> None:
        """End the trade: amounts that are the same on both sides, or the trade's, are held once."""
        self.paid, self.paid_replayed = _once(trade.fees, self.paid, self.paid_replayed)
        self.entered, self.entered_replayed = _once(
            trade.notional, self.entered, self.entered_replayed
        )


def _once(known: Decimal, actual: Decimal, replayed: Decimal) -> tuple[Decimal, Decimal]:
    """Return both amounts, those that are equal as one object."""
    actual = known if actual == known else actual
    return actual, actual if replayed == actual else replayed
