"""The audit of a user: what was done, whether that is whole, and its end to be kept elsewhere."""

import re
from collections.abc import Iterable, Mapping

from coach.engine.api.pages import WHOLE_LIST, ListPage, no_such_row
from coach.engine.api.session import Session
from coach.engine.audit.verify import AuditVerification
from coach.engine.audit.verify import verify as verify_chain
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import audit as store
from coach.errors import Invalid
from coach.model.machine.audit import COACH, AuditEvent, AuditHead

__all__ = ["AuditEvent", "AuditHead", "AuditVerification", "events", "head", "parse_head", "verify"]

HASH_BYTES = 32
NEWEST = 50
NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def events(session: Session, page: ListPage = WHOLE_LIST) -> list[AuditEvent]:
    """Return a page of the user's events, the newest first; without a limit the newest 50.

    NotFound where no event has the number that the page begins after (any more).
    """
    before = None if page.after is None else _number(session, page.after)
    most = page.limit or page.newest or NEWEST
    return store.newest(session.connection, session.user.id, most, before)


def _number(session: Session, text: str) -> int:
    known = NUMBER.fullmatch(text)
    if not known or not store.holds(session.connection, session.user.id, int(text)):
        raise no_such_row(text)
    return int(text)


def actor(connection: CoachConnection, name: str) -> str:
    """Return how a user is named in the chains of others: by an id, which says nothing of them.

    A chain is never changed, and the person may go. Whoever is no user acts for coach.
    """
    found = users.find(connection, name)
    return COACH if found is None else found.id


def actor_names(session: Session, found: Iterable[AuditEvent]) -> Mapping[str, str]:
    """Return the names of those who acted, by the ids in the chain, as far as the user sees them.

    An event of an older coach names its actor itself.
    """
    return users.names(session.connection, {one.actor for one in found})


def head(session: Session) -> AuditHead:
    """Return the newest event's number and hash; kept elsewhere, they prove all before them."""
    return store.head(session.connection, session.user.id)


def verify(session: Session, exported: AuditHead | None = None) -> AuditVerification:
    """Recompute the user's chain, and compare it with a head that was kept elsewhere."""
    with session.connection.transaction():
        session.connection.execute("set transaction isolation level repeatable read, read only")
        end = store.head(session.connection, session.user.id)
        return verify_chain(store.in_order(session.connection, session.user.id), end, exported)


def parse_head(text: str) -> AuditHead:
    """Return a head from `NUMBER:HASH`; Invalid where it is none."""
    number, _, digits = text.strip().partition(":")
    try:
        found = AuditHead(int(number), bytes.fromhex(digits))
    except ValueError:
        found = None
    if found is None or found.n < 0 or len(found.hash) != (HASH_BYTES if found.n else 0):
        raise Invalid("head", f"not {text!r}", "NUMBER:HASH, as it was shown")
    return found
