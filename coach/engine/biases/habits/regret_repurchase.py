"""D12 Regret repurchase: what was sold at a gain is bought back sooner than what lost.

Every decided sale is followed until the same symbol is bought back, thirty days are over or the
window ends: repurchases per day after gains against those after losses, at the same age of the
sale and inside strata of at most twelve sales in a row of one symbol and month (Mantel-Haenszel).
Gains and losses are shuffled inside the strata; what is compared is the log-rank residual. Where
candles cover it, repurchases below the price of the sale are set against those above it, by hours
spent there and by the age of the sale: who comes back above it follows the price, and regrets
nothing. The shrunk ratio of rates must exceed 1.25.
Source: Strahilevitz, Odean & Barber (2011), J. Marketing Res. 48: one half to two thirds more
likely after a gain, and after a fall of the price.
"""

import math

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Verdict, Window
from coach.engine.biases.measures.spells import Pieces, Spells, States, spells, states
from coach.engine.features.context import Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats
from coach.engine.statistics.bootstrap import interval
from coach.engine.statistics.floors import Counts, Sample, still_needed
from coach.engine.statistics.normal import above
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.rate_ratio import rate_ratio
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import informative
from coach.model.insights import Fact

FORMULA = "regret_repurchase@1"
SMALLEST_LOG_RATIO = math.log(1.25)  # half of what was found among investors


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon symbols came back after gains and after losses."""
    found = spells(context, window)
    sample = _sample(context, window, found)
    needed = still_needed(sample)
    bought = found.bought > 0
    facts = _facts(found)
    return Measurement(
        n=len(found.rows),
        needed=needed,
        affected=np.sort(found.back[bought & found.gain]),
        against=np.sort(found.back[bought & ~found.gain]),
        sample=facts,
        verdict=None if needed else _verdict(context, found, seed),
        progress=facts,
    )


def _facts(found: Spells) -> dict[str, Fact]:
    return {
        "n": len(found.rows),
        "gains": int(found.gain.sum()),
        "losses": int((~found.gain).sum()),
        "bought_back": int(found.bought.sum()),
        "planned_sales": found.planned,
    }


def _sample(context: Context, window: Window, found: Spells) -> Sample:
    useful = informative(found.gain, found.strata)
    seen = _counts(found.gain)
    entries = int(window.holds(context.history.opened_us).sum())
    return Sample(seen, _counts(found.gain[useful]), seen, entries)


def _counts(gain: Flags) -> Counts:
    gains = int(gain.sum())
    return Counts(len(gain) - gains, gains)


def _verdict(context: Context, found: Spells, seed: int) -> Verdict:
    pieces = found.pieces()
    compared = rate_ratio(found.gain[pieces.spell], pieces.bought, pieces.days, pieces.strata)
    p_gain = stratified_test(found.gain, _surprise(pieces)[:, None], found.strata, seed).p
    draws = compared.log_draws(found.blocks[pieces.spell], seed)
    log, (low, high) = compared.log(), interval(draws)
    error = max(compared.error, float(draws.std()))
    where = states(context, found)
    p_below, below = _below(where)
    return Verdict(
        p=p_gain,
        posterior=shrunk(log, error, LOG_RATIO_SPREAD),
        effect=math.exp(log),
        interval=(math.exp(low), math.exp(high)),
        facts={
            "per_day_after_gain": _per_day(found, found.gain.astype(np.float64)),
            "per_day_after_loss": _per_day(found, (~found.gain).astype(np.float64)),
            "ratio_below_to_above": None if where is None else words.significant(math.exp(below)),
            "p_below": None if where is None else words.significant(p_below),
        },
        holds=where is None or below >= 0,
    )


def _surprise(pieces: Pieces) -> Floats:
    """Return per sale the repurchase less what its stratum's rates at each age expect, (n,)."""
    seen = np.bincount(pieces.strata, weights=pieces.bought)
    at_risk = np.bincount(pieces.strata, weights=pieces.days)
    rate = np.divide(seen, at_risk, out=np.zeros(len(seen)), where=at_risk > 0)
    left = pieces.bought - rate[pieces.strata] * pieces.days
    return np.asarray(np.bincount(pieces.spell, weights=left), np.float64)


def _per_day(found: Spells, which: Floats) -> float:
    days = float((found.days * which).sum())
    return words.significant(float((found.bought * which).sum()) / days) if days else 0.0


def _below(where: States | None) -> tuple[float, float]:
    """Return the one-sided p that repurchases come below the sale, and the log ratio of rates.

    At each age the repurchases below are binomial with the share of hours below; their sum less
    its mean over its deviation is taken as normal (Mantel & Haenszel 1959). One half and 0 where
    the price was never on both sides.
    """
    if where is None:
        return 0.5, 0.0
    hours = where.hours_below + where.hours_above
    share = np.divide(where.hours_below, hours, out=np.zeros(len(hours)), where=hours > 0)
    seen = where.below + where.above
    variance = float((seen * share * (1 - share)).sum())
    if variance == 0:
        return 0.5, 0.0
    score = float((where.below - seen * share)[hours > 0].sum())
    ages = np.arange(len(hours))
    compared = rate_ratio(
        np.repeat([True, False], len(ages)),
        np.concatenate([where.below, where.above]),
        np.concatenate([where.hours_below, where.hours_above]),
        np.concatenate([ages, ages]),
    )
    return above(score / math.sqrt(variance)), compared.log()


DETECTOR = Detector(
    bias="regret_repurchase",
    formula=FORMULA,
    unit="ratio of rates",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
)
