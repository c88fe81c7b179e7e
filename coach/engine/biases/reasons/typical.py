"""The trader's own numbers: what is typical of the orders that came at a record."""

from typing import NamedTuple

import numpy as np

from coach.engine.biases.reasons.state_rows import OrderStates
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.words import significant


class Typical(NamedTuple):
    """The median of some numbers, and the quartiles that half of them lie between."""

    median: float
    quartiles: tuple[float, float]


def typical(values: Floats) -> Typical:
    """Return the median and the quartiles of some numbers, of which there is one at least."""
    low, middle, high = (significant(float(one)) for one in np.quantile(values, (0.25, 0.5, 0.75)))
    return Typical(middle, (low, high))


def percent(orders: OrderStates, change: Floats) -> Floats:
    """Return changes of the mirrored logarithm as percent of the price, gains above zero."""
    return 100.0 * orders.side * np.expm1(orders.side * change)


def sides(orders: OrderStates) -> str:
    """Return whether the orders were those of long trips, of short ones or of both."""
    if (orders.side > 0).all():
        return "long"
    return "both" if (orders.side > 0).any() else "short"
