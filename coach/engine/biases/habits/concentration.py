"""D10 Concentration: how much of the money lay in how few symbols. A fact, no test.

HHI = sum of squared shares of the money held (at cost), averaged over the time in which anything
was held; 1 / HHI is how many equal positions that comes to. With candles, the share of the
variance that the largest position brings. Who declared to trade few symbols has a mandate: then
it is told what lay outside.
Sources: Goetzmann & Kumar (2008), Review of Finance: a quarter of households hold one stock; the
index is Herfindahl's and Hirschman's.
"""

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Window, no_rows
from coach.engine.biases.measures.exposure import Exposure, exposure
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.insights import Fact

FORMULA = "concentration@1"
FEWEST_ENTRIES = 5
FEWEST_BARS = 100


def measure(context: Context, window: Window, _seed: int) -> Measurement:
    """Measure the window in the currency with the most trades."""
    history = context.history
    inside = np.flatnonzero(window.holds(history.opened_us))
    needed = max(0, FEWEST_ENTRIES - len(inside))
    if needed:
        told: dict[str, Fact] = {"entries": len(inside), "fewest_entries": FEWEST_ENTRIES}
        return Measurement(len(inside), needed, no_rows(), told, None, progress=told)
    quote = int(np.argmax(np.bincount(history.quote[inside])))
    held = exposure(history, window, quote)
    if held.days <= 0:
        return Measurement(len(inside), 1, no_rows(), {"entries": len(inside)}, None)
    top = int(held.symbols[np.argmax(held.weights)])
    inside = inside[history.quote[inside] == quote]
    return Measurement(
        n=len(inside),
        needed=0,
        affected=inside[history.symbol[inside] == top],
        against=inside[history.symbol[inside] != top],
        sample=_sample(history, held, quote, len(inside)),
        verdict=None,
        facts={
            "equal_positions": words.significant(1 / held.hhi),
            "top_symbol": history.symbols[top],
            "top_weight": words.significant(float(held.weights.max())),
            **_risk(history, window, held),
            **_mandate(history, held),
        },
        effect=held.hhi,
    )


def _sample(history: History, held: Exposure, quote: int, entries: int) -> dict[str, Fact]:
    return {
        "n": entries,
        "symbols": len(held.symbols),
        "days_held": words.significant(held.days),
        "currency": history.quotes[quote],
    }


def _mandate(history: History, held: Exposure) -> dict[str, Fact]:
    plan = history.trader.plan("only")
    if plan is None:
        return {"mandate": False}
    outside = [not plan.covers(history.symbols[code]) for code in held.symbols.tolist()]
    weight = float(held.weights[np.array(outside, np.bool_)].sum())
    return {"mandate": True, "weight_outside_mandate": words.significant(weight)}


def _risk(history: History, window: Window, held: Exposure) -> dict[str, Fact]:
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


DETECTOR = Detector(
    bias="concentration",
    formula=FORMULA,
    unit="sum of squared shares",
    minimum=0.0,
    measure=measure,
    kind="fact",
)
