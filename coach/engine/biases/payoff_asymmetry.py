"""D14 Payoff asymmetry: how large wins are beside losses, and how often they come. A fact.

Average win / average loss after fees, with the share of wins among decided trades and the share
at which a trader of that ratio breaks even: 1 / (1 + ratio). The interval comes from whole days
drawn anew. No ratio is right or wrong by itself, so nothing is tested.
"""

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Window, by_quote, no_rows
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_sums
from coach.engine.statistics.floors import Counts, Sample, still_needed
from coach.engine.statistics.proportions import wilson
from coach.model.insights import Fact

FORMULA = "payoff_asymmetry@1"


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Set the average win beside the average loss, in the currency with the most trades."""
    history = context.history
    inside = window.holds(history.opened_us)
    decided = np.flatnonzero(inside & (history.closed_us != OPEN) & (history.outcome != 0))
    currency, rows = max(
        by_quote(context, decided), key=lambda one: len(one[1]), default=("", no_rows())
    )
    won = history.outcome[rows] > 0
    counts = Counts(int((~won).sum()), int(won.sum()))
    needed = still_needed(Sample(counts, counts, counts, int(inside.sum())))
    sample = _sample(currency, counts, len(decided) - len(rows))
    if needed:
        return Measurement(len(rows), needed, no_rows(), sample, None, progress=sample)
    facts, spread = _payoff(rows, won, history.net[rows], context, seed)
    return Measurement(
        n=len(rows),
        needed=0,
        affected=rows,
        sample=sample,
        verdict=None,
        facts={**facts, "currency": currency, "is": "a fact, not a habit"},
        effect=_ratio(history.net[rows], won),
        interval=spread,
    )


def _sample(currency: str, counts: Counts, elsewhere: int) -> dict[str, Fact]:
    return {
        "n": counts.closes,
        "wins": counts.wins,
        "losses": counts.losses,
        "currency": currency,
        "trades_in_other_currencies": elsewhere,
    }


def _ratio(net: Floats, won: Flags) -> float:
    return float(net[won].mean() / -net[~won].mean())


def _payoff(
    rows: Integers, won: Flags, net: Floats, context: Context, seed: int
) -> tuple[dict[str, Fact], tuple[float, float]]:
    ratio, share = _ratio(net, won), float(won.mean())
    columns = np.stack([net * won, won, -net * ~won, ~won], axis=1).astype(np.float64)
    sums = resampled_sums(day_blocks(context.history.opened_us[rows]), columns, seed)
    sums = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    draws = sums[:, 0] / sums[:, 1] / (sums[:, 2] / sums[:, 3])
    low, high = wilson(int(won.sum()), len(rows))
    return {
        "average_win": words.significant(float(net[won].mean())),
        "average_loss": words.significant(float(-net[~won].mean())),
        "win_rate": words.significant(share),
        "win_rate_low": words.significant(low),
        "win_rate_high": words.significant(high),
        "break_even_win_rate": words.significant(1 / (1 + ratio)),
    }, interval(draws)


DETECTOR = Detector(
    bias="payoff_asymmetry",
    formula=FORMULA,
    unit="average win / average loss",
    minimum=0.0,
    measure=measure,
    kind="fact",
)
