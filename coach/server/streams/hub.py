"""The streams of a server, over connections to its database."""

from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api.live.connections import stream_connection
from coach.engine.api.live.streams import StreamHub
from coach.errors import CoachError, DatabaseTrouble, spell_out

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.settings.values import Settings


def hub_of(settings: "Settings") -> StreamHub:
    """Return the streams of a server; nothing is opened before the first one."""

    def connect() -> "Connection":
        try:
            return stream_connection(wiring.database_url(settings, create=False))
        except DatabaseTrouble:
            raise
        except CoachError as trouble:  # no database now, for whatever reason: tried again
            raise DatabaseTrouble(what=trouble.message(spell_out)) from trouble

    return StreamHub(connect, wiring.clock)
