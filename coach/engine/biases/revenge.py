"""D2 Revenge trading: back in the market too soon after a loss, and larger.

For every losing or winning close, was the next entry quick (within tau = the smaller of 45
minutes and the trader's own 25th percentile after wins), and how large was it beside the usual
size? T = z(rate of quick entries after losses - after wins) + z(the same for quick x log size,
clipped to [-1, 1.5]), against shuffles of losses and wins inside strata of twelve closes. The
effect is the difference of the two rates, at least 0.05 to matter.
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
from coach.engine.features.context import Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import interval, resampled_ratios
from coach.engine.statistics.floors import still_needed
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import rate_difference
from coach.engine.statistics.strata import contrast
from coach.model.insights import Cost, Fact, Tag

FORMULA = "revenge@1"
MINUTE_US = 60_000_000
LONGEST_US = 45 * MINUTE_US
SMALLEST_RATE_DIFFERENCE = 0.05
SMALLEST_LOG, LARGEST_LOG = -1.0, 1.5
FIRST_TRADES = 1  # the first trade of all follows no close


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon and how large entries came after losses and after wins."""
    closes, soon_us = _closes(context, window)
    sample = floor_sample(context, window, _any_entry(context), closes, FIRST_TRADES)
    needed = still_needed(sample)
    quick = context.gap_us[closes.next_entry] <= soon_us
    return Measurement(
        n=sample.compared.closes,
        needed=needed,
        affected=closes.next_entry[quick & closes.after_loss],
        sample=described(sample, closes),
        verdict=None if needed else _verdict(context, closes, soon_us, seed),
        progress=progress(sample),
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the quick entries after losses against all other entries."""
    closes, soon_us = _closes(context, window)
    quick = context.gap_us[closes.next_entry] <= soon_us
    return cost_of_entries(context, window, closes.next_entry[quick & closes.after_loss], seed)


def tags(context: Context) -> list[Tag]:
    """Tag entries within 45 minutes after a losing close at 1.25 times the usual size or more."""
    soon = (context.gap_us >= 0) & (context.gap_us <= LONGEST_US)
    return larger_entries(context, Larger("revenge", FORMULA, "loss"), (context.outcome < 0) & soon)


def _any_entry(context: Context) -> Flags:
    return np.ones(len(context.history), np.bool_)


def _closes(context: Context, window: Window) -> tuple[Closes, float]:
    """Return the closes and tau in microseconds."""
    closes = followed_closes(context, window, _any_entry(context))
    after_wins = context.gap_us[closes.next_entry][~closes.after_loss]
    quartile = float(np.quantile(after_wins, 0.25)) if len(after_wins) else math.inf
    return closes, min(float(LONGEST_US), quartile)


def _verdict(context: Context, closes: Closes, soon_us: float, seed: int) -> Verdict:
    lost = closes.after_loss
    quick = (context.gap_us[closes.next_entry] <= soon_us).astype(np.float64)
    log_size = np.nan_to_num(context.log_size[closes.next_entry], nan=0.0)
    larger = quick * np.clip(log_size, SMALLEST_LOG, LARGEST_LOG)
    tested = stratified_test(lost, np.stack([quick, larger], axis=1), closes.strata, seed)
    compared = contrast(lost, quick, closes.strata)
    draws = resampled_ratios(closes.blocks, compared.numerators, compared.denominators, seed)
    rate, other = float(quick[lost].mean()), float(quick[~lost].mean())
    # the rate that wins of the same strata predict for the losses
    expected = min(1.0, max(0.0, rate - compared.difference()))
    return Verdict(
        p=tested.p,
        posterior=rate_difference(rate, int(lost.sum()), expected, int((~lost).sum())),
        effect=compared.difference(),
        interval=interval(draws),
        facts={
            "within_minutes": words.significant(soon_us / MINUTE_US),
            "rate_after_loss": words.significant(rate),
            "rate_after_win": words.significant(other),
            "size_ratio_after_loss": _typical_size(context, closes.next_entry, lost, quick),
            "size_ratio_after_win": _typical_size(context, closes.next_entry, ~lost, quick),
            "effect_size": words.effect_size(words.arcsine_difference(rate, expected)),
            "permutations": tested.permutations,
        },
    )


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
)
