"""After losses in a row, no opening order larger than a multiple of the median.

The run is that of the last closes before the entry, whatever their symbol or day; a win or a
break-even ends it. Sizes are compared with the median in the same currency (rules/sizes).
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
from coach.engine.rules.params import WINDOW, above, count, number, whole
from coach.engine.rules.size_facts import SizeFacts, size_texts
from coach.wording.facts import whole_number
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.statistics.arrays import Flags, Floats
    from coach.wording.facts import FactText


class SizeCapAfterLossesFacts(SizeFacts):
    """The size of the entry beside the usual one, the losses before it and how many it takes."""

    losses_in_a_row: int
    losses: int


def hits(params: Params, ground: Ground) -> Iterator[Hit[SizeCapAfterLossesFacts]]:
    """Yield each large entry after losses, with the run it followed."""
    from coach.engine.rules.sizes import Cap, too_large

    losses = count(params, "losses")
    cap = Cap(number(params, "ratio"), count(params, "window"))
    runs = ground.losses_before
    for row, size in too_large(ground, cap, runs >= losses):
        facts = SizeCapAfterLossesFacts(**size, losses_in_a_row=int(runs[row]), losses=losses)
        yield ground.entry(row, facts, ground.last_close(row))


def score(params: Params, ground: Ground) -> Floats:
    """Return how many times the usual size each entry after the losses was, (n,)."""
    import numpy as np

    from coach.engine.rules.sizes import ratios

    after = ground.losses_before >= count(params, "losses")
    return np.where(after, ratios(ground, count(params, "window")), np.nan)


def judged(params: Params, ground: Ground) -> Flags:
    """Say of which entries after the losses there were enough before to compare with, (n,)."""
    import numpy as np

    free: Flags = ground.losses_before < count(params, "losses")
    return free | ~np.isnan(ground.usual(count(params, "window")))


def looks_back(params: Params) -> LookBack:
    """Return how many entries the median is taken of, or how many losses are in a row."""
    trades = max(count(params, "window"), count(params, "losses"))
    return LookBack(A_WEEK_OF_DAYS, trades, losses=True)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    losses = counted(number(params, "losses"), "loss", "losses")
    return f"After {losses} in a row, no entry larger than {params['ratio']} times the median size"


def texts(facts: SizeCapAfterLossesFacts) -> dict[str, FactText]:
    """Return the facts of a breach in words."""
    return {
        **size_texts(facts),
        "run": whole_number(facts["losses_in_a_row"], "loss", "losses"),
        "losses": whole_number(facts["losses"]),
    }


KIND = Kind(
    name="size_cap_after_losses",
    version=1,
    title="A maximum entry size after losses",
    params={
        "losses": whole("losing closes in a row", 1, 100),
        "ratio": {
            **above("largest opening order, as a multiple of the median", 0, 1_000),
            "default": 1,
        },
        "window": WINDOW,
    },
    one_of=(),
    optional=(),
    help=("losses: in a row, ratio: (1), window: (20)",),
    sentence=sentence,
    breach=(
        "{ratio} x the median size after {run} in a row: {size} against {median}"
        " (limit {limit} x after {losses} or more)"
    ),
    texts=texts,
    needs=always("price"),
    looks_back=looks_back,
    judged=judged,
    looser={"losses": "up", "ratio": "up", "window": "ask"},
    loosens=None,
    threshold="ratio",
    scale=Scale("size_after_loss", "as it is", score),
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
