"""D2 Revenge trading: back in the market too soon after a loss, and larger.

For every losing or winning close: was the next entry quick (within 45 minutes), and by how much
was it larger than usual? w = clip(ln(size / usual) - 0.1, 0, 0.6) of a quick entry, 0 of a slow
one. T = mean w after losses - after wins, against shuffles of losses and wins inside strata of
twelve closes. The effect is the difference in the rate of quick entries that are at least a
tenth larger (ln > 0.1), at least 0.05 to matter.
Soon alone is not revenge: who buys dips by rule is back sooner after a loss, because a loss is
a dip. So the quick entries after losses must also be larger than the trader's other entries,
with a one-sided Welch p below 0.05.
Sources: Coval & Shumway (2005), J. Finance 60(1):1, for loss chasing among professionals; Imas
(2016), AER 106:2086, found less risk after realised losses, so this is a trader's own pattern
and never a universal. No paper gives the 45 minutes or the size: they are ours.
"""

import math

import numpy as np

from coach.engine.biases.closes import Closes, described, floor_sample, followed_closes, progress
from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window
from coach.engine.biases.event import Larger, larger_entries
from coach.engine.features.context import FEWEST_BEFORE, Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import interval, resampled_ratios
from coach.engine.statistics.floors import still_needed
from coach.engine.statistics.normal import above
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import rate_difference
from coach.engine.statistics.strata import contrast
from coach.model.insights import Cost, Fact, Tag

FORMULA = "revenge@2"
MINUTE_US = 60_000_000
LONGEST_US = 45 * MINUTE_US
SMALLEST_RATE_DIFFERENCE = 0.05
LARGER_LOG, MOST_BEYOND = 0.1, 0.6
UNSURE = 0.05
FEWEST_FOR_A_SPREAD = 3


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon and how large entries came after losses and after wins."""
    sized = _sized(context)
    closes = followed_closes(context, window, sized)
    sample = floor_sample(context, window, sized, closes, FEWEST_BEFORE)
    needed = still_needed(sample)
    showing = _quick_and_larger(context, closes)
    lost = closes.after_loss
    return Measurement(
        n=sample.compared.closes,
        needed=needed,
        affected=closes.next_entry[showing & lost],
        sample=described(sample, closes),
        verdict=None if needed else _verdict(context, closes, seed),
        progress=progress(sample),
        against=closes.next_entry[~showing & lost],
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the quick, larger entries after losses against all other entries."""
    closes = followed_closes(context, window, _sized(context))
    showing = _quick_and_larger(context, closes) & closes.after_loss
    return cost_of_entries(context, window, closes.next_entry[showing], seed)


def tags(context: Context) -> list[Tag]:
    """Tag entries within 45 minutes after a losing close at 1.25 times the usual size or more."""
    soon = (context.gap_us >= 0) & (context.gap_us <= LONGEST_US)
    return larger_entries(context, Larger("revenge", FORMULA, "loss"), (context.outcome < 0) & soon)


def _sized(context: Context) -> Flags:
    return ~np.isnan(context.log_size)


def _quick(context: Context, closes: Closes) -> Flags:
    quick: Flags = context.gap_us[closes.next_entry] <= LONGEST_US
    return quick


def _quick_and_larger(context: Context, closes: Closes) -> Flags:
    larger = context.log_size[closes.next_entry] > LARGER_LOG
    return _quick(context, closes) & larger


def _verdict(context: Context, closes: Closes, seed: int) -> Verdict:
    lost, log_size = closes.after_loss, context.log_size[closes.next_entry]
    quick = _quick(context, closes).astype(np.float64)
    showing = _quick_and_larger(context, closes).astype(np.float64)
    beyond = quick * np.clip(log_size - LARGER_LOG, 0.0, MOST_BEYOND)
    tested = stratified_test(lost, beyond[:, None], closes.strata, seed)
    compared = contrast(lost, showing, closes.strata)
    draws = resampled_ratios(closes.blocks, compared.numerators, compared.denominators, seed)
    rate, other = float(showing[lost].mean()), float(showing[~lost].mean())
    # the rate that wins of the same strata predict for the losses
    expected = min(1.0, max(0.0, rate - compared.difference()))
    after_loss = lost & (quick > 0)
    return Verdict(
        p=tested.p,
        posterior=rate_difference(rate, int(lost.sum()), expected, int((~lost).sum())),
        effect=compared.difference(),
        interval=interval(draws),
        facts={
            "within_minutes": words.significant(LONGEST_US / MINUTE_US),
            "rate_after_loss": words.significant(rate),
            "rate_after_win": words.significant(other),
            "quick_after_loss": words.significant(float(quick[lost].mean())),
            "quick_after_win": words.significant(float(quick[~lost].mean())),
            "size_ratio_after_loss": _typical_size(context, closes.next_entry, lost, quick),
            "size_ratio_after_win": _typical_size(context, closes.next_entry, ~lost, quick),
            "effect_size": words.effect_size(words.arcsine_difference(rate, expected)),
            "permutations": tested.permutations,
        },
        holds=larger_than(log_size[after_loss], log_size[~after_loss]) < UNSURE,
    )


def larger_than(sizes: Floats, others: Floats) -> float:
    """Return the one-sided p that the first mean is larger; 1 with fewer than three of each.

    Source: Welch (1947), Biometrika 34:28, in its normal limit.
    """
    if min(len(sizes), len(others)) < FEWEST_FOR_A_SPREAD:
        return 1.0
    variance = sizes.var(ddof=1) / len(sizes) + others.var(ddof=1) / len(others)
    difference = float(sizes.mean() - others.mean())
    if variance == 0:
        return float(difference <= 0)
    return above(difference / math.sqrt(variance))


def _typical_size(context: Context, entries: Integers, ended: Flags, quick: Floats) -> Fact:
    """Return the geometric mean size ratio of the quick entries after that outcome."""
    sizes = context.log_size[entries[ended & (quick > 0)]]
    sizes = sizes[~np.isnan(sizes)]
    return words.significant(math.exp(float(sizes.mean()))) if len(sizes) else None


DETECTOR = Detector(
    bias="revenge",
    formula=FORMULA,
    unit="difference in rate",
    minimum=SMALLEST_RATE_DIFFERENCE,
    measure=measure,
    cost=cost,
    tags=tags,
    by_entry=True,
)
