"""D3 Size escalation after losses (martingale).

r = ln(size / median of the last twenty entries). T = slope of r on the dose of losses (0 after a
winning close, 1 to 2.5 after the first to fourth losing close in a row), upper tail, against
shuffles inside strata of twelve closes; at least 0.10 (about 10 %) to matter.
Sources: Coval & Shumway (2005), J. Finance 60(1):1; Liu, Tsai, Wang & Zhu (2010), Management
Science, find the break-even effect beside house money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import OwnNumber, RuleAnswer
from coach.engine.biases.detector import CORE, Detector, YearTest
from coach.engine.biases.event import Larger, after_loss_text, larger_entries
from coach.engine.biases.words import PERCENT, Words

if TYPE_CHECKING:
    from coach.engine.biases.detector import Measurement, Window
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Floats
    from coach.model.insights import Cost, Tag

FORMULA = "size_after_loss@2"
SMALLEST_LOG_DIFFERENCE = 0.10


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare sizes after losses with sizes after wins."""
    from coach.engine.biases.measures.sizes.size_change import SizeAfter

    return SizeAfter(-1, SMALLEST_LOG_DIFFERENCE).measure(context, window, seed)


def evidence_of(context: Context, year: TradingYear) -> Floats:
    """Compare the sizes after twelve closes with shuffles of them."""
    from coach.engine.biases.year.sizes_after_closes import evidence

    return evidence(context, year, -1)


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Replay all entries after losses at the usual size."""
    from coach.engine.biases.measures.sizes.size_change import SizeAfter

    return SizeAfter(-1, SMALLEST_LOG_DIFFERENCE).cost(context, window, seed)


def tags(context: Context) -> list[Tag]:
    """Tag entries at 1.25 times the usual size or more that follow a losing close."""
    return larger_entries(context, Larger("size_after_loss", FORMULA, "loss"), context.outcome < 0)


WORDS = Words(
    name="larger entries after losses",
    unit=PERCENT,
    above="entries were {effect} larger after losses than after wins",
    below="entries were {effect} smaller after losses than after wins",
    claim=(
        "Entries were {effect} larger after losses than after wins, likely between "
        "{interval}, measured over {n}. The evidence level was {level}."
    ),
    counted=("closed trade", "closed trades"),
    supporting="entries after losses, larger than usual",
    opposing="",
    also=("sizeup_after_loss", "size_up_after_loss", "sizing_after_loss", "martingale"),
    tag=after_loss_text,
)

DETECTOR = Detector(
    bias="size_after_loss",
    formula=FORMULA,
    unit="relative difference in size",
    minimum=SMALLEST_LOG_DIFFERENCE,
    measure=measure,
    words=WORDS,
    cost=cost,
    tags=tags,
    weight=CORE,
    year=YearTest(0.020, evidence_of),
    answered_by=(
        RuleAnswer(
            "size_cap_after_losses",
            {"losses": 1, "ratio": 1.25},
            OwnNumber("ratio", "size_ratio", 0.1),
        ),
        RuleAnswer("max_size_vs_median", {"ratio": 2}),
    ),
)
