"""No trade closed before the minimum holding time; known at the close."""

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
    from coach.wording.facts import FactText


class HoldingTimeFloorFacts(TypedDict):
    """How long the trade was held, and how long it was to be, in minutes."""

    held_minutes: float
    limit: float
    margin: float


def hits(params: Params, ground: Ground) -> Iterator[Hit[HoldingTimeFloorFacts]]:
    """Yield each trade closed too soon, with how long it was held."""
    import numpy as np

    from coach.engine.rules.ground import Hit
    from coach.model.times import MINUTE_US

    least, history = number(params, "minutes_at_least"), ground.history
    rows = ground.closed
    held = history.closed_us[rows] - history.opened_us[rows]
    for place in np.flatnonzero(held < round(least * MINUTE_US)).tolist():
        row, minutes = int(rows[place]), int(held[place]) / MINUTE_US
        facts = HoldingTimeFloorFacts(
            held_minutes=round(minutes, 3), limit=least, margin=round(least - minutes, 3)
        )
        fills = (*history.entry_fills[row], *history.exit_fills[row])
        yield Hit(row, int(history.closed_us[row]), facts, fills)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return (
        f"Hold every trade for at least {numbers.limit(number(params, 'minutes_at_least'), ' min')}"
    )


def vacuous(params: Params) -> str:
    """Return why no trade can break the rule, empty where one can."""
    short = "a holding time shorter than a microsecond can never be broken"
    return "" if at_least_a_microsecond(number(params, "minutes_at_least")) else short


def texts(facts: HoldingTimeFloorFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "held": measure(facts["held_minutes"], " min"),
        "limit": limit(facts["limit"], " min"),
    }


KIND = Kind(
    name="holding_time_floor",
    version=1,
    title="A minimum holding time",
    params={
        "minutes_at_least": duration_in(
            "minutes", above("minutes from the opening to the close", 0, YEAR_MINUTES)
        )
    },
    one_of=(),
    optional=(),
    help=("minutes_at_least: of holding",),
    sentence=sentence,
    breach="held {held} (minimum {limit})",
    texts=texts,
    needs=nothing,
    looks_back=a_week,
    judged=every_trade,
    looser={"minutes_at_least": "down"},
    loosens=None,
    threshold="minutes_at_least",
    scale=None,
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=False,
)
