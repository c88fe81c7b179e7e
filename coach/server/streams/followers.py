"""Whose events a stream is of."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.model.accounts import UserId
    from coach.server.sessions import OpenSession


def user_of(open_session: "OpenSession") -> "UserId":
    """Return the user whose session is opened; this waits for the database."""
    with open_session() as session:
        return session.user.id
