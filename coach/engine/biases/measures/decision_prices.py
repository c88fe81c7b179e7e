"""The price by which an order was decided: the last close of a bar that had ended by then.

An order's own price never counts. A limit order waits above or below the market and fills only
after the price has come to it, so its own price leans to one side whatever the trader looked
at: sales by resting orders would all look like sales of gains.
"""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.measures.sizes.held import Candles, directions
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.moves import rows_at
from coach.engine.features.series import first_known
from coach.engine.statistics.arrays import Floats, Integers


def closes_since(series: Sequence[Bars], at_us: Integers, opened_us: Integers) -> Floats:
    """Return the last close by each moment of a bar that ended after the opening; nan: none."""

    def close(bars: Bars, rows: Integers) -> Floats:
        if not len(bars):
            return np.full(len(rows), np.nan)
        ended = rows_at(bars, at_us[rows])
        since = (ended >= 0) & (bars.start_us[ended] + bars.step_us > opened_us[rows])
        closes: Floats = np.where(since, bars.close[ended], np.nan)
        return closes

    return first_known(series, len(at_us), close)


def decided_return(context: Context, found: Candles, rows: Integers) -> Floats:
    """Return ln(decision price / average paid) of each order row, mirrored for shorts.

    Below 0 the position stood in a loss when the order was decided; nan where no bar had ended
    since the trade was opened.
    """
    history, orders = context.history, context.history.orders
    price = np.full(len(orders), np.nan)
    for series, own in found.of_orders(history, rows):
        opened_us = history.opened_us[orders.trip[own]]
        price[own] = closes_since(series, orders.at_us[own], opened_us)
    mirrored: Floats = directions(history)[orders.trip[rows]] * np.log(
        price[rows] / orders.average[rows]
    )
    return mirrored
