"""What coach asks about the trader's own rules: the questions, their answers, the styles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.insights import conclude_anew, findings
from coach.engine.conclusions.announcements import of_questions
from coach.engine.promises.questions import questions as as_they_stand
from coach.engine.store import health, insights
from coach.engine.store.promises import questions as store
from coach.errors import Conflict, Invalid, NotFound
from coach.model.conclusions.habit_events import QuestionAnswered
from coach.model.labels import Answer
from coach.model.plans import QuestionRecord, ReasonQuestion, question_id
from coach.model.reasons import OF_EVERY_HABIT
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.session import Session
    from coach.model.events import NewEvent
    from coach.model.insights import Bias
    from coach.model.plans import QuestionReply


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question whose answer came or went, and what to know of the conclusions drawn anew."""

    question: ReasonQuestion
    warnings: tuple[str, ...] = ()


def questions(session: Session) -> list[ReasonQuestion]:
    """Return every question, open ones first, then those that are answered or lapsed."""
    conclude_due(session)
    connection, user_id = session.connection, session.user.id
    waiting = {question_id(*one) for one in health.asked_reasons(connection, user_id)}
    return as_they_stand(store.records(connection, user_id), waiting)


def styles(session: Session) -> list[ReasonQuestion]:
    """Return the reasons that the trader called rules of theirs and that stand."""
    return [one for one in questions(session) if (one.state, one.answer) == ("answered", "yes")]


def open_questions(session: Session) -> list[ReasonQuestion]:
    """Return the questions that wait for an answer."""
    return [one for one in questions(session) if one.state == "open"]


def about(session: Session, bias: Bias) -> list[ReasonQuestion]:
    """Return the questions that are about a habit; some are about every one."""
    return [
        one for one in questions(session) if one.bias == bias or one.reason.kind in OF_EVERY_HABIT
    ]


def question_named(session: Session, name: str) -> ReasonQuestion:
    """Return the question of that id; NotFound where it was never asked and no pattern shows it.

    A pattern shows its question before its turn to be asked has come.
    """
    return find_question(session, name) or _question_shown(session, name)


def find_question(session: Session, name: str) -> ReasonQuestion | None:
    """Return the question of that id, None where it was never asked."""
    return next((one for one in questions(session) if one.id == name), None)


def answer(session: Session, name: str, said: str) -> QuestionChange:
    """Keep an answer in place of an earlier one; all conclusions are drawn anew with it."""
    if said not in get_args(Answer):
        raise Invalid("answer", f"not {said!r}", "yes, no or unsure")
    asked = question_named(session, name)
    if asked.answer == said and asked.state == "answered":
        return QuestionChange(asked)
    return _keep(session, asked, cast("Answer", said))


def _question_shown(session: Session, name: str) -> ReasonQuestion:
    """Return the question of a pattern that was never asked; NotFound where no pattern has it."""
    as_of = insights.known_until(session.connection, session.user.id)
    shown = [one for one in findings(session).findings if one.standing == "asked"]
    for finding in shown:
        for reason in finding.reasons:
            asked = question_id(finding.bias, reason.kind)
            if as_of is not None and asked == name:
                return ReasonQuestion(asked, finding.bias, reason, as_of, 0, "open")
    raise NotFound(kind="question", name=name)


def take_back(session: Session, asked: ReasonQuestion) -> QuestionChange:
    """Take the newest answer to a question back; all conclusions are drawn anew without it."""
    if asked.answer is None:
        what = f"the question {asked.id} has no answer to take back"
        raise Conflict(("question", asked.id), what, remedy="list_questions")
    return _keep(session, asked, "undone")


def _keep(session: Session, asked: ReasonQuestion, reply: QuestionReply) -> QuestionChange:
    connection, user_id = session.connection, session.user.id

    def change() -> Iterator[NewEvent]:
        as_of = max(insights.known_until(connection, user_id) or asked.asked_at, asked.asked_at)
        step = QuestionRecord(0, asked.id, reply, asked.bias, asked.reason, as_of)
        never_asked = not asked.times and asked.answer is None
        if never_asked:
            store.append(connection, user_id, replace(step, step="asked"))
        store.append(connection, user_id, step)
        if never_asked:
            yield from of_questions([replace(asked, times=1)])
        yield QuestionAnswered(
            question_id=asked.id,
            bias=asked.bias,
            reason=asked.reason.kind,
            answer=reply,
            as_of=as_of,
        )

    warnings = conclude_anew(session, change)
    return QuestionChange(question_named(session, asked.id), warnings)
