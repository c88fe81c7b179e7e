"""All reasons that a window's orders show, and those that speak for one habit.

A rule acts at the first moment at which its condition holds; a habit only leans. "Leaving depends
on profit" is no bias by itself: a habit is what remains where no rule explains it.
"""

from collections.abc import Sequence

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.clock import clock_of_sales
from coach.engine.biases.reasons.hedge import hedge
from coach.engine.biases.reasons.machine import machine
from coach.engine.features.context import Context
from coach.model.insights import Bias
from coach.model.reasons import Reason


def recognise(context: Context, window: Window) -> tuple[Reason, ...]:
    """Return every reason that the orders of the window show, knowing nothing later.

    Those that speak for every habit come first, then the others by their share: the first one is
    the one to ask about.
    """
    known = (
        machine(context, window),
        hedge(context, window),
        clock_of_sales(context, window),
    )
    return tuple(reason for reason in known if reason is not None)


def reasons_for(bias: Bias, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return those of the reasons that may explain a habit, in their order."""
    return tuple(reason for reason in reasons if reason.speaks_for(bias))
