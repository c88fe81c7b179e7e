"""`coach label`: say whether a trade was that habit; answer the few random questions of a week."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.readable import keys_apart, local
from coach.cli.frame import Frame, frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
from coach.views import labels as views
from coach.views.table import Table, rows
from coach.wording.reasons import question_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.promises.labels import QuestionView
    from coach.engine.api.session import Session
    from coach.model.labels import Label
    from coach.model.plans import ReasonQuestion
    from coach.model.trades import TradeId

QUESTIONS = "questions"
ANSWERS = {"y": "yes", "n": "no", "u": "unsure"}
HOW = "coach label TRADE BIAS yes|no|unsure"
TAKES_BACK = "coach label TRADE BIAS --remove"
CHOICES = "[y/n/u, Enter to skip]"


def label(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    trade: Annotated[
        str | None, typer.Argument(metavar="TRADE", help="A trade's id, or its beginning.")
    ] = None,
    bias: Annotated[str | None, typer.Argument(metavar="BIAS", help="The habit.")] = None,
    answer: Annotated[
        str | None, typer.Argument(metavar="yes|no|unsure", help="Was it that?")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take your answer back.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show what you said so far.")] = False,
    after: After = None,
    limit: Limit = None,
) -> None:
    """Say whether a trade was that habit: it is how coach learns how often it is right.

    \b
      coach label 3fa9c1 revenge yes
      coach label questions            a few random trades of the last week
      coach label 3fa9c1 revenge --remove
      coach label --list

    Only a random question can find what was never tagged.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if listed:
        frame.show(page(every_answer(frame), views.LABEL_KEY, after, limit))
    elif trade == QUESTIONS and bias is None:
        show_questions(frame, after, limit)
    elif after is not None or limit is not None:
        raise UsageError("coach label --list --limit 50", what="--after and --limit are of a list")
    elif trade is None or bias is None:
        raise UsageError(HOW, what="which trade, and which habit?")
    elif remove:
        take_back(frame, (trade, bias), answer, reason)
    else:
        give(frame, (trade, bias), answer, reason)


def every_answer(frame: Frame) -> Answer:
    """Return every answer so far."""
    from coach.engine.api.promises import labels as api

    with frame.session() as session:
        found, gone = api.labels(session), api.labels_of_gone_trades(session)
    return listing(found, gone)


def give(frame: Frame, about: tuple[str, str], answer: str | None, reason: str) -> None:
    """Keep one answer; a person on a terminal who gave none is asked."""
    from coach.engine.api.promises import labels as api

    trade, bias = about
    with frame.session() as session:
        said = answer
        if said is None and frame.somebody_answers:
            trip = api.trade_named(session, trade)
            api.bias_named(session, bias)
            said = _answer_of(frame.asked(f"{trip.symbol} {trip.id}: was it {bias}?", "[y/n/u]"))
        if said is None:
            raise UsageError(HOW, what="yes, no or unsure?")
        kept = api.label(session, trade, bias, said, reason)
    frame.show(answered([kept], "label"))


def take_back(frame: Frame, about: tuple[str, str], answer: str | None, reason: str) -> None:
    """Take an answer back, and show what it was."""
    from coach.engine.api.promises import labels as api

    if answer is not None or reason:
        raise UsageError(TAKES_BACK, what="an answer is given or taken back, not both")
    with frame.session() as session:
        gone = api.remove(session, *about)
    frame.show(answered([gone], "label --remove"))


def show_questions(frame: Frame, after: str | None = None, limit: int | None = None) -> None:
    """Show the open questions of the week; a person on a terminal is asked one by one.

    Questions about rules are listed below them; `coach plans answer` answers those.
    """
    from coach.engine.api.promises import labels as api
    from coach.engine.api.promises.questions import open_questions

    with frame.session() as session:
        found, asked = api.questions(session), open_questions(session)
        one_by_one = found and frame.somebody_answers and not frame.output.json
        if not one_by_one or after is not None or limit is not None:
            open_now = questions(found, asked, frame.zone)
            frame.show(page(open_now, views.QUESTION_KEY, after, limit))
            return
        given = [kept for asking in found if (kept := _ask(frame, session, asking)) is not None]
    frame.show(replace(answered(given, "label questions"), hints=_how_to_answer(asked)))


