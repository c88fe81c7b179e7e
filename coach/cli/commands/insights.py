"""`coach biases` and `coach tags`: habits are tested claims, tags are facts about one trade."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.habit_groups import grouped
from coach.advice.habit_notes import legend, notes
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.views import insights as views
from coach.views.table import Column, Table, rows
from coach.wording.numbers import counted, whole_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.habits import HabitWords
    from coach.engine.api.promises.labels import Agreement
    from coach.model.insights import Bias as KnownBias
    from coach.model.insights import Finding, Tag
    from coach.model.labels import LabelShare
    from coach.views.table import Row

TAGS_FOR_PEOPLE = (
    Column("at", "at", "time"),
    Column("trade_id", "trade", "key"),
    Column("told", "what"),
)
FINDINGS_FOR_PEOPLE = (
    Column("bias", "bias"),
    Column("level", "level"),
    Column("score", "score", "statistic"),
    Column("p", "p", "statistic"),
    Column("n", "n", "number"),
    Column("held", "held"),
)
WORDS_FOR_LEVELS = {"asked": "pattern", "style": "style"}
Bias = Annotated[str | None, typer.Option(metavar="BIAS", help="Only this one.")]


def biases(
    context: typer.Context,
    days: Annotated[int, typer.Option(metavar="N", help="How far to look back.")] = 90,
    bias: Bias = None,
    every_figure: Annotated[
        bool, typer.Option("--all", help="On a terminal: the table of all figures.")
    ] = False,
) -> None:
    """Show which habits are really there and what they cost, with how sure that is.

    A terminal shows them by what is known of each; with --all, or --bias, it shows the table of all
    figures. Pipes and JSON always have every figure.
    """
    from coach.engine.api import habits, insights
    from coach.engine.api.promises import labels

    frame = frame_of(context)
    with frame.session() as session:
        found = insights.findings(session, days, bias)
        agreed = labels.agreements(session)
        words = habits.words_of(session)
    answer = findings_answer(found.findings, words, agreed, found.warnings)
    if bias is None and not every_figure:
        answer = by_what_is_known(answer, found.findings, words, agreed, frame.zone)
    frame.show(answer)


def tags(
    context: typer.Context, bias: Bias = None, after: After = None, limit: Limit = None
) -> None:
    """List single trades that stand out: facts, not verdicts."""
    from coach.engine.api import habits, insights

    frame = frame_of(context)
    with frame.session() as session:
        found = insights.tags(session, bias)
        words = habits.words_of(session)
    frame.show(page(tags_answer(found, words), "id", after, limit))


def findings_answer(
    found: "Sequence[Finding]",
    habits: "HabitWords",
    agreed: "Mapping[KnownBias, Agreement] | None" = None,
    warnings: tuple[str, ...] = (),
) -> Answer:
    """Return what was found of each habit, and how far its tags agree with the trader."""
    agreed = agreed or {}
    values = rows([views.finding(finding, agreed.get(finding.bias)) for finding in found])
    below = tuple(
        f"{finding.bias}: {note}"
        for finding in found
        for note in (*notes(finding, habits), *_agreed_told(agreed.get(finding.bias)))
    )
    people = Table(FINDINGS_FOR_PEOPLE, [_for_a_person(row) for row in values])
    return Answer(
        "biases",
        list(values),
        Table(views.FINDINGS, values),
        for_people=people,
        below=(*below, *legend(found)),
        warnings=warnings,
    )


def by_what_is_known(
    answer: Answer,
    found: "Sequence[Finding]",
    habits: "HabitWords",
    agreed: "Mapping[KnownBias, Agreement]",
    zone: str,
) -> Answer:
    """Return the answer as a terminal groups it; pipes and JSON get the same as without."""
    about = {bias: tuple(_agreed_told(one)) for bias, one in agreed.items()}
    lines = tuple(grouped(found, habits, about, zone))
    told = [one.bias for one in found if one.standing == "told"]
    hints = tuple(f"next: coach why {bias}" for bias in told[:1])
    return replace(answer, lines=lines[:-1], below=(), hints=hints)


def _for_a_person(row: "Row") -> "Row":
    """Return the row of a finding; what was counted and never tested has no level to read.

    Nor has what a rule explains or may: it is no evidence of a habit.
    """
    if row["standing"] in WORDS_FOR_LEVELS:
        word = WORDS_FOR_LEVELS[str(row["standing"])]
        return {**row, "level": word, "score": None, "p": None, "held": None}
    counted = row["kind"] == "fact" and row["level"] == "none"
    return {**row, "level": "fact"} if counted else row


def _agreed_told(agreed: "Agreement | None") -> "Iterator[str]":
    if agreed is not None and agreed.precision is not None:
        yield f"by your answers {_percent(agreed.precision)} of the tags are right"
    if agreed is not None and agreed.recall is not None:
        yield f"by your answers it finds {_percent(agreed.recall)} of such trades"


def _percent(share: "LabelShare") -> str:
    low, high = (whole_percent(end, "") for end in share.interval)
    answers = counted(share.n, "answer")
    return f"{whole_percent(share.estimate)} ({low} to {high}, {answers})"


def tags_answer(found: "list[Tag]", habits: "HabitWords") -> Answer:
    """Return the tagged trades."""
    values = rows([views.tag(tag) for tag in found])
    lines = rows(
        [
            {
                "at": tag.at,
                "trade_id": tag.trade_id,
                "told": f"{tag.bias}: {habits.tag(tag)}",
                "id": row["id"],
            }
            for tag, row in zip(found, values, strict=True)
        ]
    )
    people = Table(TAGS_FOR_PEOPLE, lines, "no tags")
    return Answer("tags", list(values), Table(views.TAGS, values), for_people=people)
