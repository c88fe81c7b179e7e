"""D2 Revenge trading: back in the market too soon after a loss, and larger.

For every losing or winning close: was there an entry within 45 minutes after it (Q), and how
large was the largest of them, r = ln(size / usual size) less the trader's mean r, clipped to
[-0.8, 0.8]? T = z(rate of Q after losses - after wins) + z(the same for Q x r), against shuffles
of losses and wins inside strata of twelve closes. The effect is the difference in the rate of
closes that were followed within 45 minutes by an entry at least a tenth larger than usual
(ln > 0.1), at least 0.05 to matter.
Soon alone is not revenge: who buys dips by rule is back sooner after a loss, because a loss is
a dip. So the flag asks for both: more often soon (z > 0.5), and entries soon after a loss that
are larger than all other entries, with a one-sided Welch p below 0.1.
Sources: Coval & Shumway (2005), J. Finance 60(1):1, for loss chasing among professionals; Imas
(2016), AER 106:2086, found less risk after realised losses, so this is a trader's own pattern
and never a universal. No paper gives the 45 minutes or the size: they are ours.
"""

import math
from dataclasses import dataclass

import numpy as np

from coach.engine.biases.closes import counts, months, progress
from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detector import CORE, Detector, Measurement, Verdict, Window
from coach.engine.biases.event import Larger, larger_entries
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import around, day_blocks, error_of, resampled_ratios
from coach.engine.statistics.floors import Sample, still_needed
from coach.engine.statistics.normal import above
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import rate_difference
from coach.engine.statistics.strata import consecutive, contrast, informative
from coach.model.insights import Cost, Fact, Tag

