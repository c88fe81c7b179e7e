"""How strong the evidence of a trading year is, and whether it has reached what it takes.

E starts at 1 with each trading year and is multiplied block by block (`e_values`). What
it takes is 1 / alpha, alpha the habit's share of one chance in ten a year that anything false is
said. E that has reached it stays evidence for the rest of that year and the year after: so the
chance is the same however often it is looked at (Ville's inequality is about the highest value),
and no anniversary unsays what was shown. Nothing is remembered; all is computed from the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.year.e_values import running_products
from coach.engine.biases.year.span import years
from coach.engine.statistics.words import significant
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.engine.biases.detector import YearTest
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.model.insights import Fact


@dataclass(frozen=True, slots=True)
class YearEvidence:
    """`highest` is the highest E so far in `blocks` ended blocks, `needed` what it takes."""

    start_us: int
    highest: float
    blocks: int
    needed: float

    @property
    def reached(self) -> bool:
        """Whether the evidence has reached what it takes."""
        return self.highest >= self.needed

    def facts(self) -> dict[str, Fact]:
        """Return what a finding tells of it."""
        return {
            "year_evidence": significant(self.highest),
            "year_evidence_needed": significant(self.needed),
            "year_blocks": self.blocks,
        }


def year_evidence(context: Context, test: YearTest, end_us: int) -> YearEvidence:
    """Return the evidence of the trading year under way at `end_us`.

    Where that has not reached what it takes and the year before had, that of the year before.
    """
    first_us = int(context.history.opened_us[0])
    newest, *before = years(first_us, end_us)
    now = _of(context, test, newest)
    if now.reached or not before:
        return now
    then = _of(context, test, before[0])
    return then if then.reached else now


def _of(context: Context, test: YearTest, year: TradingYear) -> YearEvidence:
    products = running_products(test.evidence(context, year))
    highest = max(1.0, float(products.max(initial=1.0)))
    return YearEvidence(year.start_us, highest, len(products), 1 / test.alpha)
