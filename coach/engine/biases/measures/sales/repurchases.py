"""How soon sold symbols were bought back after gains and after losses."""

import math

import numpy as np

from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.measures.sales.spells import Pieces, Spells, States, states
from coach.engine.features.context import Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats
from coach.engine.statistics.bootstrap import interval
from coach.engine.statistics.distributions.normal import above
from coach.engine.statistics.floors import ComparisonSample, Counts
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.rate_ratio import rate_ratio
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import informative
from coach.model.insights import Fact


def describe(found: Spells) -> dict[str, Fact]:
    """Return what the sample holds."""
    return {
        "n": len(found.rows),
        "gains": int(found.gain.sum()),
        "losses": int((~found.gain).sum()),
        "bought_back": int(found.bought.sum()),
        "planned_sales": found.planned,
    }


def floor_counts(context: Context, window: Window, found: Spells) -> ComparisonSample:
    """Return the sales that were seen and that can be compared, beside what the floor asks."""
    useful = informative(found.gain, found.strata)
    seen = _counts(found.gain)
    entries = int(window.holds(context.history.opened_us).sum())
    return ComparisonSample(seen, _counts(found.gain[useful]), seen, entries)


def _counts(gain: Flags) -> Counts:
    gains = int(gain.sum())
    return Counts(len(gain) - gains, gains)


def judge(context: Context, found: Spells, seed: int) -> Verdict:
    """Return the ratio of the rates with its test, and the facts beside it."""
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
