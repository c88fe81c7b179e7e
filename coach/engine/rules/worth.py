"""What a rule would have caught, and what that was worth: never the sum of what was lost.

The caught trades are compared with the trader's own others of the same week and currency
(biases/cost_of_entries): an interval that covers zero cannot be told from luck. Fees stand
apart; they are certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detector import Window
from coach.engine.features.context import context
from coach.engine.features.history import OPEN, History
from coach.engine.ledger.exact import ZERO, add
from coach.model.insights import Cost
from coach.model.rules import Breach

EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Worth:
    """How many trades were opened, and how many of those caught have won, lost, broken even.

    `unknown` counts those whose outcome fees that are not valued could turn.
    `nets` is what the caught ones came to, per quote currency. `costs` is what they cost beside
    the others (90 % interval); positive is money that keeping the rule would have left.
    """

    entries: int
    caught: int
    won: int
    lost: int
    even: int
    unknown: int
    nets: dict[str, Decimal]
    costs: tuple[Cost, ...]


def worth(past: History, found: Sequence[Breach]) -> Worth:
    """Price what a rule with these breaches would have caught."""
    broken = {breach.trade_id for breach in found}
    rows = np.array([row for row, name in enumerate(past.ids) if name in broken], np.int64)
    closed = rows[past.closed_us[rows] != OPEN]
    nets: dict[str, Decimal] = {}
    for row in closed.tolist():
        trip = past.trips[row]
        nets[trip.quote] = add(nets.get(trip.quote, ZERO), trip.net)
    outcome = past.outcome[closed]
    return Worth(
        entries=len(past),
        caught=len(rows),
        won=int(np.sum(outcome > 0)),
        lost=int(np.sum(outcome < 0)),
        even=int(np.sum((outcome == 0) & ~past.undecided[closed])),
        unknown=int(np.sum(past.undecided[closed])),
        nets=nets,
        costs=cost_of_entries(context(past), Window(0, EVER), rows) if len(rows) else (),
    )
