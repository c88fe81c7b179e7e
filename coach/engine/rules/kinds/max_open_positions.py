"""A maximum of positions open at once, including the new one.

A position that closed at the very instant of an entry is closed (a flip), and so is one of which
the last coins left by a convert, a send or a sale under another quote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.rules.kinds.kind import Kind, a_week, every_trade, no_reason, nothing
from coach.engine.rules.params import count, number, whole
from coach.wording.facts import whole_number
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.wording.facts import FactText


class MaxOpenPositionsFacts(TypedDict):
    """How many positions were open, the new one among them, and how many may be."""

    open_positions: int
    limit: int
    margin: int


def hits(params: Params, ground: Ground) -> Iterator[Hit[MaxOpenPositionsFacts]]:
    """Yield each entry that was one position too many."""
    import numpy as np

    from coach.engine.features.history import OPEN

    limit = count(params, "positions")
    history = ground.history
    left_us = np.sort(history.ended_us[(history.closed_us == OPEN) & (history.ended_us != OPEN)])
    left = np.searchsorted(left_us, history.opened_us, side="right")
    standing = np.arange(1, len(history) + 1) - (ground.before + 1) - left
    for row in np.flatnonzero(standing > limit).tolist():
        positions = int(standing[row])
        facts = MaxOpenPositionsFacts(
            open_positions=positions, limit=limit, margin=positions - limit
        )
        yield ground.entry(row, facts)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"At most {counted(number(params, 'positions'), 'position')} open at once"


def texts(facts: MaxOpenPositionsFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        "open": whole_number(facts["open_positions"], "position"),
        "limit": whole_number(facts["limit"]),
    }


KIND = Kind(
    name="max_open_positions",
    version=2,
    title="A maximum of positions open at once",
    params={"positions": whole("positions that may be open, including the new one", 1, 1_000)},
    one_of=(),
    optional=(),
    help=("positions: open at once",),
    sentence=sentence,
    breach="{open} open at once (limit {limit})",
    texts=texts,
    needs=nothing,
    looks_back=a_week,
    judged=every_trade,
    looser={"positions": "up"},
    loosens=None,
    threshold="positions",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
