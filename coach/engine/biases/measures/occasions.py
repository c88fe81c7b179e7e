"""Events so near to each other that they are one occasion."""

import numpy as np

from coach.engine.statistics.arrays import Flags, Integers
from coach.model.times import MINUTE_US

ONE_OCCASION_US = 45 * MINUTE_US


def opens_an_occasion(at_us: Integers, apart_us: int = ONE_OCCASION_US) -> Flags:
    """Say which moments (n,), in order of time, come `apart_us` or more after the last such one.

    A basket that is entered within seconds is one look at the market, not as many as it has coins.
    """
    opens = np.zeros(len(at_us), np.bool_)
    last: int | None = None
    for place, now in enumerate(at_us.tolist()):
        if last is None or now - last >= apart_us:
            opens[place], last = True, now
    return opens
