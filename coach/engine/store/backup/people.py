"""What a restored database knows of people that must not count any more, or must be looked at."""

from collections.abc import Iterator

from coach.engine.store.connect import CoachConnection
from coach.model.accounts import UserId


def everybody(connection: CoachConnection) -> Iterator[tuple[UserId, str]]:
    """Yield every user's id and name, by name."""
    found = connection.execute('select id, name from app_user order by name collate "C"').fetchall()
    for user_id, name in found:
        yield UserId(user_id), str(name)


def end_sessions(connection: CoachConnection) -> None:
    """End what anybody is signed in with: it may have been ended since the backup was made."""
    connection.execute("delete from user_session")
