"""What was asked about a trader's own rules, and what they answered. Rows are only added."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.engine.store.results.finding_text import reason_of
from coach.model.accounts import UserId
from coach.model.plans import QuestionId, QuestionRecord, ReasonAnswer

APPEND = """
insert into reason_question (user_id, n, question_id, step, bias, reason, as_of)
select %(user)s, coalesce(max(n), 0) + 1, %(id)s, %(step)s, %(bias)s, %(reason)s, %(as_of)s
  from reason_question where user_id = %(user)s
"""


def records(connection: Connection[Any], user_id: UserId) -> list[QuestionRecord]:
    """Return every step of every question, oldest first."""
    rows = connection.execute(
        "select n, question_id, step, bias, reason, as_of from reason_question"
        " where user_id = %s order by n",
        [user_id],
    )
    return [
        QuestionRecord(n, QuestionId(name), step, bias, reason_of(reason), as_of)
        for n, name, step, bias, reason, as_of in rows
    ]


def append(connection: Connection[Any], user_id: UserId, record: QuestionRecord) -> None:
    """Keep a step under the user's next number, whatever number it brings."""
    values = {
        "user": user_id,
        "id": record.question_id,
        "step": record.step,
        "bias": record.bias,
        "reason": Jsonb(asdict(record.reason)),
        "as_of": record.as_of,
    }
    connection.execute(APPEND, values)


def standing_answers(steps: Iterable[QuestionRecord]) -> dict[QuestionId, list[QuestionRecord]]:
    """Return the answers of each question that were not taken back, oldest first."""
    standing: dict[QuestionId, list[QuestionRecord]] = {}
    for step in steps:
        given = standing.setdefault(step.question_id, [])
        if step.step == "undone":
            given.pop()
        elif step.answer is not None:
            given.append(step)
    return standing


def answers(connection: Connection[Any], user_id: UserId) -> tuple[ReasonAnswer, ...]:
    """Return each question's newest answer where it is yes or no, by the question's id.

    "unsure" says nothing of a reason, and takes the place of an earlier answer.
    """
    standing = standing_answers(records(connection, user_id))
    newest = [one for name in sorted(standing) for one in standing[name][-1:]]
    return tuple(
        ReasonAnswer(one.bias, one.reason, one.answer, one.as_of)
        for one in newest
        if one.answer is not None and one.answer != "unsure"
    )
