"""After so many losses in a row, no opening order above a multiple of the usual one.

The run is that of the last closes before the entry, whatever their symbol or day; a win or a
break-even ends it. Sizes are compared as in max_size_vs_median.
"""

from collections.abc import Iterator

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.max_size_vs_median import Cap, too_large
from coach.engine.rules.kinds.spec import Params, count, number


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each large entry after losses, with the run it followed."""
    losses = count(params, "losses")
    cap = Cap(number(params, "ratio"), count(params, "window"))
    runs = ground.losses_before
    for row, facts in too_large(ground, cap, runs >= losses):
        told = {**facts, "losses_in_a_row": int(runs[row]), "losses": losses}
        yield ground.entry(row, told, ground.last_close(row))
