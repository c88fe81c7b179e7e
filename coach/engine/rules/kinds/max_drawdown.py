"""No new trades while the drawdown from the peak of the last days is at or over the limit.

The equity curve is the running sum of net results as closing fills realised them. Its peak is the
highest point of the `days` before the entry, so the rule ends by itself. A limit in percent is a
share of the declared equity plus that sum, at the peak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds.kind import A_WEEK_OF_DAYS, Kind, LookBack, every_trade, no_reason
from coach.engine.rules.loss_facts import loss_needs, loss_texts, promised_loss
from coach.engine.rules.params import LIMIT, count, duration_in, limits, number, whole
from coach.model.times import DAY_US
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.loss_facts import LossFacts, ShareFacts
    from coach.engine.rules.params import Params
    from coach.engine.rules.realised_sums import RealisedSums
    from coach.engine.statistics.arrays import Integers


def hits(params: Params, ground: Ground) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield each entry made in too deep a drawdown, with its depth."""
    import numpy as np

    from coach.engine.rules.money_limits import Stretch, currencies, reached

    history = ground.history
    for quote, rows in currencies(params, ground):
        sums = ground.nets(quote)
        horizon = history.opened_us[rows] - count(params, "days") * DAY_US
        end = sums.known(history.opened_us[rows])
        since = np.minimum(np.searchsorted(sums.at_us, horizon, side="right"), end)
        best = highest(sums, since, end)
        money = ground.start_equity
        equity = None if money is None else money + sums.floats[best]
        stretch = Stretch(history.quotes[quote], rows, sums, best, end)
        yield from reached(params, ground, stretch, equity)


def highest(sums: RealisedSums, first: Integers, last: Integers) -> Integers:
    """Return where in [first, last] the running sum is highest, (n,); a sparse table."""
    import numpy as np

    values = sums.floats
    level = np.arange(len(values))
    levels = [level]
    width = 1
    while 2 * width <= len(values):
        left, right = level[:-width], level[width:]
        level = np.where(values[right] > values[left], right, left)
        levels.append(level)
        width *= 2
    spans = last - first + 1
    powers = np.frexp(spans)[1] - 1
    best = np.empty(len(first), np.int64)
    for power, table in enumerate(levels):
        rows = np.flatnonzero(powers == power)
        left, right = table[first[rows]], table[last[rows] - (1 << power) + 1]
        best[rows] = np.where(values[right] > values[left], right, left)
    return best


def looks_back(params: Params) -> LookBack:
    """Return the days that the best is looked for in; all of them for a limit in percent."""
    days = None if "percent" in params else max(A_WEEK_OF_DAYS, count(params, "days") + 1)
    return LookBack(days, 0)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    peak = f"the {limit(number(params, 'days'))}-day equity peak"
    if "percent" in params:
        return f"No new trades while drawdown exceeds {promised_loss(params, peak)}"
    return f"No new trades while drawdown from {peak} exceeds {promised_loss(params, peak)}"


KIND = Kind(
    name="max_drawdown",
    version=2,
    title="A maximum drawdown from the peak of the last days",
    params={
        **limits(
            "drawdown that ends new trades, of the sum of net results from its peak",
            "drawdown that ends new trades, in percent of peak equity",
        ),
        "days": {
            **duration_in("days", whole("lookback for the peak, in days", 1, 3_650)),
            "default": 30,
        },
    },
    one_of=LIMIT,
    optional=("currency",),
    help=("amount: of drawdown, or percent: of peak equity,", "days: lookback for the peak (30)"),
    sentence=sentence,
    breach="drawdown {lost} (limit {limit})",
    texts=loss_texts,
    needs=loss_needs,
    looks_back=looks_back,
    judged=every_trade,
    looser={"amount": "up", "percent": "up", "currency": "ask", "days": "down"},
    loosens=None,
    threshold="amount",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
