"""The rules behind exits: a target, a stop or trailing stop, a signal."""

from coach.engine.biases.reasons.kappa import kappas
from coach.engine.biases.reasons.kinds_of_state import STATES, PositionState, StateName
from coach.engine.biases.reasons.state_rows import LookCounts, OrderStates
from coach.engine.biases.reasons.typical import Typical, percent, sides, typical
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.words import significant
from coach.model.reasons import Reason, ReasonKind

FEWEST_SALES, FEWEST_SIGNALS = 8, 20
"""Fewer sales show no rule. Chosen on two simulated sets, reported on others."""
MOST = 0.5
"""The kappa from which on most exits beyond chance come at the record.

Chosen on two simulated sets, where traders with planted habits had .46 (stop) and .59 (target) at
the 99th percentile and rule followers .55 at the tenth; results were flat from .4 to .6. Reported
on others.
"""
SIGNAL = 0.4
"""The same for all exits, gains and losses together, which are more.

At records: chosen on two simulated sets, where traders with planted habits had .42 at most, and
reported on others. On a side of a mean: chosen on 96 traders of the lab with planted habits, who
had .31 at most, and 54 who follow an indicator or a mean by hand; reported on others.
"""
HOLDS = 0.3
"""The kappa from which on a rule that the trader confirmed still holds, from the same sets."""
NEARLY = 0.05
"""A simpler record is named where its kappa is this near to the highest; it changes no decision."""

TARGETS: tuple[StateName, ...] = ("best", "best_lot", "up")
STOPS: tuple[StateName, ...] = ("worst", "worst_lot", "drawdown", "down")
SIGNALS: tuple[StateName, ...] = ("drawdown", "up", "down")
SIDES: tuple[StateName, ...] = ("over", "under")


def target(sales: OrderStates, counts: LookCounts, fewest: float = MOST) -> Reason | None:
    """Return the target at which gains are closed, None where kappa is below `fewest`."""
    gains = sales.only(sales.gain > 0)
    if len(gains.order) < FEWEST_SALES:
        return None
    return _reason("target", gains, highest(TARGETS, kappas(gains, counts), fewest))


def stop(sales: OrderStates, counts: LookCounts, fewest: float = MOST) -> Reason | None:
    """Return the stop or trailing stop at which losses are closed, None likewise."""
    losses = sales.only(sales.gain < 0)
    if len(losses.order) < FEWEST_SALES:
        return None
    return _reason("stop", losses, highest(STOPS, kappas(losses, counts), fewest))


def signal(sales: OrderStates, counts: LookCounts, fewest: float = SIGNAL) -> Reason | None:
    """Return the signal of the price at which all positions are closed, None likewise.

    At a record, whether a position stands in a gain plays no part, neither in the sales nor in what
    is expected. On a side of a mean each sale is compared with looks of its own sign: a gain lies
    above most means anyway.
    """
    if len(sales.order) < FEWEST_SIGNALS:
        return None
    at_record = highest(SIGNALS, kappas(sales, counts, by_sign=False), fewest)
    return _reason("signal", sales, at_record or highest(SIDES, kappas(sales, counts), fewest))


def highest(names: tuple[StateName, ...], kappa: Floats, fewest: float) -> tuple[int, float] | None:
    """Return the row of the record with the highest kappa and its kappa, None below `fewest`.

    The first one whose kappa is nearly as high stands for the highest.
    """
    rows = [row for row, state in enumerate(STATES) if state.name in names]
    most = max(float(kappa[row]) for row in rows)
    if most < fewest:
        return None
    row = next(row for row in rows if kappa[row] >= max(fewest, most - NEARLY))
    return row, float(kappa[row])


def _reason(
    kind: ReasonKind, orders: OrderStates, found: tuple[int, float] | None
) -> Reason | None:
    if found is None:
        return None
    row, kappa = found
    state, there = STATES[row], orders.only(orders.stands[:, row])
    moving = kind == "signal" and state.hours > 0
    numbers = None if moving else _numbers(state, there)
    return Reason(
        kind=kind,
        n=len(orders.order),
        share=significant(kappa),
        typical=float(state.hours) if numbers is None else numbers.median,
        quartiles=None if numbers is None else numbers.quartiles,
        unit="h" if numbers is None else "%",
        facts={
            "state": state.name,
            "hours": state.hours or None,
            "sides": sides(there),
            "at_record": len(there.order),
        },
    )


def _numbers(state: PositionState, there: OrderStates) -> Typical:
    """Return how far the price had come: from the average paid, the last order, or the best."""
    if state.name == "drawdown":
        return typical(-percent(there, -there.fall))
    if state.name in {"best_lot", "worst_lot"}:
        return typical(percent(there, there.since_order))
    return typical(percent(there, there.since_paid))