FORMULA = "revenge@2"
MINUTE_US = 60_000_000
LONGEST_US = 45 * MINUTE_US
SMALLEST_RATE_DIFFERENCE = 0.05
LARGER_LOG, MOST_LOG = 0.1, 0.8
SURELY_LARGER, OFTENER = 0.1, 0.5
FEWEST_FOR_A_SPREAD = 3
TAGGED = 1.1
NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Decided closes in order of closing, one row each (n,), and the largest entry soon after.

    `close` is the row of the close in the history, `entry` that of the entry, -1 where there was
    none within 45 minutes. `log_size` is its size beside the trader's mean, 0 where there was no
    entry or nobody knows what was usual.
    """

    close: Integers
    after_loss: Flags
    strata: Integers
    blocks: Integers
    entry: Integers
    log_size: Floats
    larger: Flags

    @property
    def soon(self) -> Flags:
        """Whether there was an entry within 45 minutes, (n,)."""
        soon: Flags = self.entry != NOBODY
        return soon


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon and how large entries came after losses and after wins."""
    returns = _returns(context, window)
    lost = returns.after_loss
    sample = _sample(context, window, returns)
    needed = still_needed(sample)
    return Measurement(
        n=sample.compared.closes,
        needed=needed,
        affected=np.unique(returns.entry[returns.larger & lost]),
        sample={
            "n": sample.compared.closes,
            "losses": sample.compared.losses,
            "wins": sample.compared.wins,
            "strata": len(np.unique(returns.strata)),
        },
        verdict=None if needed else _verdict(context, window, returns, seed),
        progress=progress(sample),
        against=returns.close[~returns.larger & lost],
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the entries soon after losses and larger than usual against all other entries."""
    returns = _returns(context, window)
    showing = returns.larger & returns.after_loss
    return cost_of_entries(context, window, np.unique(returns.entry[showing]), seed)


def tags(context: Context) -> list[Tag]:
    """Tag entries within 45 minutes after a losing close at 1.1 times the usual size or more."""
    history = context.history
    lost = np.flatnonzero((history.closed_us != OPEN) & (history.outcome < 0))
    lost = lost[np.argsort(history.closed_us[lost], kind="stable")]
    place = np.searchsorted(history.closed_us[lost], history.opened_us, side="right")
    cause = np.concatenate([[NOBODY], lost])[place]
    since = history.opened_us - history.closed_us[cause]
    soon = (cause != NOBODY) & (cause != np.arange(len(history))) & (since <= LONGEST_US)
    kind = Larger("revenge", FORMULA, "loss", TAGGED)
    return larger_entries(context, kind, soon, cause)


def _returns(context: Context, window: Window) -> Returns:
    history = context.history
    decided = (history.closed_us != OPEN) & (history.outcome != 0)
    closes = np.flatnonzero(decided & window.holds(history.closed_us))
    closes = closes[np.argsort(history.closed_us[closes], kind="stable")]
    closed_us = history.closed_us[closes]
    sizes = np.nan_to_num(context.log_size, nan=-math.inf)
    entry = _largest(sizes, history.opened_us, closed_us)
    soon = entry != NOBODY
    known = soon & np.isfinite(sizes[entry])
    own = context.log_size[window.holds(history.opened_us)]
    usual = float(np.nanmean(own)) if np.isfinite(own).any() else 0.0
    size = np.clip(sizes[entry] - usual, -MOST_LOG, MOST_LOG)
    return Returns(
        close=closes,
        after_loss=history.outcome[closes] < 0,
        strata=consecutive(months(closed_us)),
        blocks=day_blocks(closed_us),
        entry=entry,
        log_size=np.where(known, size, 0.0),
        larger=known & (sizes[entry] > LARGER_LOG),
    )


def _largest(sizes: Floats, opened_us: Integers, closed_us: Integers) -> Integers:
    """Return the row of the largest entry within 45 minutes after each close, the first of equals.

    Entries at the very instant of the close count; -1 where there is none.
    """
    first = np.searchsorted(opened_us, closed_us, side="left")
    past = np.searchsorted(opened_us, closed_us + LONGEST_US, side="right")
    found = np.full(len(closed_us), NOBODY, np.int64)
    for place in np.flatnonzero(past > first).tolist():
        row = int(first[place])
        found[place] = row + int(np.argmax(sizes[row : int(past[place])]))
    return found


def _sample(context: Context, window: Window, returns: Returns) -> Sample:
    lost, strata = returns.after_loss, returns.strata
    useful = informative(lost, strata)
    newest = strata == strata.max(initial=0)
    return Sample(
        seen=counts(lost),
        compared=counts(lost[useful]),
        in_reach=counts(lost[useful | newest]),
        entries=int(window.holds(context.history.opened_us).sum()),
    )


def _verdict(context: Context, window: Window, returns: Returns, seed: int) -> Verdict:
    lost, strata = returns.after_loss, returns.strata
    soon, larger = returns.soon.astype(np.float64), returns.larger.astype(np.float64)
    columns = np.stack([soon, soon * returns.log_size], axis=1)
    tested = stratified_test(lost, columns, strata, seed)
    compared, oftener = contrast(lost, larger, strata), contrast(lost, soon, strata)
    draws = resampled_ratios(returns.blocks, compared.numerators, compared.denominators, seed)
    error = error_of(draws, compared.error(), len(np.unique(returns.blocks)))
    rate, other = float(larger[lost].mean()), float(larger[~lost].mean())
    # the rate that wins of the same strata predict for the losses
    expected = min(1.0, max(0.0, rate - compared.difference()))
    quick, rest = _soon_after_a_loss(context, window)
    return Verdict(
        p=tested.p,
        posterior=rate_difference(rate, int(lost.sum()), expected, int((~lost).sum())),
        effect=compared.difference(),
        interval=around(compared.difference(), error),
        facts={
            "within_minutes": words.significant(LONGEST_US / MINUTE_US),
            "rate_after_loss": words.significant(rate),
            "rate_after_win": words.significant(other),
            "soon_after_loss": words.significant(float(soon[lost].mean())),
            "soon_after_win": words.significant(float(soon[~lost].mean())),
            "size_ratio_after_loss": _typical(quick),
            "size_ratio_of_others": _typical(rest),
            "effect_size": words.effect_size(words.arcsine_difference(rate, expected)),
            "permutations": tested.permutations,
        },
        holds=oftener.difference() > OFTENER * oftener.error()
        and larger_than(quick, rest) < SURELY_LARGER,
    )


def _soon_after_a_loss(context: Context, window: Window) -> tuple[Floats, Floats]:
    """Return the log sizes of the entries within 45 minutes after a losing close, and of others."""
    history = context.history
    losses = np.sort(history.closed_us[(history.closed_us != OPEN) & (history.outcome < 0)])
    known = window.holds(history.opened_us) & ~np.isnan(context.log_size)
    opened_us, sizes = history.opened_us[known], context.log_size[known]
    before = np.searchsorted(losses, opened_us, side="right")
    since = opened_us - np.concatenate([[-LONGEST_US * 2], losses])[before]
    quick = (before > 0) & (since <= LONGEST_US)
    return sizes[quick], sizes[~quick]


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


def _typical(log_sizes: Floats) -> Fact:
    """Return the geometric mean size ratio, None of nothing."""
    return words.significant(math.exp(float(log_sizes.mean()))) if len(log_sizes) else None


DETECTOR = Detector(
    bias="revenge",
    formula=FORMULA,
    unit="difference in rate",
    minimum=SMALLEST_RATE_DIFFERENCE,
    measure=measure,
    cost=cost,
    tags=tags,
    weight=CORE,
    by_entry=True,
)
