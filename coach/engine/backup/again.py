"""Whoever was removed for good is removed from a restored database, too."""

from datetime import datetime

from coach.engine.store.backup.people import everybody
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault.purge import purge
from coach.engine.vault.purged import PurgedPeople


def purge_again(connection: CoachConnection, purged: PurgedPeople, now: datetime) -> int:
    """Remove the people on the list from these tables; return how many were there."""
    removed = purged.entries()
    found = [user_id for user_id, _ in everybody(connection) if purged.holds(user_id)]
    if not removed or not found:
        return 0
    with connection.transaction():
        for user_id in found:
            purge(connection, user_id, now)
    return len(found)
