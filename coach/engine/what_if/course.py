"""What is done otherwise in one trade, and what became of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from coach.engine.ledger.exact import ZERO
from coach.model.fills import FillKey

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
    marks: set[str] = field(default_factory=set)
    skipped: list[FillKey] = field(default_factory=list)
