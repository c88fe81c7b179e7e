"""No new trades within the cooldown after a losing close, whatever its symbol.

The last losing close at or before the entry is the one that counts; waiting exactly the
minutes keeps the rule. A loss is what model.trades.outcome calls one: a result smaller than
its fees is a break-even and asks for no pause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from coach.engine.ledger.exact import plain
from coach.engine.rules.kinds.kind import (
    A_WEEK_OF_DAYS,
    Kind,
    LookBack,
    Scale,
    every_trade,
    nothing,
)
from coach.engine.rules.params import (
    YEAR_MINUTES,
    above,
    at_least_a_microsecond,
    duration_in,
    number,
)
from coach.wording.facts import money, pause, span
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Floats, Integers
    from coach.model.trades import Trip
    from coach.wording.facts import FactText

DAY_MINUTES: Final = 1_440
A_SECOND: Final = 1 / 60


class CooldownAfterLossFacts(TypedDict):
    """The minutes since which losing trade, its net result, and the minutes to wait."""

    minutes_since: float
    minutes: float
    margin: float
    loss_trade: str
    loss: str
    quote: str


def hits(params: Params, ground: Ground) -> Iterator[Hit[CooldownAfterLossFacts]]:
    """Yield each entry that came too soon, with the loss it followed."""
    import numpy as np

    from coach.engine.features.context import NONE
    from coach.model.times import MINUTE_US

    minutes = number(params, "minutes")
    history = ground.history
    losses = ground.once("last losses", lambda: _losses_before(ground))
    waited = history.opened_us - history.closed_us[losses]
    too_soon = (losses != NONE) & (waited < round(minutes * MINUTE_US))
    for row in np.flatnonzero(too_soon).tolist():
        loss = history.trips[losses[row]]
        facts = _facts(loss, int(waited[row]) / MINUTE_US, minutes)
        yield ground.entry(row, facts, loss.exit_fills)


def score(_params: Params, ground: Ground) -> Floats:
    """Return one over the minutes since the last loss, within a year of it, (n,)."""
    import numpy as np

    widest = hits({"minutes": YEAR_MINUTES}, ground)
    waits = ground.scores((hit.row, hit.facts["minutes_since"]) for hit in widest)
    return 1.0 / np.maximum(waits, A_SECOND)


def looks_back(params: Params) -> LookBack:
    """Return how long ago the loss can be."""
    days = number(params, "minutes") / DAY_MINUTES + 1
    return LookBack(max(A_WEEK_OF_DAYS, days), 0)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"No new trades within {limit(number(params, 'minutes'), ' min')} of a losing trade"


def vacuous(params: Params) -> str:
    """Return why no trade can break the rule, empty where one can."""
    short = "a cooldown shorter than a microsecond can never be broken"
    return "" if at_least_a_microsecond(number(params, "minutes")) else short


def texts(facts: CooldownAfterLossFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "since": span(facts["minutes_since"]),
        "loss": money(facts["loss"].removeprefix("-"), facts["quote"]),
        "pause": pause(facts["minutes"]),
    }


def _losses_before(ground: Ground) -> Integers:
    """Return for each entry the row of the last losing close before it, or NONE."""
    import numpy as np

    from coach.engine.features.context import NONE
    from coach.engine.features.history import CODES

    closes, before = ground.closes, ground.before
    losing = ground.history.outcome[closes] == CODES["loss"]
    last_losing = np.maximum.accumulate(np.where(losing, np.arange(len(closes)), NONE))
    # the slots at the end are where NONE, an index of -1, leads
    last_losing = np.append(last_losing, NONE)
    rows: Integers = np.append(closes, NONE)[last_losing[before]]
    return rows


def _facts(loss: Trip, waited: float, minutes: float) -> CooldownAfterLossFacts:
    return CooldownAfterLossFacts(
        minutes_since=round(waited, 3),
        minutes=minutes,
        margin=round(minutes - waited, 3),
        loss_trade=loss.id,
        loss=f"{plain(loss.net):f}",
        quote=loss.quote,
    )


KIND = Kind(
    name="cooldown_after_loss",
    version=1,
    title="A cooldown after a losing trade",
    params={
        "minutes": duration_in(
            "minutes",
            above("minutes to wait after a losing close, whatever its symbol", 0, YEAR_MINUTES),
        )
    },
    one_of=(),
    optional=(),
    help=("minutes: to wait after a losing close",),
    sentence=sentence,
    breach="entered {since} after a loss of {loss} (minimum {pause})",
    texts=texts,
    needs=nothing,
    looks_back=looks_back,
    judged=every_trade,
    looser={"minutes": "down"},
    loosens=None,
    threshold="minutes",
    scale=Scale("revenge", "pause", score),
    hits=hits,
    vacuous=vacuous,
    broken_by_waiting=False,
)
