"""Requests that carry a key of their own: however often they are sent, their work is done once.

The key is claimed in the transaction of the work, and the answer is kept in it, too. So a process
that dies leaves both or neither, and there is no state in between that somebody would have to mend.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.store.requests import kept_answers
from coach.errors import Locked, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coach.engine.api.session import Session
    from coach.model.machine.keyed_requests import KeptAnswer, KeyedRequest

    Work = Callable[[], KeptAnswer]

PATIENCE_S = 2.0
"""How long a request waits for another with its key, which may be about to end."""
TURN_PATIENCE_S = 10.0
"""How long a request that draws conclusions waits for an import of the same user."""
ANOTHER_KEY = "take a new Idempotency-Key for another request"


def answer_in_one_transaction(
    session: Session, request: KeyedRequest, work: Work, *, concludes: bool
) -> tuple[KeptAnswer, bool]:
    """Do the work of a request once, with its key and its answer in one transaction.

    Returns the answer, and whether it was given before. `concludes` says that the work draws
    conclusions: it then holds the lock of the user's imports until its commit. What the work raises
    undoes all of it, the key included. Locked while another request with this key, or an import, is
    under way; Refused where the key belongs to another request.
    """
    if concludes:
        conclude_due(session, TURN_PATIENCE_S)
    connection, user_id = session.connection, session.user.id
    with ExitStack() as after_commit, sight.change(session):
        claimed = kept_answers.claim(connection, user_id, request, PATIENCE_S)
        if claimed is None:
            raise _under_way()
        if not claimed:
            return _given_before(session, request), True
        if concludes:
            after_commit.enter_context(sight.import_turn(session, TURN_PATIENCE_S))
        answer = work()
        kept_answers.keep(connection, user_id, request, answer)
    return answer, False


def answer_after_work(
    session: Session, request: KeyedRequest, work: Work
) -> tuple[KeptAnswer, bool]:
    """Do the work of a request that is more than one transaction, then keep its answer.

    The work must be one that can be done again without another effect, as an import can: a process
    that dies between its commit and that of the answer leaves no key. Raises as
    `answer_in_one_transaction` does.
    """
    connection, user_id = session.connection, session.user.id
    with _held(session, request):
        if kept_answers.find(connection, user_id, request) is not None:
            return _given_before(session, request), True
        answer = work()
        with connection.transaction():
            if kept_answers.claim(connection, user_id, request, PATIENCE_S):
                kept_answers.keep(connection, user_id, request, answer)
    return answer, False


def _given_before(session: Session, request: KeyedRequest) -> KeptAnswer:
    """Return the answer to the first request of that key; Refused where that was another one."""
    known = kept_answers.find(session.connection, session.user.id, request)
    if known is None:  # it has expired, or was purged, since it was looked for
        raise _under_way()
    fingerprint, answer = known
    if fingerprint != request.fingerprint:
        what = "this Idempotency-Key was sent with another request"
        raise Refused(ANOTHER_KEY, what=what)
    return answer


@contextmanager
def _held(session: Session, request: KeyedRequest) -> Iterator[None]:
    connection, user_id = session.connection, session.user.id
    if not kept_answers.hold(connection, user_id, request, PATIENCE_S):
        raise _under_way()
    try:
        yield
    finally:
        if not connection.closed:
            kept_answers.release(connection, user_id, request)


def _under_way() -> Locked:
    return Locked("ask again with the same key", doing="answering a request with this key")
