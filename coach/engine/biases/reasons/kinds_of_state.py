"""The kinds of states that an open position can stand in: at records, on a side of moving means.

A target acts at a new best, a stop at a new worst, a trailing stop at a new drawdown, an indicator
at a new distance from a moving mean, a ladder at a new worst since the last order. A record needs
no unit: percent, multiples of the volatility and money have the same ones. Who follows an indicator
by hand comes late for its record; the price is on the same side of a moving mean all the same.
"""

from typing import Literal, NamedTuple

StateName = Literal[
    "best", "worst", "best_lot", "worst_lot", "drawdown", "up", "down", "over", "under"
]


class PositionState(NamedTuple):
    """A kind of record or side; `hours` is the length of the moving mean, 0 where there is none."""

    name: StateName
    hours: int = 0


MEANS_H = (1, 3, 8, 24)
"""Lengths of the moving mean. Nine lengths did no better on two simulated sets, two did worse."""
SIDE_MEANS_H = (3, 8, 24)
"""Lengths of the mean beside which the price lies. Nearly every resting order fills beyond that of
one hour, also one of a trader whom the price does not prompt."""
STATES = (
    PositionState("best"),
    PositionState("worst"),
    PositionState("best_lot"),
    PositionState("worst_lot"),
    PositionState("drawdown"),
    *(PositionState("up", hours) for hours in MEANS_H),
    *(PositionState("down", hours) for hours in MEANS_H),
    *(PositionState("over", hours) for hours in SIDE_MEANS_H),
    *(PositionState("under", hours) for hours in SIDE_MEANS_H),
)
