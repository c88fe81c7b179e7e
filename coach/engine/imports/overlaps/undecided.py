"""Refusing a file of Interactive Brokers of which nobody can tell whether its trades are known.

An activity statement and a Flex query tell the same trades in other rows. Those that are found to
be one count once (`twins`, `overlaps.orders`). Where on one day each of the two has trades of one
symbol and side that the other does not have, they may be the same ones: a Flex query without times
does not say. To count them would double them, to drop them would lose them.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, tzinfo
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store.fills import RunTarget
from coach.engine.store.imports.order_rows import ORDER_ROWS, lone_fills
from coach.errors import Refused
from coach.model.fills import FillKey, Side, Symbol

DAYS_NAMED = 3


class UndecidedOverlap(Refused):
    """{file}: nothing was imported: account {account!r} has trades of other files of the broker on the same days, and whether they are the same cannot be told: {days}"""  # noqa: D400, D415, E501 -- a message

    code = "E_OVERLAP"


class _Day(NamedTuple):
    day: date
    symbol: Symbol
    side: Side


def refuse_undecided(
    connection: Connection[Any],
    shelf: RunTarget,
    zone: tzinfo | None,
    names: tuple[str, str],
    paired: Collection[FillKey],
) -> None:
    """Raise UndecidedOverlap where the run's trades may be known from the broker's other files.

    `zone` is the clock of the file's days, `names` are those of the account and the file, `paired`
    the fills that were found to be one with others.
    """
    counts: dict[_Day, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in lone_fills(connection, shelf):
        if one.key not in paired:
            day = _Day(one.at.astimezone(zone or UTC).date(), one.symbol, one.side)
            counts[day][one.of_order_row] += 1
            counts[day][2] += one.ours
    doubtful = [
        day for day, (parts, rows, ours) in sorted(counts.items()) if parts and rows and ours
    ]
    if not doubtful:
        return
    named = [
        f"{one.symbol} {one.side} on {one.day} ({counts[one][0]} in a Flex query or confirmations,"
        f" {counts[one][1]} in an activity statement)"
        for one in doubtful[:DAYS_NAMED]
    ]
    more = len(doubtful) - len(named)
    days = "; ".join([*named, *([f"and {more} more"] if more else [])])
    account, file = names
    raise UndecidedOverlap(
        remedy="import_one_format", account=account, file=file, days=days, broker=ORDER_ROWS
    )
