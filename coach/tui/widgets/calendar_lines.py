"""A calendar of text: a row for each day of the week, a column for each week.

Gains and losses are told by their sign, not by a colour alone; `!` marks a broken rule.
"""

from typing import TYPE_CHECKING

from coach.advice.day_words import HEADS, CalendarView, days_traded, streak_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coach.engine.api.browse.calendar import CalendarDay

VIEWS: tuple[CalendarView, ...] = ("profit", "count", "breaches")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS = len(WEEKDAYS)
CELL = 4
MOST = 99
RIBBON = 40
SIGNS = {1: "+", 0: "=", -1: "-"}
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
    yield streak_sentence(days)
    traded = days_traded(days)
    yield "  " + "".join("!" if day.breaches else "●" for day in traded[-RIBBON:])
