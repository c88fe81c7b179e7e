"""Entries soon after decided closes, and how large they were."""

import math

import numpy as np

from coach.engine.biases.closes import counts, months
from coach.engine.biases.detector import Verdict, Window
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import around, day_blocks, error_of, resampled_ratios
from coach.engine.statistics.distributions.normal import above
from coach.engine.statistics.floors import ComparisonSample
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import rate_difference
from coach.engine.statistics.strata import consecutive, contrast, informative
from coach.model.insights import Fact
from coach.model.times import MINUTE_US
from coach.values import dataclass

LONGEST_US = 45 * MINUTE_US
LARGER_LOG, MOST_LOG = 0.1, 0.8
SURELY_LARGER, OFTENER = 0.1, 0.5  # chosen on the lab
FEWEST_FOR_A_SPREAD = 3
NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Closes in order of closing, one row per event (n,), and the largest entry soon after each.

    Closes at most 45 minutes apart, without an entry between them, are one event: a basket that
    was sold together, or parts of one retreat. It is a loss where their returns add up to one.
    `close` is the row of its last close in the history, `entry` that of the entry, -1 where there
    was none within 45 minutes of it. `log_size` is its size beside the trader's mean, 0 where there
    was no entry or nobody knows what was usual.
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


def returns_after_closes(context: Context, window: Window) -> Returns:
    """Return the closing events of the window with the largest entry soon after each."""
    history = context.history
    decided = (history.closed_us != OPEN) & (history.outcome != 0)
    closes = np.flatnonzero(decided & window.holds(history.closed_us))
    closes, made = _events(context, closes[np.argsort(history.closed_us[closes], kind="stable")])
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
        after_loss=made < 0,
        strata=consecutive(months(closed_us)),
        blocks=day_blocks(closed_us),
        entry=entry,
        log_size=np.where(known, size, 0.0),
        larger=known & (sizes[entry] > LARGER_LOG),
    )


def _events(context: Context, closes: Integers) -> tuple[Integers, Floats]:
    """Return the last close of each event, and what the event returned; `closes` are in order.

    Events whose returns cancel out are left out.
    """
    history = context.history
    if not len(closes):
        return closes, np.zeros(0)
    closed_us = history.closed_us[closes]
    entered = np.searchsorted(history.opened_us, closed_us, side="left")
    apart = (np.diff(closed_us) > LONGEST_US) | (np.diff(entered) > 0)
    event = np.concatenate([[0], np.cumsum(apart)])
    made = np.bincount(event, weights=history.net[closes] / _money(history, closes))
    last = np.flatnonzero(np.append(apart, True))
    decided = made != 0
    return closes[last[decided]], made[decided]


def _money(history: History, rows: Integers) -> Floats:
    """Return the notional of the trades, 1 where it is 0 and says nothing."""
    notional = history.notional[rows]
    return np.where(notional > 0, notional, 1.0)


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


def floor_counts(context: Context, window: Window, returns: Returns) -> ComparisonSample:
    """Return the closes that were seen and that can be compared, beside what the floor asks."""
    lost, strata = returns.after_loss, returns.strata
    useful = informative(lost, strata)
    newest = strata == strata.max(initial=0)
    return ComparisonSample(
        seen=counts(lost),
        compared=counts(lost[useful]),
        in_reach=counts(lost[useful | newest]),
        entries=int(window.holds(context.history.opened_us).sum()),
    )


def judge(context: Context, window: Window, returns: Returns, seed: int) -> Verdict:
    """Return the difference in rate with its test, and the facts beside it."""
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
