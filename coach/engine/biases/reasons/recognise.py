"""All reasons that the orders of a window show, and those that speak for one habit."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.clock import clock_of_sales
from coach.engine.biases.reasons.exits import HOLDS, MOST, SIGNAL, signal, stop, target
from coach.engine.biases.reasons.hedge import hedge
from coach.engine.biases.reasons.ladder import ladder
from coach.engine.biases.reasons.machine import machine
from coach.engine.biases.reasons.states import states
from coach.engine.features.context import Context
from coach.engine.features.orders import ADD, PARTIAL
from coach.model.reasons import OF_EVERY_HABIT, Reason, ReasonKind


def recognise(
    context: Context, window: Window, confirmed: AbstractSet[ReasonKind] = frozenset()
) -> tuple[Reason, ...]:
    """Return every reason that the orders of the window show, knowing nothing later.

    Those that speak for every habit come first, then the others by their share: the first one is
    the one to ask about. A rule that the trader `confirmed` need not show as clearly as one that is
    to be asked about. Without candles only the clock, the hedge and the machine can be seen.
    """
    orders, counts = states(context, window)
    kind = context.history.orders.kind[orders.order]
    sales, adds = orders.only(kind >= PARTIAL), orders.only(kind == ADD)
    general = (machine(context, window), hedge(context, window))
    special = [
        target(sales, counts, HOLDS if "target" in confirmed else MOST),
        stop(sales, counts, HOLDS if "stop" in confirmed else MOST),
        signal(sales, counts, HOLDS if "signal" in confirmed else SIGNAL),
        clock_of_sales(context, window),
        ladder(adds, counts, HOLDS if "ladder" in confirmed else MOST),
    ]
    found = [reason for reason in special if reason is not None]
    found.sort(key=lambda reason: -reason.share)
    return (*(reason for reason in general if reason is not None), *found)


def reasons_for(kinds: AbstractSet[ReasonKind], reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return those of the reasons that may explain a habit, in their order.

    `kinds` are those that may explain it beside the ones that may explain every habit.
    """
    return tuple(one for one in reasons if one.kind in OF_EVERY_HABIT or one.kind in kinds)