def _ask(frame: Frame, session: "Session", asking: "QuestionView") -> "Label | None":
    from coach.engine.api.promises import labels as api

    trip, bias = asking.trip, asking.question.bias
    opened = local(trip.opened_at.isoformat(), frame.zone)
    # The result is not told: knowing it changes the answer.
    question = f"{trip.symbol} {trip.side} {trip.id[:8]}, opened {opened}: was it {bias}?"
    word = frame.asked(question, CHOICES)
    while word and _answer_of(word) is None:
        word = frame.asked(f"invalid answer {word!r}: was it {bias}?", CHOICES)
    said = _answer_of(word)
    return None if said is None else api.label(session, trip.id, bias, said)


def _answer_of(word: str) -> str | None:
    return ANSWERS.get(word[:1]) if word else None


def answered(found: "Sequence[Label]", command: str = "label --list") -> Answer:
    """Return answers."""
    values = rows([views.given_label(one) for one in found])
    one = command in {"label", "label --remove"}
    return Answer(
        command, values[0] if one else list(values), Table(views.LABELS, values, "no answers")
    )


def listing(found: "Sequence[Label]", gone: "Sequence[Label]") -> Answer:
    """Return all answers; those about trades that are gone stand apart, and count for nothing."""
    rows_of_both = rows(
        [
            views.listed_label(one, trade_gone=is_gone)
            for labels, is_gone in ((found, False), (gone, True))
            for one in labels
        ]
    )
    table = Table(views.EVERY_LABEL, rows_of_both, "no answers")
    return Answer("label --list", list(rows_of_both), table, warnings=views.gone_sentences(gone))


def questions(
    found: "Sequence[QuestionView]", asked: "Sequence[ReasonQuestion]" = (), zone: str = "UTC"
) -> Answer:
    """Return open questions: about random trades, then about rules of the trader's."""
    shown = [*map(views.open_question, found), *map(views.open_reason_question, asked)]
    values = rows(shown)
    hints = (*((f"answer with {HOW}",) if found else ()), *_how_to_answer(asked))
    table = Table(views.QUESTIONS, values, "no open questions")
    lines = (*_about_trades(found, zone), *_about_rules(asked))
    return Answer("label questions", list(values), table, lines=lines, hints=hints)


def _about_trades(found: "Sequence[QuestionView]", zone: str) -> "Iterator[str]":
    """Yield the questions about random trades: for each trade, which habits it may have been."""
    biases: dict[TradeId, list[str]] = {}
    for view in found:
        biases.setdefault(view.trip.id, []).append(view.question.bias)
    trips = {view.trip.id: view.trip for view in found}
    if found:
        yield f"Random trades of {found[0].question.week}: was it that habit?"
    for trip, key in zip(trips.values(), keys_apart([*trips]), strict=True):
        opened = local(trip.opened_at.isoformat(), zone)
        yield f"  {key}  {trip.symbol} {trip.side}, opened {opened}: {', '.join(biases[trip.id])}"


def _about_rules(asked: "Sequence[ReasonQuestion]") -> "Iterator[str]":
    """Yield the questions about rules of the trader's."""
    if asked:
        yield "Is it a rule of yours?"
    for one in asked:
        yield f"  {one.id}: {question_text(one.reason)}"


def _how_to_answer(asked: "Sequence[ReasonQuestion]") -> tuple[str, ...]:
    """Return how the questions about rules are answered, nothing where there is none."""
    return tuple(f"answer {one.id} with coach plans answer {one.id} yes|no|unsure" for one in asked)
