"""`coach plans`: what you declare or confirm, so that a rule is not taken for a habit."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.cli.waiting import waiting_hints
from coach.errors import UsageError
from coach.model.numbers import typed_number
from coach.views import plans as views
from coach.views.reasons import QUESTIONS, reason_question
from coach.views.table import Table, rows
from coach.wording.questions import describe_question
from coach.wording.reasons import question_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.promises.plans import PlanChange
    from coach.engine.api.promises.questions import QuestionChange
    from coach.model.plans import Plan, ReasonQuestion

HOW = "coach plans answer ID yes|no|unsure"
ANSWERS = {"y": "yes", "n": "no", "u": "unsure"}


def listed(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List plans and styles."""
    if context.invoked_subcommand is None:
        plans(context, after, limit)


app = sub_app("What you declare or confirm, so that it is no habit.", alone=listed)


@app.command()
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What kind of plan.")],
    symbol: Annotated[
        list[str] | None,
        typer.Option(metavar="SYMBOL", help="Only for this one; may be repeated."),
    ] = None,
    percent: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Distance from the entry, in percent.")
    ] = None,
    start: Annotated[str, typer.Option(metavar="HH:MM", help="Your hours begin.")] = "",
    end: Annotated[str, typer.Option(metavar="HH:MM", help="Your hours end.")] = "",
) -> None:
    """Declare a plan; all conclusions are drawn anew with it.

    \b
      coach plans add dca --symbol BTC-USD
      coach plans add stop --percent 2
      coach plans add night_shift --start 22:00 --end 05:00

    \b
    Kinds:
      dca          buys at a fixed pace, whatever the price does
      momentum     enters with a move, by rule
      only         trades these symbols and no others (--symbol)
      night_shift  trades at night by the hours kept (--start, --end)
      stop         leaves at a fixed loss (--percent)
      target       leaves at a fixed gain (--percent)
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import plans as api

    frame = frame_of(context)
    wanted = api.PlanRequest(symbol or (), number(percent, "--percent"), start, end)
    with frame.session(create=True) as session:
        made = api.add(session, kind, wanted)
    frame.show(one("plans add", made))


@app.command("list")
def plans(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List plans, and styles: the rules that you confirmed."""
    from coach.engine.api.promises import plans as api
    from coach.engine.api.promises import questions as asked

    frame = frame_of(context)
    with frame.session() as session:
        found, styles = api.plans(session), asked.styles(session)
        hints = waiting_hints(session)
    frame.show(page(answer(found, styles, hints), "id", after, limit))


@app.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="Of a plan, a style or a question.")],
) -> None:
    """Drop a plan, or take an answer back.

    All conclusions are drawn anew without it.

    \b
      coach plans remove dca
      coach plans remove disposition-target

    Taking an answer back leaves the question as it was before it.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import plans as api
    from coach.engine.api.promises import questions as asked

    frame = frame_of(context)
    with frame.session() as session:
        answered = asked.find_question(session, name)
        if answered is None:
            gone = api.remove(session, name)
            removed = replace(one("plans remove", gone), lines=(f"removed {gone.plan.id}",))
        else:
            removed = changed("plans remove", asked.take_back(session, answered))
    frame.show(removed)


@app.command()
def questions(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List what coach asks about rules of yours.

    Open questions come first, then those that are answered, then those that lapsed.
    Where a rule may explain what looks like a habit, coach claims nothing and asks.

    \b
      coach plans questions
      coach plans answer disposition-target yes
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import questions as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.questions(session)
    frame.show(page(listing(found), "id", after, limit))


@app.command("answer")
def reply(
    context: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="ID", help="A question's id, as the list shows it.")
    ],
    said: Annotated[
        str | None, typer.Argument(metavar="yes|no|unsure", help="Is it a rule of yours?")
    ] = None,
) -> None:
    """Say whether a rule is yours.

    All conclusions are drawn anew with the answer.

    \b
      yes      it is a style of yours: the habit is not told while the rule holds
      no       it is no rule: the habit is told, if nothing else explains it
      unsure   it stays a pattern, and coach asks again after 28 days of trading
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import questions as api

    frame = frame_of(context)
    with frame.session() as session:
        word = said
        if word is None and frame.somebody_answers:
            known = api.question_named(session, question)
            typed = frame.asked(question_text(known.reason), "[y/n/u]")
            word = ANSWERS.get(typed[:1])
        if word is None:
            raise UsageError(HOW, what="yes, no or unsure?")
        found = api.answer(session, question, word)
    frame.show(changed("plans answer", found))


def number(text: str | None, option: str) -> Decimal | None:
    """Return a decimal that was typed, None where none was."""
    if text is None:
        return None
    value = typed_number(text)
    if value is None:
        raise UsageError(f"{option} 2.5", what=f"invalid number {text!r}")
    return value


def answer(
    found: "Sequence[Plan]",
    styles: "Sequence[ReasonQuestion]",
    hints: tuple[str, ...] = (),
) -> Answer:
    """Return all plans and styles; a person is told that questions wait."""
    shown = [*(views.declared_plan(plan) for plan in found), *map(views.style, styles)]
    values = rows(shown)
    table = Table(views.PLANS, values, "no plans")
    return Answer("plans list", list(values), table, hints=hints)


def listing(found: "Sequence[ReasonQuestion]") -> Answer:
    """Return all questions."""
    values = rows([reason_question(asked) for asked in found])
    hints = (f"answer with {HOW}",) if any(one.state == "open" for one in found) else ()
    lines = tuple(line for one in found for line in _lines(one))
    table = Table(QUESTIONS, values, "no questions")
    return Answer("plans questions", list(values), table, lines=lines, hints=hints)


def changed(command: str, found: "QuestionChange") -> Answer:
    """Return one question as it stands now."""
    values, lines = rows([reason_question(found.question)]), tuple(_lines(found.question))
    table = Table(QUESTIONS, values)
    return Answer(command, values[0], table, lines=lines, warnings=found.warnings)


def _lines(one: "ReasonQuestion") -> "Iterator[str]":
    """Yield a question as a person reads it."""
    yield describe_question(one)
    yield f"  {question_text(one.reason)}"


def one(command: str, changed: "PlanChange") -> Answer:
    """Return one plan."""
    values = rows([views.declared_plan(changed.plan)])
    return Answer(command, values[0], Table(views.PLANS, values), warnings=changed.warnings)
