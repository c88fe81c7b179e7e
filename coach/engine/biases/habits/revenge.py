"""D2 Revenge trading: back in the market too soon after a loss, and larger.

For every losing or winning close (closes of one basket are one): was there an entry within 45
minutes after it (Q), and how large was the largest of them, r = ln(size / usual size) less the
trader's mean r, clipped to [-0.8, 0.8]? T = z(rate of Q after losses - after wins) + z(the same
for Q x r), against shuffles of losses and wins inside strata of twelve closes. The effect is the
difference in the rate of closes that were followed within 45 minutes by an entry at least a tenth
larger than usual (ln > 0.1), at least 0.05 to matter.
Soon alone is not revenge: who buys dips by rule is back sooner after a loss, because a loss is
a dip. So the flag asks for both: more often soon (z > 0.5), and entries soon after a loss that
are larger than all other entries, with a one-sided Welch p below 0.1.
Sources: Coval & Shumway (2005), J. Finance 60(1):1, for loss chasing among professionals; Imas
(2016), AER 106:2086, found less risk after realised losses, so this is a trader's own pattern
and never a universal. No paper gives the 45 minutes or the size: they are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.biases.answers import OwnNumber, RuleAnswer
from coach.engine.biases.detector import CORE, Detector, Measurement, YearTest
from coach.engine.biases.event import Larger, after_loss_text, larger_entries
from coach.engine.biases.words import PERCENTAGE_POINTS, Words

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Floats
    from coach.model.insights import Cost, Tag

FORMULA = "revenge@3"
SMALLEST_RATE_DIFFERENCE = 0.05
TAGGED = 1.1


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare how soon and how large entries came after losses and after wins."""
    import numpy as np

    from coach.engine.biases.closes import progress
    from coach.engine.biases.measures.quick_returns import floor_counts, judge, returns_after_closes
    from coach.engine.statistics.floors import still_needed

    returns = returns_after_closes(context, window)
    lost = returns.after_loss
    sample = floor_counts(context, window, returns)
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
        verdict=None if needed else judge(context, window, returns, seed),
        progress=progress(sample),
        against=returns.close[~returns.larger & lost],
    )


def evidence_of(context: Context, year: TradingYear) -> Floats:
    """Compare the quick, larger entries after twelve closes with draws from them."""
    from coach.engine.biases.year.returns_after_closes import evidence

    return evidence(context, year)


def cost(context: Context, window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price the entries soon after losses and larger than usual against all other entries."""
    import numpy as np

    from coach.engine.biases.cost_of_entries import cost_of_entries
    from coach.engine.biases.measures.quick_returns import returns_after_closes

    returns = returns_after_closes(context, window)
    showing = returns.larger & returns.after_loss
    return cost_of_entries(context, window, np.unique(returns.entry[showing]))


def tags(context: Context) -> list[Tag]:
    """Tag entries within 45 minutes after a losing close at 1.1 times the usual size or more."""
    import numpy as np

    from coach.engine.biases.measures.quick_returns import LONGEST_US, NOBODY
    from coach.engine.features.history import OPEN

    history = context.history
    lost = np.flatnonzero((history.closed_us != OPEN) & (history.outcome < 0))
    lost = lost[np.argsort(history.closed_us[lost], kind="stable")]
    place = np.searchsorted(history.closed_us[lost], history.opened_us, side="right")
    cause = np.concatenate([[NOBODY], lost])[place]
    since = history.opened_us - history.closed_us[cause]
    soon = (cause != NOBODY) & (cause != np.arange(len(history))) & (since <= LONGEST_US)
    kind = Larger("revenge", FORMULA, "loss", TAGGED)
    return larger_entries(context, kind, soon, cause)


WORDS = Words(
    name="quick entries after losses (revenge trading)",
    unit=PERCENTAGE_POINTS,
    above="quick, larger entries came {effect} more often after losses than after wins",
    below="quick, larger entries came {effect} less often after losses than after wins",
    claim=(
        "Quick, larger entries came {effect} more often after losses than after wins, "
        "likely between {interval}, measured over {n}. This is called revenge trading; "
        "the evidence level was {level}."
    ),
    counted=("closed trade", "closed trades"),
    supporting="larger entries soon after losses",
    opposing="losses that you let go",
    also=("revenge_trading", "loss_chasing"),
    tag=after_loss_text,
)

DETECTOR = Detector(
    bias="revenge",
    formula=FORMULA,
    unit="difference in rate",
    minimum=SMALLEST_RATE_DIFFERENCE,
    measure=measure,
    words=WORDS,
    cost=cost,
    tags=tags,
    weight=CORE,
    by_entry=True,
    year=YearTest(0.020, evidence_of),
    answered_by=(
        RuleAnswer(
            "cooldown_after_loss", {"minutes": 30}, OwnNumber("minutes", "minutes_after_loss", 0.9)
        ),
        RuleAnswer("size_cap_after_losses", {"losses": 1, "ratio": 1}),
    ),
)
