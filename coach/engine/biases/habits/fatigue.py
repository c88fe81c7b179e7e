"""D9 Fatigue: entries late at night or late in a session earn less than the others.

Late is 23:00 to 05:00 by the trader's own clock, unless that hour belongs to the eight busiest
of the day so far or to a declared night shift; or more than six hours into a session. A session
ends with four hours without an order. The effect is the mean net return per unit of notional of
the other entries of the same week less that of the late ones. The test flips the sign of whole
days, which run from six to six. Half of a usual fee, 0.0005, is the least that matters, and
nine chances in ten that late entries do worse.
Sources: NBER working paper 33477 for shorter nights and retail returns; Dickinson et al. (2020),
Exp. Econ., for trading against one's body clock. The hours are ours.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window, no_rows
from coach.engine.biases.event import LARGER, moment
from coach.engine.biases.expectancy import SURE_OF_COST, Gap, gap, priced
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.features.local_time import hours, trader_seconds
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.floors import SLOWEST
from coach.engine.statistics.sign_flips import sign_flip_p
from coach.model.insights import Cost, Fact, Tag
from coach.model.plans import Plan
from coach.model.times import DAY_S, HOUR_S, HOUR_US, MINUTE_S

FORMULA = "fatigue@1"
NIGHT_FROM, NIGHT_TO = 23, 5
LONG_US = 6 * HOUR_US
PAUSE_US = 4 * HOUR_US
BUSIEST = 8
FEWEST_TO_KNOW_HOURS = 20
DAY_BEGINS_S = 6 * HOUR_S
FEWEST_LATE, FEWEST_DAYS = 15, 8
SMALLEST_GAP = 0.0005


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Per entry (n,): the local second, whether it is late, and the microseconds in session."""

    local_s: Integers
    late: Flags
    into_us: Integers

    @property
    def days(self) -> Integers:
        """The trader's days, from six to six."""
        days: Integers = (self.local_s - DAY_BEGINS_S) // DAY_S
        return days


def clock(context: Context) -> Clock | None:
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
    return Clock(local_s, late, into_us)


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare what late entries earned with what the others did."""
    at = clock(context)
    rows = priced(context, window)
    if at is None:
        return Measurement(0, 0, no_rows(), {}, None, lacks=("a known time zone",))
    late = at.late[rows]
    days = len(np.unique(at.days[rows[late]]))
    needed = _needed(int(late.sum()), int((~late).sum()), days)
    compared = gap(context, rows, late, seed)
    sample: dict[str, Fact] = {
        "n": len(rows),
        "late": int(late.sum()),
        "late_days": days,
        "zone": _zone(context.history),
    }
    return Measurement(
        n=len(rows),
        needed=needed,
        affected=rows[late],
        sample=sample,
        verdict=None if needed else _verdict(context, at, rows, compared, seed),
        progress={**sample, "fewest_late": FEWEST_LATE, "fewest_days": FEWEST_DAYS},
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the late entries against all others."""
    at = clock(context)
    rows = priced(context, window)
    return () if at is None else cost_of_entries(context, window, rows[at.late[rows]], seed)


def tags(context: Context) -> list[Tag]:
    """Tag late entries at 1.25 times the usual size or more."""
    at = clock(context)
    if at is None:
        return []
    larger = context.history.notional >= LARGER * np.nan_to_num(context.usual, nan=np.inf)
    return [_tag(context, at, row) for row in np.flatnonzero(at.late & larger).tolist()]


def _verdict(context: Context, at: Clock, rows: Integers, found: Gap, seed: int) -> Verdict:
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


def _needed(late: int, others: int, days: int) -> int:
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


def _zone(history: History) -> str:
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


def _tag(context: Context, at: Clock, row: int) -> Tag:
    history = context.history
    local = datetime.fromtimestamp(int(at.local_s[row]), UTC)
    return Tag(
        bias="fatigue",
        trade_id=history.ids[row],
        at=moment(int(history.opened_us[row])),
        fill_keys=history.entry_fills[row],
        facts={
            "local_time": local.strftime("%H:%M"),
            "hours_in_session": words.significant(int(at.into_us[row]) / HOUR_US),
            "size_ratio": words.significant(float(history.notional[row] / context.usual[row])),
        },
        formula=FORMULA,
        event_keys=history.entry_fills[row],
    )


DETECTOR = Detector(
    bias="fatigue",
    formula=FORMULA,
    unit="net return lost per unit of notional",
    minimum=SMALLEST_GAP,
    measure=measure,
    cost=cost,
    tags=tags,
    by_entry=True,
)
