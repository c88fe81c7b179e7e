"""Habits by what is known of them, and the questions about rules of the trader's."""

from typing import TYPE_CHECKING

from coach.advice.asked import asked_lines
from coach.advice.why import finding_lines
from coach.engine.api import habits as habits_api
from coach.engine.api import insights
from coach.engine.api import why as why_api
from coach.engine.api.promises import labels
from coach.engine.api.promises import questions as questions_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said, said_lines, with_words
from coach.views.habits.standing import GROUPS, HabitsSeen, habit_rows, question_rows, rank
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.views.table import Row

DAYS = 90
COLUMNS = (
    Column("shown_level", "evidence"),
    Column("effect", "effect", "statistic"),
    Column("interval", "90 % interval", "statistic"),
    Column("unit", "unit"),
    Column("n", "n", "number"),
    Column("needed", "needed", "number"),
    Column("score", "score", "statistic"),
)
TITLES = {
    "found": "Found",
    "possible": "Possible, and not confirmed",
    "asked": "A rule of yours may explain it",
    "rule": "Explained by a rule of yours",
    "not found": "Not found",
    "unsure": "Not enough evidence yet",
    "fact": "Facts, counted and not tested",
}


def habits(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return every habit in groups by what is known of it, and every question about a rule."""
    found = insights.findings(call.session, DAYS)
    agreed = labels.agreements(call.session)
    asked = questions_api.questions(call.session)
    seen = HabitsSeen(found.findings, agreed, asked)
    rows_ = sorted(habit_rows(seen), key=rank)
    words = habits_api.words_of(call.session)
    names = {one.bias: _name(words, one.bias) for one in found.findings}
    return ApiAnswer(
        "screens habits",
        {
            "groups": [
                {
                    "group": group,
                    "title": TITLES[group],
                    "rows": [_row(one, names, call.zone) for one in rows_ if one["group"] == group],
                }
                for group in GROUPS
                if group in TITLES
            ],
            "questions": _questions(seen),
            "anything": any(one.n or one.facts for one in found.findings),
        },
        found.warnings,
    )


def _name(words: habits_api.HabitWords, bias: str) -> str:
    known = words.of(bias)
    return bias if known is None else known.name


def _row(row: "Row", names: "dict[str, str]", zone: str) -> "dict[str, Json]":
    kept = {key: value for key, value in row.items() if key not in {"evidence", "counter"}}
    return {**with_words(COLUMNS, kept, zone), "name": names[str(row["bias"])]}


def _questions(seen: HabitsSeen) -> "list[Json]":
    rows_ = list(question_rows(seen))
    return [
        {**row, "answer": one.answer, "lines": said_lines([*asked_lines(one)][:-2])}
        for row, one in zip(rows_, seen.asked, strict=True)
    ]


def one_habit(call: ApiCall, _: NoQuery, bias: str) -> ApiAnswer:
    """Return what stands behind what is said about a habit, line by line."""
    found = why_api.of_bias(call.session, bias, DAYS)
    first, *lines = finding_lines(found, habits_api.words_of(call.session), call.zone)
    return ApiAnswer(
        "screens habit", {"bias": bias, "title": said(first), "lines": said_lines(lines)}
    )
