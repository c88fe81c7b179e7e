"""Which questions wait for an answer, as every status and every import says."""

from typing import TYPE_CHECKING

from coach.engine.store import health

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.model.plans import QuestionId


def waiting_questions(session: "Session") -> "tuple[QuestionId, ...]":
    """Return the questions that wait for an answer; one query where no finding turns on any."""
    connection, user_id = session.connection, session.user.id
    reasons = health.asked_reasons(connection, user_id)
    if not reasons:
        return ()
    from coach.engine.promises.questions import questions
    from coach.engine.store.promises.questions import records
    from coach.model.plans import question_id

    waiting = {question_id(*one) for one in reasons}
    steps = records(connection, user_id)
    return tuple(one.id for one in questions(steps, waiting) if one.state == "open")
