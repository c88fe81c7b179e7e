"""When coach asks whether a rule of the trader's stands behind a finding.

At most one question a run, about the habit with the strongest evidence that is due. One without an
answer, or with "unsure", is asked again after 28 days and three times at most. All times are those
of the data: the same imports ask the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coach.engine.store.promises import questions as store
from coach.engine.store.promises.questions import standing_answers
from coach.model.plans import QuestionRecord, ReasonQuestion, question_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.model.accounts import UserId
    from coach.model.insights import Finding
    from coach.model.plans import QuestionId, QuestionState
    from coach.model.reasons import Reason

ASKED_AGAIN_AFTER = timedelta(days=28)
MOST_TIMES = 3


def ask(
    connection: Connection[Any], user_id: UserId, findings: Sequence[Finding], as_of: datetime
) -> tuple[ReasonQuestion, ...]:
    """Ask the question that is due, in the caller's transaction; return it, or nothing."""
    due = question_due(findings, store.records(connection, user_id), as_of)
    if due is None:
        return ()
    store.append(
        connection, user_id, QuestionRecord(0, due.id, "asked", due.bias, due.reason, as_of)
    )
    return (due,)


def question_due(
    findings: Sequence[Finding], steps: Sequence[QuestionRecord], as_of: datetime
) -> ReasonQuestion | None:
    """Return the one question that is due as of the end of the data, None when none is."""
    waiting = [one for one in findings if one.standing == "asked" and one.reasons]
    lives = _by_question(steps)
    for finding in sorted(waiting, key=_strongest_first):
        reason = _reason_to_ask(finding, lives)
        name = question_id(finding.bias, reason.kind)
        asked = _unanswered(lives.get(name, []))
        if _is_due(asked, as_of):
            times = sum(one.step == "asked" for one in asked) + 1
            return ReasonQuestion(name, finding.bias, reason, as_of, times, "open")
    return None


def questions(
    steps: Sequence[QuestionRecord], waiting: Collection[QuestionId]
) -> list[ReasonQuestion]:
    """Return every question as it stands, the open ones first, each kind by when it was asked.

    `waiting` are those that the newest findings still turn on.
    """
    found = [_question(name, life, waiting) for name, life in _by_question(steps).items()]
    order = ("open", "answered", "lapsed")
    return sorted(found, key=lambda one: (order.index(one.state), one.asked_at, one.id))


def _strongest_first(finding: Finding) -> tuple[float, float, str]:
    p = 1.0 if finding.p is None else finding.p
    return -(finding.score or 0.0), p, finding.bias


def _by_question(steps: Sequence[QuestionRecord]) -> dict[QuestionId, list[QuestionRecord]]:
    lives: dict[QuestionId, list[QuestionRecord]] = {}
    for step in steps:
        lives.setdefault(step.question_id, []).append(step)
    return lives


def _reason_to_ask(
    finding: Finding, lives: Mapping[QuestionId, Sequence[QuestionRecord]]
) -> Reason:
    """Return the reason that is asked about already, else the first one."""
    for reason in finding.reasons:
        if _unanswered(lives.get(question_id(finding.bias, reason.kind), [])):
            return reason
    return finding.reasons[0]


def _unanswered(life: Sequence[QuestionRecord]) -> list[QuestionRecord]:
    """Return the steps since the newest "yes" or "no" that stands, without what was taken back."""
    standing = [one for given in standing_answers(life).values() for one in given]
    decided = max((one.n for one in standing if one.step in {"yes", "no"}), default=0)
    unsure = {one.n for one in standing if one.step == "unsure"}
    return [one for one in life if one.n > decided and (one.step == "asked" or one.n in unsure)]


def _is_due(asked: Sequence[QuestionRecord], as_of: datetime) -> bool:
    if not asked:
        return True
    times = sum(one.step == "asked" for one in asked)
    newest = max(one.as_of for one in asked)
    return times < MOST_TIMES and as_of - newest >= ASKED_AGAIN_AFTER


def _question(
    name: QuestionId, life: Sequence[QuestionRecord], waiting: Collection[QuestionId]
) -> ReasonQuestion:
    asked = [one for one in life if one.step == "asked"]
    since = _unanswered(life)
    given = [one for answers in standing_answers(life).values() for one in answers][-1:]
    open_again = any(one.step == "asked" for one in since)
    newest = asked[-1]
    return ReasonQuestion(
        id=name,
        bias=newest.bias,
        reason=newest.reason,
        asked_at=newest.as_of,
        times=sum(one.step == "asked" for one in since),
        state=_state(name, waiting, open_again=open_again),
        answer=given[0].answer if given else None,
        answered_at=given[0].as_of if given else None,
    )


def _state(name: QuestionId, waiting: Collection[QuestionId], *, open_again: bool) -> QuestionState:
    if not open_again:
        return "answered"
    return "open" if name in waiting else "lapsed"
