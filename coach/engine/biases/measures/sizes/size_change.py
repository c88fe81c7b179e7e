"""Whether size depends on how the last trade ended: what D3 and D4 share.

r = ln(size / median of the last twenty entries) for every entry; r is averaged per close and
compared inside strata of twelve closes. The trailing median lets an account grow or shrink
without looking like a habit. Who escalates does so the more the longer the run, so the dose of
a close is 0 after the other outcome and 1, 1.5, 2, 2.5 after the first to fourth in a row: one
number that neither a jump nor a steady climb escapes. The effect is the slope on the dose times
the mean dose, which is the mean difference for whoever only jumps. Where the trader's money is
known, size as a share of it must agree, and where candles cover the entries, size times the
volatility of the week before: a compounder and a volatility targeter are no gamblers.
"""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np

from coach.engine.biases.closes import Closes, described, floor_sample, followed_closes, progress
from coach.engine.biases.cost_of_size import cost_of_size
from coach.engine.biases.detector import Measurement, Verdict, Window
from coach.engine.features.context import FEWEST_BEFORE, Context
from coach.engine.features.sizes import log_risk, log_share_of_equity
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats
from coach.engine.statistics.bootstrap import around, error_of, resampled_ratios
from coach.engine.statistics.floors import FEWEST_COMPARED, still_needed
from coach.engine.statistics.permutation import dose_test
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import centred, slope
from coach.model.insights import Cost
from coach.values import dataclass

LONGEST_RUN = 4
DOSE_OF_ONE, DOSE_OF_FURTHER = 1.0, 0.5
SHARE_THAT_AGREES = 0.5
DRIFT = 0.04  # no habit is the same to the percent in every quarter; chosen on the lab


@dataclass(frozen=True, slots=True)
class SizeAfter:
    """One tail of the question: larger after losses, or larger after wins.

    `smallest` is the difference in log size that matters.
    """

    outcome: Literal[-1, 1]
    smallest: float

    def measure(self, context: Context, window: Window, seed: int) -> Measurement:
        """Compare sizes after this outcome with sizes after the other."""
        sized = _sized(context)
        closes = followed_closes(context, window, sized)
        sample = floor_sample(context, window, sized, closes, FEWEST_BEFORE)
        needed = still_needed(sample)
        entries = closes.entries
        larger = (context.outcome[entries] == self.outcome) & (context.log_size[entries] > 0)
        return Measurement(
            n=sample.compared.closes,
            needed=needed,
            affected=entries[larger],
            sample=described(sample, closes),
            verdict=None if needed else self._verdict(context, closes, seed),
            progress=progress(sample),
        )

    def cost(self, context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
        """Replay all entries after this outcome at the usual size."""
        inside = window.holds(context.history.opened_us)
        after = inside & _sized(context) & (context.outcome == self.outcome)
        return cost_of_size(context, window, np.flatnonzero(after), seed)

    def _verdict(self, context: Context, closes: Closes, seed: int) -> Verdict:
        marked = closes.after_loss if self.outcome < 0 else ~closes.after_loss
        size = closes.mean(context.log_size[closes.entries])
        doses = self.doses(context, closes)
        typical = float(doses[marked].mean())
        tested = dose_test(doses, size, closes.strata, seed)
        compared = slope(doses / typical, size, closes.strata)
        draws = resampled_ratios(closes.blocks, compared.numerators, compared.denominators, seed)
        difference = compared.difference()
        error = error_of(draws, compared.error(), len(np.unique(closes.blocks)))
        low, high = around(difference, math.hypot(error, DRIFT), max(compared.strata - 1, 1))
        return Verdict(
            p=tested.p,
            posterior=shrunk(difference, error, LOG_RATIO_SPREAD),
            effect=math.expm1(difference),
            interval=(math.expm1(low), math.expm1(high)),
            facts={
                "size_ratio_after_loss": _typical(size[closes.after_loss]),
                "size_ratio_after_win": _typical(size[~closes.after_loss]),
                "change_per_outcome_in_a_row": self._per_outcome(context, closes, size),
                "effect_size": words.effect_size(_standardised(difference, size, closes)),
                "permutations": tested.permutations,
            },
            holds=all(
                slope(doses[known] / typical, other[known], closes.strata[known]).difference()
                > SHARE_THAT_AGREES * self.smallest
                for other, known in _other_forms(context, closes)
            ),
        )

    def doses(self, context: Context, closes: Closes) -> Floats:
        """Return 0 after the other outcome, 1 to 2.5 after the first to fourth in a row, (n,)."""
        run = np.clip(context.streak[closes.next_entry] * self.outcome, 0, LONGEST_RUN)
        return np.where(run > 0, DOSE_OF_ONE + DOSE_OF_FURTHER * (run - 1), 0.0)

    def _per_outcome(self, context: Context, closes: Closes, size: Floats) -> float:
        """Return the relative change of size with each further outcome of this kind in a row."""
        run = np.clip(context.streak[closes.next_entry] * self.outcome, -LONGEST_RUN, LONGEST_RUN)
        change = slope(run.astype(np.float64), size, closes.strata).difference()
        return words.significant(math.expm1(change))


def _other_forms(context: Context, closes: Closes) -> Iterator[tuple[Floats, Flags]]:
    """Yield log size by the trader's money and by volatility, where known, with what is known."""
    for form in (log_share_of_equity(context.history), log_risk(context.history)):
        values = closes.mean(form[closes.entries])
        known = ~np.isnan(values)
        if known.sum() >= FEWEST_COMPARED:
            yield values, known


def _sized(context: Context) -> Flags:
    return ~np.isnan(context.log_size)


def _typical(log_sizes: Floats) -> float:
    return words.significant(math.exp(float(log_sizes.mean())))


def _standardised(difference: float, size: Floats, closes: Closes) -> float:
    """Return Cohen's d by the spread inside strata; without spread any difference is large."""
    spread = float(centred(size, closes.strata).std())
    return difference / spread if spread > 0 else math.copysign(math.inf, difference)
