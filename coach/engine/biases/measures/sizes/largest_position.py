"""The largest position: what the window held, the declared mandate, the part of the variance."""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.exposure import Exposure
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.insights import Fact

FEWEST_BARS = 100


def describe(history: History, held: Exposure, quote: int, entries: int) -> dict[str, Fact]:
    """Return what the sample holds."""
    return {
        "n": entries,
        "symbols": len(held.symbols),
        "days_held": words.significant(held.days),
        "currency": history.quotes[quote],
    }


def mandate(history: History, held: Exposure) -> dict[str, Fact]:
    """Return the share of the money outside of what was declared."""
    plan = history.trader.plan("only")
    if plan is None:
        return {"mandate": False}
    outside = [not plan.covers(history.symbols[code]) for code in held.symbols.tolist()]
    weight = float(held.weights[np.array(outside, np.bool_)].sum())
    return {"mandate": True, "weight_outside_mandate": words.significant(weight)}


def largest_risk(history: History, window: Window, held: Exposure) -> dict[str, Fact]:
    """Return the largest part of the variance that one symbol brings, where candles tell.

    Part of k = w_k (C w)_k / w'Cw, with C the covariance of bar changes and w the mean shares.
    """
    covered, changes = _changes(history, window, held.symbols)
    if len(changes) < FEWEST_BARS:
        return {}
    weights = held.weights[covered]
    covariance = np.atleast_2d(np.cov(changes, rowvar=False))
    parts = weights * (covariance @ weights)
    whole = float(parts.sum())
    if whole <= 0:
        return {}
    top = int(np.argmax(parts))
    return {
        "top_risk_symbol": history.symbols[int(held.symbols[covered][top])],
        "top_risk_share": words.significant(float(parts[top]) / whole),
        "weight_with_candles": words.significant(float(weights.sum())),
    }


def _changes(history: History, window: Window, symbols: Integers) -> tuple[Integers, Floats]:
    """Return which symbols have candles, and their changes in the bars that all of them have."""
    found = [history.market.of(history.symbols[code]) for code in symbols.tolist()]
    step = min((one.step_us for one in found if one is not None and len(one)), default=0)
    kept = [(k, one) for k, one in enumerate(found) if one is not None and one.step_us == step]
    shared: Integers | None = None
    for _, one in kept:
        inside = window.holds(one.start_us) & ~np.isnan(one.change)
        starts = one.start_us[inside]
        shared = starts if shared is None else np.intersect1d(shared, starts, assume_unique=True)
    covered = np.array([k for k, _ in kept], np.int64)
    if shared is None or len(shared) == 0:
        return covered, np.zeros((0, len(kept)))
    columns = [one.change[np.searchsorted(one.start_us, shared)] for _, one in kept]
    return covered, np.stack(columns, axis=1)
