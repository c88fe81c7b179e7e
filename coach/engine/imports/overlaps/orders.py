"""Which executions of Interactive Brokers' Flex queries make up an order of an activity statement.

The row of an order has no id, and the time of one of its executions. So executions are an order
where their quantities and their money add up to its row, and its time lies between theirs: all
executions of one order id, or, without ids, a run of neighbours on one side. Its price is an
average with few digits: it may be off by half a unit of the last one, for each unit that was
traded.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from coach.engine.ledger.twins import is_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coach.engine.store.imports.order_rows import OrderPart
    from coach.engine.store.imports.twins import SourcedFill
    from coach.model.fills import FillKey

A_SECOND = timedelta(seconds=1)
MOST_PARTS = 50


def orders_made_up(found: Iterable[OrderPart]) -> Iterator[tuple[SourcedFill, list[SourcedFill]]]:
    """Yield each row of an order with the executions that it sums up, each of them once."""
    taken: set[FillKey] = set()
    for _, near in groupby(found, lambda one: one.order.key):
        of_order = list(near)
        for _, group in groupby(of_order, lambda one: (one.part.source, one.order_id)):
            parts = [one for one in group if one.part.key not in taken]
            summed = _summed(parts) if parts else ()
            if summed:
                taken |= {one.part.key for one in summed}
                yield summed[0].order, [one.part for one in summed]
                break


def _summed(parts: Sequence[OrderPart]) -> Sequence[OrderPart]:
    """Return those that make up the order, all of one order id; nothing where none do."""
    if parts[0].order_id:
        return parts if len(parts) > 1 and _make_up(parts) else ()
    for begin in range(len(parts)):
        for end in range(begin + 2, min(begin + MOST_PARTS, len(parts)) + 1):
            if _make_up(parts[begin:end]):
                return parts[begin:end]
    return ()


def _make_up(parts: Sequence[OrderPart]) -> bool:
    at, times = parts[0].order_at, [one.part_at for one in parts]
    if not min(times) - A_SECOND <= at <= max(times) + A_SECOND:
        return False
    order, printed = parts[0].order.printed, [one.part.printed for one in parts]
    return is_sum(order, printed) or is_sum(order._replace(has_total=False), printed)
