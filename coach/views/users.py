"""Users: who there is."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.model.accounts import UserSummary

USERS = (Column("name", "user"), Column("zone", "zone"), Column("created_at", "since", "date"))


class UserRow(TypedDict):
    """A user; days and weeks are cut in `zone`."""

    name: str
    zone: str
    created_at: datetime


def user(found: "UserSummary") -> UserRow:
    """Return a user."""
    return {"name": found.name, "zone": found.zone, "created_at": found.created_at}
