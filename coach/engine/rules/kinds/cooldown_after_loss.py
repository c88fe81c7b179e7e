"""No new trade within so many minutes after a losing close, whatever its symbol.

The last losing close at or before the entry is the one that counts; waiting exactly the
minutes keeps the rule. A loss is what model.trades.outcome calls one: a result smaller than
its fees is a break-even and asks for no pause.
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.features.context import NONE
from coach.engine.features.history import CODES
from coach.engine.ledger.exact import plain
from coach.engine.rules.ground import MINUTE_US, Ground, Hit
from coach.engine.rules.kinds.spec import Params, number
from coach.engine.statistics.arrays import Integers
from coach.model.insights import Fact
from coach.model.trades import Trip


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry that came too soon, with the loss it followed."""
    minutes = number(params, "minutes")
    history = ground.history
    losses = ground.once("last losses", lambda: _losses_before(ground))
    waited = history.opened_us - history.closed_us[losses]
    too_soon = (losses != NONE) & (waited < round(minutes * MINUTE_US))
    for row in np.flatnonzero(too_soon).tolist():
        loss = history.trips[losses[row]]
        facts = _facts(loss, int(waited[row]) / MINUTE_US, minutes)
        yield ground.entry(row, facts, loss.exit_fills)


def _losses_before(ground: Ground) -> Integers:
    """Return for each entry the row of the last losing close before it, or NONE."""
    closes, before = ground.closes, ground.before
    losing = ground.history.outcome[closes] == CODES["loss"]
    last_losing = np.maximum.accumulate(np.where(losing, np.arange(len(closes)), NONE))
    # the slots at the end are where NONE, an index of -1, leads
    last_losing = np.append(last_losing, NONE)
    rows: Integers = np.append(closes, NONE)[last_losing[before]]
    return rows


def _facts(loss: Trip, waited: float, minutes: float) -> dict[str, Fact]:
    return {
        "minutes_since": round(waited, 3),
        "minutes": minutes,
        "margin": round(minutes - waited, 3),
        "loss_trade": loss.id,
        "loss": f"{plain(loss.net):f}",
        "quote": loss.quote,
    }
