"""No new trades while the drawdown from the peak of the last days is at or over the limit.

The equity curve is the running sum of net results as closing fills realised them. Its peak is the
highest point of the `days` before the entry, so the rule ends by itself. A limit in percent is a
share of the declared equity plus that sum, at the peak.

With a `floor` the drawdown is that of a prop-firm account since its first day, in one of the four
ways in which programmes count it; a limit in percent is then a share of the starting balance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds.kind import A_WEEK_OF_DAYS, Kind, LookBack, every_trade
from coach.engine.rules.loss_facts import loss_needs, loss_texts, promised_loss
from coach.engine.rules.params import (
    LIMIT,
    count,
    duration_in,
    goes_without,
    limits,
    number,
    whole,
)
from coach.engine.rules.programmes.params import (
    FLOOR_PARAMS,
    HIGHEST,
    LOOSER,
    days_text,
    floor_of,
    lock_text,
)
from coach.model.times import DAY_US
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.loss_facts import LossFacts, ShareFacts
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags


def hits(params: Params, ground: Ground) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield each entry made in too deep a drawdown, with its depth."""
    from coach.engine.rules.programmes.floors import below_the_floor

    floor = floor_of(params)
    if floor is None:
        yield from _below_the_peak(params, ground)
    else:
        yield from below_the_floor(params, floor, ground)


def _below_the_peak(params: Params, ground: Ground) -> Iterator[Hit[LossFacts | ShareFacts]]:
    import numpy as np

    from coach.engine.rules.money_limits import Stretch, currencies, reached, starting_balance
    from coach.engine.statistics.highest import highest

    history = ground.history
    for quote, rows in currencies(params, ground):
        sums = ground.nets(quote)
        horizon = history.opened_us[rows] - count(params, "days") * DAY_US
        end = sums.known(history.opened_us[rows])
        since = np.minimum(np.searchsorted(sums.at_us, horizon, side="right"), end)
        best = highest(sums.floats, since, end)
        money = starting_balance(params, ground)
        equity = None if money is None else money + sums.floats[best]
        stretch = Stretch(history.quotes[quote], rows, sums, best, end)
        yield from reached(params, ground, stretch, equity)


def looks_back(params: Params) -> LookBack:
    """Return the days that the best is looked for in; all of them for a percent or a floor."""
    if "percent" in params or "floor" in params:
        return LookBack(None, 0)
    return LookBack(max(A_WEEK_OF_DAYS, count(params, "days") + 1), 0)


def needs(params: Params) -> frozenset[Need]:
    """Return what the limit needs, candles and orders for open profit, and the zone of days."""
    from coach.engine.rules.kinds.catalogue import OPEN_PROFIT

    floor, wanted = floor_of(params), set(loss_needs(params))
    if floor == "intraday":
        wanted |= OPEN_PROFIT
    if floor and "zone" not in params and (floor == "end_of_day" or "since" in params):
        wanted.add("zone")
    return frozenset(wanted)


def judged(params: Params, ground: Ground) -> Flags:
    """Say which trades can be judged, (n,): where open profit counts, those before any blind spot.

    A trade whose beginning or end no candle saw may have reached a best that nobody knows, so the
    verdict of the day on which they were read stands for all later entries.
    """
    from coach.engine.rules.programmes.open_profit import before_any_blind_spot

    if floor_of(params) != "intraday":
        return every_trade(params, ground)
    return before_any_blind_spot(ground.history)


def vacuous(params: Params) -> str:
    """Return why a floor cannot be meant so, empty where it can."""
    if floor_of(params) == "static" and "locks_at" in params:
        return "a static floor never rises, so it has no locks_at"
    return ""


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    floor = floor_of(params)
    if floor is not None:
        limit_of = promised_loss(params, "the starting balance")
        much = f"No new trades while drawdown from {HIGHEST[floor]} exceeds {limit_of}"
        return f"{much}{lock_text(params)}{days_text(params)}"
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
        "days": goes_without(
            "floor",
            {
                **duration_in("days", whole("lookback for the peak, in days", 1, 3_650)),
                "default": 30,
            },
        ),
        **FLOOR_PARAMS,
    },
    one_of=LIMIT,
    optional=("currency", *FLOOR_PARAMS),
    help=(
        "amount: of drawdown, or percent: of peak equity,",
        "days: lookback for the peak (30); or floor: static,",
        "end_of_day, closed or intraday, its locks_at: 0,",
        "reset: 17:00, zone: UTC, since: 2026-11-01 and",
        "account_size: for percent",
    ),
    sentence=sentence,
    breach="drawdown {lost} (limit {limit})",
    texts=loss_texts,
    needs=needs,
    looks_back=looks_back,
    judged=judged,
    looser={
        "amount": "up",
        "percent": "up",
        "currency": "ask",
        "days": "down",
        **{name: LOOSER[name] for name in FLOOR_PARAMS},
    },
    loosens=None,
    threshold="amount",
    scale=None,
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=False,
)
