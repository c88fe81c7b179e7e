"""D14 Payoff asymmetry: how large wins are beside losses, and how often they come. A fact.

Average win / average loss after fees, with the win rate (`model.trades.win_rate`) and the one at
which a trader of that ratio breaks even: 1 / (1 + ratio). The interval comes from whole days
drawn anew. No ratio is right or wrong by itself, so nothing is tested.
"""

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Window, by_quote, no_rows
from coach.engine.features.context import Context
from coach.engine.features.history import CODES, OPEN, History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_sums
from coach.engine.statistics.floors import Counts, Sample, still_needed
from coach.engine.statistics.proportions import wilson
from coach.model.insights import Fact
from coach.model.trades import WinRate, win_rate

FORMULA = "payoff_asymmetry@2"


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Set the average win beside the average loss, in the currency with the most trades."""
    history = context.history
    inside = window.holds(history.opened_us)
    closed = np.flatnonzero(inside & (history.closed_us != OPEN))
    decided = closed[history.outcome[closed] != 0]
    currency, rows = max(
        by_quote(context, decided), key=lambda one: len(one[1]), default=("", no_rows())
    )
    quote = history.quote[rows[0]] if len(rows) else -1
    rate = _rate(history, closed[history.quote[closed] == quote])
    counts = Counts(rate.losses, rate.wins)
    needed = still_needed(Sample(counts, counts, counts, int(inside.sum())))
    sample = _sample(currency, rate, len(decided) - len(rows))
    if needed:
        return Measurement(len(rows), needed, no_rows(), sample, None, progress=sample)
    facts, spread = _payoff(rows, rate, context, seed)
    return Measurement(
        n=len(rows),
        needed=0,
        affected=rows,
        sample=sample,
        verdict=None,
        facts={**facts, "currency": currency, "is": "a fact, not a habit"},
        effect=_ratio(history.net[rows], history.outcome[rows] > 0),
        interval=spread,
    )


def _rate(history: History, rows: Integers) -> WinRate:
    outcomes, undecided = history.outcome[rows], history.undecided[rows]
    counted = {name: int(((outcomes == code) & ~undecided).sum()) for name, code in CODES.items()}
    return win_rate({**counted, "unknown": int(undecided.sum())})


def _sample(currency: str, rate: WinRate, elsewhere: int) -> dict[str, Fact]:
    return {
        "n": rate.decided,
        "wins": rate.wins,
        "losses": rate.losses,
        "break_even": rate.break_even,
        **({"unknown": rate.unknown} if rate.unknown else {}),
        "currency": currency,
        "trades_in_other_currencies": elsewhere,
    }


def _ratio(net: Floats, won: Flags) -> float:
    return float(net[won].mean() / -net[~won].mean())


def _payoff(
    rows: Integers, rate: WinRate, context: Context, seed: int
) -> tuple[dict[str, Fact], tuple[float, float]]:
    net, won = context.history.net[rows], context.history.outcome[rows] > 0
    columns = np.stack([net * won, won, -net * ~won, ~won], axis=1).astype(np.float64)
    sums = resampled_sums(day_blocks(context.history.opened_us[rows]), columns, seed)
    sums = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    draws = sums[:, 0] / sums[:, 1] / (sums[:, 2] / sums[:, 3])
    low, high = wilson(rate.wins, rate.decided)
    return {
        "average_win": words.significant(float(net[won].mean())),
        "average_loss": words.significant(float(-net[~won].mean())),
        "win_rate": words.significant(float(rate.share or 0)),
        "win_rate_low": words.significant(low),
        "win_rate_high": words.significant(high),
        "break_even_win_rate": words.significant(1 / (1 + _ratio(net, won))),
    }, interval(draws)


DETECTOR = Detector(
    bias="payoff_asymmetry",
    formula=FORMULA,
    unit="average win / average loss",
    minimum=0.0,
    measure=measure,
    kind="fact",
)
