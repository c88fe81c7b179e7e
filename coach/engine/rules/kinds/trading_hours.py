"""New trades only at these hours and on these days of the trader's own clock.

The first minute is inside, the last outside. On days when the clocks change, what the clock
shows is what counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from coach.engine.rules.kinds.kind import Kind, a_week, always, every_trade
from coach.engine.rules.params import CLOCK, listed
from coach.engine.rules.week import DAY, DAYS, WEEK, allowed
from coach.model.times import MINUTE_S
from coach.wording.facts import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Integers
    from coach.wording.facts import FactText

THURSDAY: Final = 3 * DAY  # 1970-01-01 was one


Facts = TypedDict("Facts", {"clock": str, "from": str, "until": str, "margin": int})
"""What the trader's clock showed, the hours, and the minutes to the nearest free one."""


def hits(params: Params, ground: Ground) -> Iterator[Hit[Facts]]:
    """Yield each entry outside the hours, with the minutes to the nearest free one."""
    import numpy as np

    minutes = (ground.entry_seconds // MINUTE_S + THURSDAY) % WEEK
    away = distances(params)[minutes]
    for row in np.flatnonzero(away > 0).tolist():
        yield ground.entry(row, _facts(params, int(minutes[row]), int(away[row])))


def distances(params: Params) -> Integers:
    """Return how many minutes each minute of the week is from the nearest free one, (10080,)."""
    import numpy as np

    free = np.sort(np.fromiter(allowed(params), np.int64))
    round_the_week = np.concatenate([free - WEEK, free, free + WEEK])
    every = np.arange(WEEK)
    after = np.searchsorted(round_the_week, every, side="left")
    ahead = round_the_week[after] - every
    behind = every - round_the_week[np.maximum(after - 1, 0)]
    nearest: Integers = np.minimum(ahead, behind)
    return nearest


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    days = listed(params, "days")
    which = "" if len(days) == len(DAYS) else f" on {', '.join(day.capitalize() for day in days)}"
    return f"New trades only from {params['from']} to {params['until']}{which}"


def vacuous(params: Params) -> str:
    """Return why no trade can break the rule, empty where one can."""
    hours = f"{params['from']} to {params['until']} on every day"
    every = len(allowed(params)) == WEEK
    return f"{hours} is the whole week, it can never be broken" if every else ""


def texts(facts: Facts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "clock": words(facts["clock"].capitalize())._replace(value=facts["clock"]),
        "from": words(facts["from"]),
        "until": words(facts["until"]),
    }


def opens_more(before: Params, after: Params) -> bool:
    """Say whether a minute of the week is free now that was not."""
    return bool(allowed(after) - allowed(before))


def _facts(params: Params, minute: int, away: int) -> Facts:
    day, clock = divmod(minute, DAY)
    return {
        "clock": f"{DAYS[day]} {clock // 60:02d}:{clock % 60:02d}",
        "from": str(params["from"]),
        "until": str(params["until"]),
        "margin": away,
    }


KIND = Kind(
    name="trading_hours",
    version=1,
    title="New trades at these hours and on these days only",
    params={
        "from": {
            "type": "string",
            "pattern": CLOCK,
            "default": "00:00",
            "description": "first minute of the hours, on the trader's clock",
        },
        "until": {
            "type": "string",
            "pattern": CLOCK,
            "default": "00:00",
            "x-end-of-day": True,
            "description": "first minute after them; at or before `from` it is on the next day",
        },
        "days": {
            "type": "array",
            "items": {"enum": list(DAYS)},
            "minItems": 1,
            "maxItems": 7,
            "uniqueItems": True,
            "default": list(DAYS),
            "description": "days on which the hours begin",
        },
    },
    one_of=(),
    optional=(),
    help=("from: until: days: on your own clock",),
    sentence=sentence,
    breach="entered on {clock} (allowed {from} to {until})",
    texts=texts,
    needs=always("zone"),
    looks_back=a_week,
    judged=every_trade,
    looser={"from": "ask", "until": "ask", "days": "ask"},
    loosens=opens_more,
    threshold="",
    scale=None,
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=False,
)
