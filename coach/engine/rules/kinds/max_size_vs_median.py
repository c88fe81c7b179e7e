"""No opening order larger than a multiple of the median of the previous entries.

Only entries in the same quote currency are compared, the last `window` before this one, and
nothing is said with fewer than five. An entry of exactly the ratio keeps the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds.kind import (
    A_WEEK_OF_DAYS,
    Kind,
    LookBack,
    Scale,
    always,
    no_reason,
)
from coach.engine.rules.params import WINDOW, above, count, number
from coach.engine.rules.size_facts import SizeFacts, size_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags, Floats


class MaxSizeVsMedianFacts(SizeFacts):
    """The size of the entry beside the usual one."""


def hits(params: Params, ground: Ground) -> Iterator[Hit[MaxSizeVsMedianFacts]]:
    """Yield each entry too large, with the median it is measured by."""
    import numpy as np

    from coach.engine.rules.sizes import Cap, too_large

    cap = Cap(number(params, "ratio"), count(params, "window"))
    every = np.ones(len(ground.history), np.bool_)
    for row, facts in too_large(ground, cap, every):
        yield ground.entry(row, MaxSizeVsMedianFacts(**facts))


def score(params: Params, ground: Ground) -> Floats:
    """Return how many times the usual size each entry was, (n,)."""
    from coach.engine.rules.sizes import ratios

    return ratios(ground, count(params, "window"))


def judged(params: Params, ground: Ground) -> Flags:
    """Say before which entries there were enough to compare with, (n,)."""
    import numpy as np

    return ~np.isnan(ground.usual(count(params, "window")))


def looks_back(params: Params) -> LookBack:
    """Return how many entries the median is taken of."""
    return LookBack(A_WEEK_OF_DAYS, count(params, "window"))


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return (
        f"No entry larger than {params['ratio']} times the median size"
        f" of the previous {params['window']} entries"
    )


KIND = Kind(
    name="max_size_vs_median",
    version=1,
    title="A maximum entry size, as a multiple of the median",
    params={
        "ratio": above(
            "largest opening order, as a multiple of the median opening order", 1, 1_000
        ),
        "window": WINDOW,
    },
    one_of=(),
    optional=(),
    help=("ratio: times the median opening order,", "window: entries for the median (20)"),
    sentence=sentence,
    breach="{ratio} x the median size: {size} against {median} (limit {limit} x)",
    texts=size_texts,
    needs=always("price"),
    looks_back=looks_back,
    judged=judged,
    looser={"ratio": "up", "window": "ask"},
    loosens=None,
    threshold="ratio",
    scale=Scale("size_after_loss", "as it is", score),
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
