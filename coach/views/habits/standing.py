"""Habits as rows: each with what is known of it in a word, then the questions about rules."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.model.plans import question_id
from coach.views import insights as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.promises.labels import Agreement
    from coach.model.insights import Bias, Finding
    from coach.model.plans import ReasonQuestion
    from coach.views.table import Row

GROUPS = ("found", "possible", "asked", "rule", "not found", "unsure", "fact", "question")
LEVELS = ("strong", "likely", "possible", "none", "insufficient")


@dataclass(frozen=True, slots=True)
class HabitsSeen:
    """The findings, how the trader's answers agree with them, and the questions about rules."""

    findings: "Sequence[Finding]"
    agreed: "dict[Bias, Agreement]"
    asked: "Sequence[ReasonQuestion]"


def habit_rows(found: HabitsSeen) -> "Iterator[Row]":
    """Yield the row of each habit, with its group and the question about it."""
    for one in found.findings:
        row = json_row(views.finding(one, found.agreed.get(one.bias)))
        asked = question_id(one.bias, one.reasons[0].kind) if one.standing == "asked" else None
        is_test = one.kind == "test" and one.standing in {"told", "untold"}
        group = group_of(one)
        score = row["score"] if is_test else None
        level = "counted" if group == "fact" else row["level"]
        yield {**row, "score": score, "shown_level": level, "group": group, "question": asked}


def group_of(one: "Finding") -> str:
    """Return what is known of a habit, in a word."""
    standings = {"told": "found", "asked": "asked", "style": "rule"}
    if one.standing in standings:
        return standings[one.standing]
    if one.level == "insufficient":
        return "unsure"
    if one.kind == "fact":
        return "fact"
    return "not found" if one.level == "none" else "possible"


def rank(row: "Row") -> tuple[int, int]:
    """Return what habits are sorted by: what is known of them, then how strong it is."""
    return GROUPS.index(str(row["group"])), LEVELS.index(str(row["level"]))


def question_rows(found: HabitsSeen) -> "Iterator[Row]":
    """Yield the row of each question about a rule."""
    for one in found.asked:
        state = one.answer or one.state
        yield {"group": "question", "bias": one.bias, "shown_level": state, "question": one.id}
