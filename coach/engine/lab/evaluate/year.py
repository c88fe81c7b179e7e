"""A year of weekly looks: what a trader who opens coach every week is told at least once."""

from typing import NamedTuple

from coach.engine.lab import judge
from coach.engine.lab.evaluate.announced import announced
from coach.engine.lab.judge import Past
from coach.model.insights import Bias
from coach.model.times import WEEK_US

LOOKS = 52
SPAN_US = 50 * WEEK_US
"""So long from the first to the last fill is a year: nobody trades on its first and last day."""


class YearOfLooks(NamedTuple):
    """What was told and asked in any of 52 weekly looks, and in how many of them."""

    told: dict[Bias, int]
    asked: dict[Bias, int]


def year_of_looks(past: Past, days: int, first_us: int) -> YearOfLooks | None:
    """Return what the looks of the last year say, each over `days`; None for a shorter life.

    The product asks the same question each time: the last look is at the last fill.
    """
    if past.end_us - first_us < SPAN_US:
        return None
    found = YearOfLooks({}, {})
    for week in reversed(range(LOOKS)):
        for finding in judge.findings(past, days, past.end_us - week * WEEK_US):
            said = announced(finding)
            if said != "nothing":
                counts = found.told if said == "told" else found.asked
                counts[finding.bias] = counts.get(finding.bias, 0) + 1
    return found
