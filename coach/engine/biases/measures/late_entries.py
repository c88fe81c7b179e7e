"""Which entries came late by the trader's own clock or in a session."""

import numpy as np

from coach.engine.biases.detector import Verdict
from coach.engine.biases.expectancy import SURE_OF_COST, Gap
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.features.local_time import hours, trader_seconds
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.floors import SLOWEST
from coach.engine.statistics.sign_flips import sign_flip_p
from coach.model.insights import Fact
from coach.model.plans import Plan
from coach.model.times import DAY_S, HOUR_S, HOUR_US, MINUTE_S
from coach.values import dataclass

NIGHT_FROM, NIGHT_TO = 23, 5
LONG_US = 6 * HOUR_US
PAUSE_US = 4 * HOUR_US
BUSIEST = 8
FEWEST_TO_KNOW_HOURS = 20
DAY_BEGINS_S = 6 * HOUR_S
FEWEST_LATE, FEWEST_DAYS = 15, 8


@dataclass(frozen=True, slots=True, eq=False)
class EntryClock:
    """Per entry (n,): the local second, whether it is late, and the microseconds in session."""

    local_s: Integers
    late: Flags
    into_us: Integers

    @property
    def days(self) -> Integers:
        """The trader's days, from six to six."""
        days: Integers = (self.local_s - DAY_BEGINS_S) // DAY_S
        return days


def clock(context: Context) -> EntryClock | None:
    """Read the trader's clock at every entry, None when the zone is unknown; all of it causal."""
    history = context.history
    local_s = trader_seconds(history.trader, history.opened_us)
    if local_s is None:
        return None
    hour = hours(local_s)
    night = (hour >= NIGHT_FROM) | (hour < NIGHT_TO)
    shift = _on_shift(local_s, history.trader.plan("night_shift"))
    into_us = _into_session(history)
    late = (night & ~_usual_hours(hour) & ~shift) | (into_us > LONG_US)
    return EntryClock(local_s, late, into_us)


def judge(context: Context, at: EntryClock, rows: Integers, found: Gap, seed: int) -> Verdict:
    """Return the gap in net return with its test, and the facts beside it."""
    late = at.late[rows]
    _, day = np.unique(at.days[rows], return_inverse=True)
    by_day = np.asarray(np.bincount(day, weights=found.parts), np.float64)
    sizes = context.log_size[rows]
    return Verdict(
        p=sign_flip_p(by_day, seed),
        posterior=found.posterior,
        effect=found.compared.difference(),
        interval=found.interval,
        facts={
            "late_share": words.significant(float(late.mean())),
            "size_ratio_late": _typical(sizes[late]),
            "size_ratio_else": _typical(sizes[~late]),
            "probability_of_cost": words.significant(found.posterior.above(0.0)),
            "probability_asked": SURE_OF_COST,
            **_breaches(context.history, rows, late),
        },
        holds=found.costs,
    )


def trades_needed(late: int, others: int, days: int) -> int:
    """Return how many more trades it takes until both kinds are enough, on enough days."""
    entries = max(late + others, 1)
    missing_late = max(FEWEST_LATE - late, FEWEST_DAYS - days, 0)
    missing_others = max(FEWEST_LATE - others, 0)
    return max(_trades(missing_late, late, entries), _trades(missing_others, others, entries))


def _trades(missing: int, seen: int, entries: int) -> int:
    return min(-(-missing * entries // max(seen, 1)), missing * SLOWEST) if missing else 0


def _into_session(history: History) -> Integers:
    """Return the microseconds from the start of the session to each entry, (n,)."""
    closed = history.closed_us[history.closed_us != OPEN]
    events = np.sort(np.concatenate([history.opened_us, closed, history.orders.at_us]))
    begins = events[np.diff(events, prepend=-PAUSE_US - 1) > PAUSE_US]
    start = begins[np.searchsorted(begins, history.opened_us, side="right") - 1]
    return history.opened_us - start if len(begins) else history.opened_us


def _usual_hours(hour: Integers) -> Flags:
    """Say which entries lie in the eight busiest hours in a row of all entries before them."""
    before = np.cumsum(np.eye(24, dtype=np.int64)[hour], axis=0)
    before = np.concatenate([np.zeros((1, 24), np.int64), before])[:-1]
    around = np.concatenate([before, before[:, : BUSIEST - 1]], axis=1)
    totals = np.cumsum(np.concatenate([np.zeros((len(hour), 1), np.int64), around], axis=1), axis=1)
    first = np.argmax(totals[:, BUSIEST:] - totals[:, :-BUSIEST], axis=1)
    known = np.arange(len(hour)) >= FEWEST_TO_KNOW_HOURS
    usual: Flags = ~known | ((hour - first) % 24 < BUSIEST)
    return usual


def _on_shift(local_s: Integers, plan: Plan | None) -> Flags:
    """Say which entries lie in the declared night shift; it may run over midnight."""
    if plan is None:
        return np.zeros(len(local_s), np.bool_)
    start, end = (_second(plan, name) for name in ("start", "end"))
    inside: Flags = (local_s % DAY_S - start) % DAY_S < (end - start) % DAY_S
    return inside


def _second(plan: Plan, name: str) -> int:
    hour, _, minute = str(plan.params.get(name, "0:00")).partition(":")
    return int(hour) * HOUR_S + int(minute or 0) * MINUTE_S


def zone_name(history: History) -> str:
    """Return the name of the trader's time zone, or its offset."""
    offset = history.trader.offset_minutes
    return history.trader.zone if offset is None else f"UTC{offset / 60:+g} h"


def _typical(log_sizes: Floats) -> Fact:
    known = log_sizes[~np.isnan(log_sizes)]
    return words.significant(float(np.exp(known.mean()))) if len(known) else None


def _breaches(history: History, rows: Integers, late: Flags) -> dict[str, Fact]:
    """Return how often late and other entries broke one of the trader's own rules."""
    if not history.trader.rules:
        return {}
    broken = {breach.trade_id for breach in history.trader.breaches}
    broke = np.array([history.ids[row] in broken for row in rows.tolist()], np.bool_)
    return {
        "breach_rate_late": words.significant(float(broke[late].mean())),
        "breach_rate_else": words.significant(float(broke[~late].mean())),
    }
