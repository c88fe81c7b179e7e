"""Event tags: an entry that was larger than usual after a loss or a win. Facts, no claim."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Flags, Integers
from coach.engine.statistics.words import significant
from coach.model.insights import Bias, Tag
from coach.model.times import MINUTE_US, instant

if TYPE_CHECKING:
    from coach.model.insights import Fact

LARGER = 1.25
IN_A_ROW = {"loss": "losses_in_a_row", "win": "wins_in_a_row"}


@dataclass(frozen=True, slots=True)
class Larger:
    """Which tag is made, by which formula, and what it followed."""

    bias: Bias
    formula: str
    after: Literal["loss", "win"]
    at_least: float = LARGER


def larger_entries(
    context: Context, kind: Larger, wanted: Flags, causes: Integers | None = None
) -> list[Tag]:
    """Tag the `wanted` (n,) entries that are so many times their usual size, oldest first.

    `causes` (n,) are the rows of the closes that they followed; without it the last one before.
    """
    before = context.preceding if causes is None else causes
    usual = np.nan_to_num(context.usual, nan=np.inf)
    larger = context.history.notional / usual >= kind.at_least
    rows = np.flatnonzero(wanted & larger & (before >= 0)).tolist()
    return [_tag(context, kind, row, int(before[row])) for row in rows]


def _tag(context: Context, kind: Larger, row: int, before: int) -> Tag:
    history = context.history
    gap_us = int(history.opened_us[row] - history.closed_us[before])
    facts: dict[str, Fact] = {
        f"minutes_after_{kind.after}": significant(gap_us / MINUTE_US),
        "size_ratio": significant(float(history.notional[row] / context.usual[row])),
    }
    if before == context.preceding[row]:
        facts[IN_A_ROW[kind.after]] = abs(int(context.streak[row]))
    return Tag(
        bias=kind.bias,
        trade_id=history.ids[row],
        at=instant(int(history.opened_us[row])),
        fill_keys=(*history.exit_fills[before], *history.entry_fills[row]),
        facts={
            **facts,
            kind.after: format(history.trips[before].net, "f"),
            "currency": history.trips[before].quote,
            f"{kind.after}_trade": history.ids[before],
        },
        formula=kind.formula,
        event_keys=history.entry_fills[row],
    )
