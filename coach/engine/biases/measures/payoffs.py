"""The average win beside the average loss."""

import numpy as np

from coach.engine.features.context import Context
from coach.engine.features.history import CODES, History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_sums
from coach.engine.statistics.proportions import wilson
from coach.model.insights import Fact
from coach.model.trades import WinRate, win_rate


def count_outcomes(history: History, rows: Integers) -> WinRate:
    """Return the win rate of the trades."""
    outcomes, undecided = history.outcome[rows], history.undecided[rows]
    counted = {name: int(((outcomes == code) & ~undecided).sum()) for name, code in CODES.items()}
    return win_rate({**counted, "unknown": int(undecided.sum())})


def describe(currency: str, rate: WinRate, elsewhere: int) -> dict[str, Fact]:
    """Return what the sample holds."""
    return {
        "n": rate.decided,
        "wins": rate.wins,
        "losses": rate.losses,
        "break_even": rate.break_even,
        **({"unknown": rate.unknown} if rate.unknown else {}),
        "currency": currency,
        "trades_in_other_currencies": elsewhere,
    }


def payoff_ratio(net: Floats, won: Flags) -> float:
    """Return the average win over the average loss."""
    return float(net[won].mean() / -net[~won].mean())


def payoff_facts(
    rows: Integers, rate: WinRate, context: Context, seed: int
) -> tuple[dict[str, Fact], tuple[float, float]]:
    """Return the facts of the payoff, and the interval of its ratio."""
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
        "break_even_win_rate": words.significant(1 / (1 + payoff_ratio(net, won))),
    }, interval(draws)
