"""A calendar of text: a row for each day of the week, a column for each week.

Gains and losses are told by their sign, not by a colour alone; `!` marks a broken rule.
"""

from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coach.engine.api.browse.calendar import CalendarDay

CalendarView = Literal["profit", "count", "breaches"]
VIEWS: tuple[CalendarView, ...] = ("profit", "count", "breaches")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS = len(WEEKDAYS)
CELL = 4
MOST = 99
RIBBON = 40
SIGNS = {1: "+", 0: "=", -1: "-"}
HEADS = {
    "profit": "Result of each day: + gain, - loss, ! rule broken",
    "count": "Trades closed on each day; ! rule broken",
    "breaches": "Rules broken on each day",
}
NOTHING = "·"


def calendar_lines(days: "Sequence[CalendarDay]", view: CalendarView) -> "Iterator[str]":
    """Yield the calendar in one of its views: a head, the weeks' first days, seven rows."""
    yield f"{HEADS[view]}:"
    weeks = [days[start : start + DAYS] for start in range(0, len(days), DAYS)]
    months = [f"{week[0].day:%d}" for week in weeks]
    yield "    " + "".join(f"{name:>{CELL}}" for name in months)
    for number, name in enumerate(WEEKDAYS):
        cells = (CELLS[view](week[number]) for week in weeks if len(week) > number)
        yield f"{name} " + "".join(f"{cell:>{CELL}}" for cell in cells)
    first, last = days[0].day, days[-1].day
    yield f"    {first:%Y-%m-%d} to {last:%Y-%m-%d}, {len(weeks)} weeks from Monday"


def _profit(day: "CalendarDay") -> str:
    return _marked(SIGNS[day.sign] if day.net else NOTHING, day)


def _count(day: "CalendarDay") -> str:
    return _marked(str(min(day.closed, MOST)) if day.closed else NOTHING, day)


def _breaches(day: "CalendarDay") -> str:
    return str(min(day.breaches, MOST)) if day.breaches else NOTHING


def _marked(text: str, day: "CalendarDay") -> str:
    return f"{text}!" if day.breaches else f"{text} "


CELLS: "dict[CalendarView, Callable[[CalendarDay], str]]" = {
    "profit": _profit,
    "count": _count,
    "breaches": _breaches,
}


def streak_lines(days: "Sequence[CalendarDay]") -> "Iterator[str]":
    """Yield how many trading days in a row no rule was broken, and the last of them as a ribbon."""
    traded = [day for day in days if day.closed or day.net or day.breaches]
    kept = len(list(takewhile(lambda day: not day.breaches, reversed(traded))))
    yield f"Trading days without a broken rule: {counted(kept, 'day')} in a row"
    yield "  " + "".join("!" if day.breaches else "●" for day in traded[-RIBBON:])
