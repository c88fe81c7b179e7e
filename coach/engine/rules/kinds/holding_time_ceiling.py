"""No trade held longer than the maximum.

It is broken when the next thing happened after that: this trade's close, or any other opening or
close. So a verdict on the past never changes with what comes after. A trade of which the last coins
left by a convert or a send was held until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, a_week, every_trade, nothing
from coach.engine.rules.params import (
    YEAR_MINUTES,
    above,
    at_least_a_microsecond,
    duration_in,
    number,
)
from coach.wording import numbers
from coach.wording.facts import limit, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Integers
    from coach.wording.facts import FactText


class HoldingTimeCeilingFacts(TypedDict):
    """How long the trade had been held by then, how long it may be, and whether it went on."""

    held_minutes: float
    limit: float
    margin: float
    still_open: bool


def hits(params: Params, ground: Ground) -> Iterator[Hit[HoldingTimeCeilingFacts]]:
    """Yield each trade held too long, with how long it had been held by then."""
    import numpy as np

    from coach.engine.features.history import OPEN
    from coach.engine.rules.ground import Hit
    from coach.model.times import MINUTE_US

    most, history = number(params, "minutes_at_most"), ground.history
    end = history.opened_us + round(most * MINUTE_US)
    moments = ground.once("moments", lambda: _moments(ground))
    ended = history.ended_us
    late = (ended == OPEN) | (ended > end)
    next_one = np.searchsorted(moments, end, side="right")
    for row in np.flatnonzero(late & (next_one < len(moments))).tolist():
        at_us = int(moments[next_one[row]])
        minutes = (at_us - int(history.opened_us[row])) / MINUTE_US
        closed = int(history.closed_us[row]) == at_us
        facts = HoldingTimeCeilingFacts(
            held_minutes=round(minutes, 3),
            limit=most,
            margin=round(minutes - most, 3),
            still_open=not closed,
        )
        ends = history.exit_fills[row] if closed else ()
        yield Hit(row, at_us, facts, (*history.entry_fills[row], *ends))


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"Hold no trade longer than {numbers.limit(number(params, 'minutes_at_most'), ' min')}"


def vacuous(params: Params) -> str:
    """Return why every trade breaks the rule, empty where one can keep it."""
    short = "every trade is held longer than a microsecond, it would always be broken"
    return "" if at_least_a_microsecond(number(params, "minutes_at_most")) else short


def texts(facts: HoldingTimeCeilingFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "held": measure(facts["held_minutes"], " min"),
        "limit": limit(facts["limit"], " min"),
    }


def _moments(ground: Ground) -> Integers:
    import numpy as np

    history = ground.history
    closed = history.closed_us[ground.closed]
    return np.sort(np.concatenate([history.opened_us, closed]))


KIND = Kind(
    name="holding_time_ceiling",
    version=2,
    title="A maximum holding time",
    params={
        "minutes_at_most": duration_in(
            "minutes", above("minutes from the opening to the close", 0, 10 * YEAR_MINUTES)
        )
    },
    one_of=(),
    optional=(),
    help=("minutes_at_most: of holding",),
    sentence=sentence,
    breach="held {held} (maximum {limit})",
    texts=texts,
    needs=nothing,
    looks_back=a_week,
    judged=every_trade,
    looser={"minutes_at_most": "up"},
    loosens=None,
    threshold="minutes_at_most",
    scale=None,
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=True,
)
