"""Whether size depends on how the last trade ended: what D3 and D4 share.

r = ln(size / median of the last twenty entries) for every entry; r is averaged per close and
compared between losing and winning closes, inside strata of twelve closes. The trailing median
lets an account grow or shrink without looking like a habit. The dose is the slope of r on the
run of outcomes, at most four long.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coach.engine.biases.closes import Closes, described, floor_sample, followed_closes, progress
from coach.engine.biases.cost_of_size import cost_of_size
from coach.engine.biases.detector import Measurement, Verdict, Window
from coach.engine.features.context import FEWEST_BEFORE, Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats
from coach.engine.statistics.bootstrap import interval, resampled_ratios
from coach.engine.statistics.floors import still_needed
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import centred, contrast
from coach.model.insights import Cost

SMALLEST_LOG_DIFFERENCE = 0.10
LONGEST_RUN = 4


@dataclass(frozen=True, slots=True)
class SizeAfter:
    """One tail of the question: larger after losses, or larger after wins."""

    outcome: Literal[-1, 1]

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
        tested = stratified_test(marked, size[:, None], closes.strata, seed)
        compared = contrast(marked, size, closes.strata)
        draws = resampled_ratios(closes.blocks, compared.numerators, compared.denominators, seed)
        difference, (low, high) = compared.difference(), interval(draws)
        return Verdict(
            p=tested.p,
            posterior=shrunk(
                difference, max(compared.error(), float(draws.std())), LOG_RATIO_SPREAD
            ),
            effect=math.expm1(difference),
            interval=(math.expm1(low), math.expm1(high)),
            facts={
                "size_ratio_after_loss": _typical(size[closes.after_loss]),
                "size_ratio_after_win": _typical(size[~closes.after_loss]),
                "change_per_outcome_in_a_row": self._dose(context, closes, size),
                "effect_size": words.effect_size(_standardised(difference, size, closes)),
                "permutations": tested.permutations,
            },
        )

    def _dose(self, context: Context, closes: Closes, size: Floats) -> float:
        """Return the relative change of size with each further outcome of this kind in a row."""
        run = np.clip(context.streak[closes.next_entry] * self.outcome, -LONGEST_RUN, LONGEST_RUN)
        middle = centred(run.astype(np.float64), closes.strata)
        spread = float((middle**2).sum())
        return words.significant(math.expm1(float((middle * size).sum()) / spread))


def _sized(context: Context) -> Flags:
    return ~np.isnan(context.log_size)


def _typical(log_sizes: Floats) -> float:
    return words.significant(math.exp(float(log_sizes.mean())))


def _standardised(difference: float, size: Floats, closes: Closes) -> float:
    """Return Cohen's d by the spread inside strata; without spread any difference is large."""
    spread = float(centred(size, closes.strata).std())
    return difference / spread if spread > 0 else math.copysign(math.inf, difference)
