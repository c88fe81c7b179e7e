"""The first account: made once, by a link that counts for half an hour, or at the terminal.

From then on there is no link any more, whatever becomes of the account.
"""

from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from coach.engine.api.people import accounts, sessions
from coach.engine.api.people.credentials import hashed, new_secret
from coach.engine.store.people import setup
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.api.people.place import SignInPlace
    from coach.engine.api.people.sessions import NewSession
    from coach.engine.store.people.setup import SetupState

LINK_LIVES = timedelta(minutes=30)


def is_done(connection: "Connection") -> bool:
    """Say whether the first account was made: from then on everybody signs in."""
    return setup.state(connection).closed_at is not None


def was_offered(connection: "Connection") -> bool:
    """Say whether there was a link before, whatever became of it."""
    found = setup.state(connection)
    return found.closed_at is not None or found.token_sha256 is not None


def make_link(place: "SignInPlace") -> Secret | None:
    """Return the secret of a new link, the only one that counts; None once there is an account."""
    secret = new_secret()
    opened = setup.open_with(place.connection, hashed(secret), place.clock() + LINK_LIVES)
    return secret if opened else None


def claim(
    place: "SignInPlace", secret: Secret, account: "accounts.NewAccount", origin: str
) -> "NewSession | None":
    """Make the first account by a link and begin its session; of two at once one gets it.

    None for a link that does not count. Invalid for a name or a password that does not fit, and
    the link counts still.
    """
    with place.connection.transaction():
        if not _counts(setup.state(place.connection, locked=True), secret, place.clock()):
            return None
        user = accounts.make(place, account)
    return sessions.begin(place, user.id, "set-up", origin)


def _counts(state: "SetupState", secret: Secret, now: "datetime") -> bool:
    kept = state.token_sha256 or b""
    is_the_one = compare_digest(kept, hashed(secret))
    return is_the_one and state.expires_at is not None and now < state.expires_at
