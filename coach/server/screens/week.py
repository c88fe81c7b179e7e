"""The week: its digest in words, the days of the months around it, what to do next."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.advice.day_words import HEADS, streak_sentence
from coach.advice.digest_steps import next_step
from coach.engine.api import digests, notes
from coach.engine.api.browse.calendar import calendar
from coach.errors import NotInitialised
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import RouteQuery
from coach.server.screens.said import said, said_lines
from coach.wording.numbers import counted, money

if TYPE_CHECKING:
    from coach.advice.day_words import CalendarView
    from coach.engine.api.browse.calendar import CalendarDay
    from coach.engine.api.digests import DigestView, Section
    from coach.model.events import Json

SCREEN_OF_STEP = (
    ("coach why", "habits"),
    ("coach rules", "rules"),
    ("coach plans questions", "habits"),
    ("coach trades", "trades"),
    ("coach import", "imports"),
)
OPENED_BY_STEP = (("coach why ", "habit"), ("coach rules dry-run ", "rule"))
"""Commands that name one thing, which its screen opens."""
VIEWS: "tuple[CalendarView, ...]" = ("breaches", "profit", "count")
"""What a page begins with is what was promised, not what was earned."""
SIGNS = {1: "a gain", 0: "even", -1: "a loss"}


class WeekQuery(RouteQuery):
    """Which week."""

    week: Annotated[str | None, Field(description="Such as 2026-W14; else the newest.")] = None


def week(call: ApiCall, query: WeekQuery) -> ApiAnswer:
    """Return a week, read back, and the months around it."""
    try:
        found = digests.digest(call.session, query.week)
    except NotInitialised:
        return ApiAnswer("screens week", None)
    days, step = calendar(call.session), next_step(found)
    count = len(notes.of_week(call.session, found.week))
    earlier, later = _beside(found.week)
    begun = date.fromisocalendar(*_parts(later), 1) <= call.session.clock().date()
    return ApiAnswer(
        "screens week",
        {
            **digest_words(found),
            "earlier": earlier,
            "later": later if begun else None,
            "next": _way_on(step),
            "notes": said(f"{counted(count, 'note')} on this week") if count else None,
            "streak": said(streak_sentence(days)),
            "views": [{"name": name, "title": HEADS[name]} for name in VIEWS],
            "days": [_day(one) for one in days],
        },
    )


def _way_on(step: str) -> "Json":
    """Return the next step in words, the screen that it leads to and what is open there."""
    command, _, _ = step.partition(":")
    opened: dict[str, Json] = {
        name: command.removeprefix(words)
        for words, name in OPENED_BY_STEP
        if command.startswith(words)
    }
    screen = next(name for words, name in SCREEN_OF_STEP if step.startswith(words))
    return {**said(step), "screen": screen, "query": opened}


def digest_words(found: "DigestView") -> "dict[str, Json]":
    """Return a digest in words: its sections before and after the table of what changed."""
    page = found.words()
    return {
        "week": found.week,
        "sha256": found.sha256,
        "title": page.title,
        "parts": [_section(one) for one in page.story],
        "table": {
            "title": page.changes.title,
            "rows": [said_lines(cells) for cells in page.changes.rows],
        },
        "more": [_section(one) for one in (*page.after_tables, *page.details)],
        "footnote": digests.FOOTNOTE,
    }


def _section(section: "Section") -> "Json":
    lines: list[Json] = [{**said(one.text), "detail": one.detail} for one in section.lines]
    return {"title": section.title, "lines": lines}


def _beside(name: str) -> tuple[str, str]:
    monday = date.fromisocalendar(*_parts(name), 1)
    weeks = ((monday + timedelta(weeks=by)).isocalendar() for by in (-1, 1))
    earlier, later = (f"{one.year}-W{one.week:02}" for one in weeks)
    return earlier, later


def _parts(name: str) -> tuple[int, int]:
    year, _, number = name.partition("-W")
    return int(year), int(number)


def _day(day: "CalendarDay") -> "Json":
    results = [money(net, quote, sign=True) for quote, net in day.net.items()]
    facts = [
        counted(day.closed, "trade") + " closed",
        f"{SIGNS[day.sign]}: {', '.join(results)}" if results else "nothing realised",
        counted(day.breaches, "broken rule"),
    ]
    return {
        **said(f"{day.day:%A %d %B %Y}: {'; '.join(facts)}"),
        "day": day.day.isoformat(),
        "closed": day.closed,
        "breaches": day.breaches,
        "sign": day.sign if day.net else None,
        "net": {quote: str(net) for quote, net in day.net.items()},
    }
