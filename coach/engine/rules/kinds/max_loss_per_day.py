"""No new trade on a day of the trader's time zone that has lost so much.

What counts is the net result that was realised on that day before the entry, by whatever closed
a trade or a part of one; reaching the limit is enough. In percent it is of the declared equity and
all net results before that day.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params
from coach.engine.rules.money_limits import Stretch, currencies, reached


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry after the day's limit, with what was lost by then."""
    for quote, rows in currencies(params, ground):
        sums = ground.nets(quote)
        days = ground.days(sums.at_us)
        start = np.searchsorted(days, ground.entry_days[rows], side="left")
        end = np.maximum(sums.known(ground.history.opened_us[rows]), start)
        money = ground.start_equity
        equity = None if money is None else money + sums.floats[start]
        stretch = Stretch(ground.history.quotes[quote], rows, sums, start, end)
        yield from reached(params, ground, stretch, equity)
