"""The words of the calendar: what its views show, and how long no rule was broken."""

from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.browse.calendar import CalendarDay

CalendarView = Literal["profit", "count", "breaches"]
HEADS: "dict[CalendarView, str]" = {
    "profit": "Result of each day: + gain, - loss, ! rule broken",
    "count": "Trades closed on each day; ! rule broken",
    "breaches": "Rules broken on each day",
}


def days_traded(days: "Sequence[CalendarDay]") -> "list[CalendarDay]":
    """Return the days on which something happened."""
    return [day for day in days if day.closed or day.net or day.breaches]


def streak_sentence(days: "Sequence[CalendarDay]") -> str:
    """Say how many trading days in a row no rule was broken."""
    kept = len(list(takewhile(lambda day: not day.breaches, reversed(days_traded(days)))))
    return f"Trading days without a broken rule: {counted(kept, 'day')} in a row"
