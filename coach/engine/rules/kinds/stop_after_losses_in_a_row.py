"""No new trades for the rest of the day after losing closes in a row on that day.

The run counts the closes of one day of the trader's time zone, of any symbol; a win or a
break-even ends it, and so does midnight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, Scale, a_week, always, every_trade, no_reason
from coach.engine.rules.params import count, number, whole
from coach.wording.facts import whole_number
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Floats, Integers
    from coach.wording.facts import FactText


class StopAfterLossesInARowFacts(TypedDict):
    """The losses in a row before the entry, and after how many the day was to end."""

    losses_in_a_row: int
    losses: int
    margin: int


def hits(params: Params, ground: Ground) -> Iterator[Hit[StopAfterLossesInARowFacts]]:
    """Yield each entry of a day that should have been over, with the run it followed."""
    import numpy as np

    losses = count(params, "losses")
    runs = ground.once("runs of losses", lambda: _runs_before(ground))
    for row in np.flatnonzero(runs >= losses).tolist():
        run = int(runs[row])
        facts = StopAfterLossesInARowFacts(losses_in_a_row=run, losses=losses, margin=run - losses)
        yield ground.entry(row, facts, ground.last_close(row))


def score(_params: Params, ground: Ground) -> Floats:
    """Return the losses in a row before each entry on its day; nan without any, (n,)."""
    every = hits({"losses": 1}, ground)
    return ground.scores((hit.row, hit.facts["losses_in_a_row"]) for hit in every)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    losses = counted(number(params, "losses"), "loss", "losses")
    return f"No new trades for the rest of the day after {losses} in a row"


def texts(facts: StopAfterLossesInARowFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "run": whole_number(facts["losses_in_a_row"], "loss", "losses"),
        "losses": whole_number(facts["losses"]),
    }


def _runs_before(ground: Ground) -> Integers:
    """Return the losses in a row before each entry on its own day, (n,)."""
    import numpy as np

    from coach.engine.features.context import NONE
    from coach.engine.features.history import CODES

    days, before = ground.close_days, ground.before
    if len(days) == 0:
        return np.zeros(len(before), np.int64)
    losing = ground.history.outcome[ground.closes] == CODES["loss"]
    goes_on = np.zeros(len(days), np.bool_)
    goes_on[1:] = losing[:-1] & (days[1:] == days[:-1])
    places = np.arange(len(days))
    first = np.maximum.accumulate(np.where(losing & ~goes_on, places, 0))
    runs = np.where(losing, places - first + 1, 0)
    today = (before != NONE) & (days[before] == ground.entry_days)
    return np.where(today, runs[before], 0).astype(np.int64)


KIND = Kind(
    name="stop_after_losses_in_a_row",
    version=1,
    title="No new trades for the rest of a day after losses in a row",
    params={
        "losses": whole("losing closes in a row, on one day of the trader's time zone", 1, 100)
    },
    one_of=(),
    optional=(),
    help=("losses: in a row on one day",),
    sentence=sentence,
    breach="{run} in a row (limit {losses})",
    texts=texts,
    needs=always("zone"),
    looks_back=a_week,
    judged=every_trade,
    looser={"losses": "up"},
    loosens=None,
    threshold="losses",
    scale=Scale("revenge", "count", score),
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
