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

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, no_rows
from coach.engine.biases.event import as_facts, larger_text
from coach.engine.biases.words import EffectUnit, Words, in_percent
from coach.model.insights import Tag
from coach.model.times import HOUR_US, instant
from coach.wording import numbers

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.biases.measures.late_entries import EntryClock
    from coach.engine.features.context import Context
    from coach.model.insights import Cost, Fact

FORMULA = "fatigue@1"
SMALLEST_GAP = 0.0005


class FatigueFacts(TypedDict):
    """The trader's clock, the hours since the session began, and the times of the usual size."""

    local_time: str
    hours_in_session: float
    size_ratio: float


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare what late entries earned with what the others did."""
    import numpy as np

    from coach.engine.biases.expectancy import gap, priced
    from coach.engine.biases.measures.late_entries import (
        FEWEST_DAYS,
        FEWEST_LATE,
        clock,
        judge,
        trades_needed,
        zone_name,
    )

    at = clock(context)
    rows = priced(context, window)
    if at is None:
        return Measurement(0, 0, no_rows(), {}, None, lacks=("a known time zone",))
    late = at.late[rows]
    days = len(np.unique(at.days[rows[late]]))
    needed = trades_needed(int(late.sum()), int((~late).sum()), days)
    compared = gap(context, rows, late, seed)
    sample: dict[str, Fact] = {
        "n": len(rows),
        "late": int(late.sum()),
        "late_days": days,
        "zone": zone_name(context.history),
    }
    return Measurement(
        n=len(rows),
        needed=needed,
        affected=rows[late],
        sample=sample,
        verdict=None if needed else judge(context, at, rows, compared, seed),
        progress={**sample, "fewest_late": FEWEST_LATE, "fewest_days": FEWEST_DAYS},
    )


def cost(context: Context, window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price the late entries against all others."""
    from coach.engine.biases.cost_of_entries import cost_of_entries
    from coach.engine.biases.expectancy import priced
    from coach.engine.biases.measures.late_entries import clock

    at = clock(context)
    rows = priced(context, window)
    return () if at is None else cost_of_entries(context, window, rows[at.late[rows]])


def tags(context: Context) -> list[Tag]:
    """Tag late entries at 1.25 times the usual size or more."""
    import numpy as np

    from coach.engine.biases.event import LARGER
    from coach.engine.biases.measures.late_entries import clock

    at = clock(context)
    if at is None:
        return []
    larger = context.history.notional >= LARGER * np.nan_to_num(context.usual, nan=np.inf)
    return [_tag(context, at, row) for row in np.flatnonzero(at.late & larger).tolist()]


def _tag(context: Context, at: EntryClock, row: int) -> Tag:
    from coach.engine.statistics import words

    history = context.history
    local = datetime.fromtimestamp(int(at.local_s[row]), UTC)
    facts: FatigueFacts = {
        "local_time": local.strftime("%H:%M"),
        "hours_in_session": words.significant(int(at.into_us[row]) / HOUR_US),
        "size_ratio": words.significant(float(history.notional[row] / context.usual[row])),
    }
    return Tag(
        bias="fatigue",
        trade_id=history.ids[row],
        at=instant(int(history.opened_us[row])),
        fill_keys=history.entry_fills[row],
        facts=as_facts(facts),
        formula=FORMULA,
        event_keys=history.entry_fills[row],
    )


def tag_text(facts: FatigueFacts) -> str:
    """Return when in the session a late entry came, in words."""
    hours = numbers.measure(facts["hours_in_session"])
    late = f"at {facts['local_time']}, {hours} h into the session"
    return ", ".join((late, *larger_text(facts["size_ratio"])))


WORDS = Words(
    name="late trades (fatigue)",
    unit=EffectUnit(" % of the money traded", in_percent),
    above="late trades earned {effect} less than the others",
    below="late trades earned {effect} more than the others",
    claim=(
        "Late trades ended worse than the others: {effect}, likely between {interval}, "
        "measured over {n}. This is called fatigue; the evidence level was {level}."
    ),
    counted=("entry", "entries"),
    supporting="late entries",
    opposing="",
    also=("late_night", "tired"),
    tag=tag_text,
)

DETECTOR = Detector(
    bias="fatigue",
    formula=FORMULA,
    unit="net return lost per unit of notional",
    minimum=SMALLEST_GAP,
    measure=measure,
    words=WORDS,
    cost=cost,
    tags=tags,
    by_entry=True,
    answered_by=(
        RuleAnswer("trading_hours", {"from": "05:00", "until": "23:00"}),
        RuleAnswer("max_trades_per_day", {"limit": 5}),
    ),
)
