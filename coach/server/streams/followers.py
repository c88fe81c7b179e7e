"""Whose events a stream is of, and by which credential they are followed."""

from typing import TYPE_CHECKING

from coach.model.people.access import CredentialId
from coach.server.doors.identity import who_asks

if TYPE_CHECKING:
    from coach.model.accounts import UserId
    from coach.server.sessions import OpenSession


def user_of(open_session: "OpenSession") -> "UserId":
    """Return the user whose session is opened; this waits for the database."""
    with open_session() as session:
        return session.user.id


def credential_of_request() -> CredentialId:
    """Return what lets the follower in; empty where nobody has to sign in."""
    user = who_asks()
    return CredentialId("") if user is None else user.credential
