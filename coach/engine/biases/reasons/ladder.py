"""The ladder: adds at new lows, one step below the other."""

from coach.engine.biases.reasons.exits import MOST, highest
from coach.engine.biases.reasons.kappa import kappas
from coach.engine.biases.reasons.kinds_of_state import STATES, StateName
from coach.engine.biases.reasons.state_rows import LookCounts, OrderStates
from coach.engine.biases.reasons.typical import percent, sides, typical
from coach.engine.statistics.words import significant
from coach.model.reasons import Reason

FEWEST_ADDS = 5
"""Fewer adds in a loss show no ladder. Chosen on two simulated sets, reported on others."""
STEPS: tuple[StateName, ...] = ("worst", "worst_lot")


def ladder(adds: OrderStates, counts: LookCounts, fewest: float = MOST) -> Reason | None:
    """Return the steps by which a losing position is enlarged, None where kappa is too low."""
    losing = adds.only(adds.gain < 0)
    if len(losing.order) < FEWEST_ADDS:
        return None
    found = highest(STEPS, kappas(losing, counts), fewest)
    if found is None:
        return None
    row, kappa = found
    there = losing.only(losing.stands[:, row])
    apart = typical(-percent(there, there.since_order))
    return Reason(
        kind="ladder",
        n=len(losing.order),
        share=significant(kappa),
        typical=apart.median,
        quartiles=apart.quartiles,
        unit="%",
        facts={"state": STATES[row].name, "sides": sides(there), "at_record": len(there.order)},
    )
