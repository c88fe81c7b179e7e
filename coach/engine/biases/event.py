"""Event tags: an entry that was larger than usual after a loss or a win. Facts, no claim."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Flags
from coach.engine.statistics.words import significant
from coach.model.insights import Bias, Tag

LARGER = 1.25
MINUTE_US = 60_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IN_A_ROW = {"loss": "losses_in_a_row", "win": "wins_in_a_row"}


@dataclass(frozen=True, slots=True)
class Larger:
    """Which tag is made, by which formula, and what it followed."""

    bias: Bias
    formula: str
    after: Literal["loss", "win"]


def larger_entries(context: Context, kind: Larger, wanted: Flags) -> list[Tag]:
    """Tag the `wanted` (n,) entries at 1.25 times their usual size or more, oldest first."""
    larger = context.history.notional >= LARGER * np.nan_to_num(context.usual, nan=np.inf)
    return [_tag(context, kind, row) for row in np.flatnonzero(wanted & larger).tolist()]


def moment(us: int) -> datetime:
    """Return the time of so many microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=us)


def _tag(context: Context, kind: Larger, row: int) -> Tag:
    history, before = context.history, int(context.preceding[row])
    return Tag(
        bias=kind.bias,
        trade_id=history.ids[row],
        at=moment(int(history.opened_us[row])),
        fill_keys=(*history.exit_fills[before], *history.entry_fills[row]),
        facts={
            f"minutes_after_{kind.after}": significant(int(context.gap_us[row]) / MINUTE_US),
            "size_ratio": significant(float(history.notional[row] / context.usual[row])),
            IN_A_ROW[kind.after]: abs(int(context.streak[row])),
            kind.after: format(history.trips[before].net, "f"),
            "currency": history.trips[before].quote,
            f"{kind.after}_trade": history.ids[before],
        },
        formula=kind.formula,
        event_keys=history.entry_fills[row],
    )
