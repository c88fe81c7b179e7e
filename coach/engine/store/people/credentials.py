"""Which sessions and tokens still let somebody in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.engine.store.people import sessions, tokens
from coach.model.people.access import SESSION, TOKEN, CredentialId


def still_valid(
    connection: Connection[Any], credentials: Iterable[CredentialId], now: datetime
) -> set[CredentialId]:
    """Return those that still let somebody in, of any users."""
    asked = list(credentials)
    found: set[CredentialId] = set()
    for prefix, valid_among in ((SESSION, sessions.valid_among), (TOKEN, tokens.valid_among)):
        ids = [one.removeprefix(prefix) for one in asked if one.startswith(prefix)]
        if ids:
            found |= {CredentialId(prefix + one) for one in valid_among(connection, ids, now)}
    return found
