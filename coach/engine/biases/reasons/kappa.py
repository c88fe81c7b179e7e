"""How often orders came at a record, beyond how often the trader's open positions stood there.

kappa = (observed - expected) / (1 - expected), as Cohen (1960) corrects agreement for chance. What
is expected is the mean over the orders of the share of candles of open positions that stood there,
of the same sign of gain and of like age: a young position is at a new best half of the time.

An order comes somewhere in a candle. A price that wanders has moved by the root of the time that
passed, so what is expected lies between the shares at a candle's beginning and end, at the root of
the part of the candle that has passed. Then kappa of orders at random times has mean 0.
"""

import numpy as np

from coach.engine.biases.reasons.state_rows import LookCounts, OrderStates
from coach.engine.statistics.arrays import Floats

PSEUDO_LOOKS = 4.0
"""Candles of the average share over all ages that each age is helped by.

Chosen on two simulated sets, reported on others.
"""
ALWAYS = 1 - 1e-9


def kappas(orders: OrderStates, counts: LookCounts, *, by_sign: bool = True) -> Floats:
    """Return kappa of each state, (states,); 0 where every open position stands there anyway.

    Without `by_sign`, gains and losses are compared with all candles of like age.
    """
    if not len(orders.order):
        return np.zeros(counts.stood.shape[1])
    looks, stood = counts.looks[:, None], counts.stood
    sign = orders.gain + 1
    if not by_sign:
        looks, stood = looks.sum(axis=2, keepdims=True), stood.sum(axis=2, keepdims=True)
        sign = np.zeros(len(sign), np.int64)
    overall = stood.sum(axis=3, keepdims=True) / np.maximum(looks.sum(axis=3, keepdims=True), 1.0)
    share = (stood + PSEUDO_LOOKS * overall) / (looks + PSEUDO_LOOKS)
    beginning, end = share[:, :, sign, orders.age]
    moved = np.sqrt(orders.through)
    expected = ((1.0 - moved) * beginning + moved * end).mean(axis=1)
    observed = orders.stands.mean(axis=0)
    possible = expected < ALWAYS
    kappa: Floats = np.where(
        possible, (observed - expected) / np.where(possible, 1.0 - expected, 1.0), 0.0
    )
    return kappa
