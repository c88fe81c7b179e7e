"""Users: who there is."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.model.accounts import UserSummary

USERS = (
    Column("name", "user"),
    Column("zone", "zone"),
    Column("created_at", "since", "date"),
    Column("has_password", "password"),
    Column("has_second_factor", "code"),
    Column("is_linked", "provider"),
    Column("features", "invited to"),
    Column("disabled_at", "disabled", "date"),
)


class UserRow(TypedDict):
    """A user; days and weeks are cut in `zone`.

    Who has a password, or is linked to a provider, may sign in, unless `disabled_at` says since
    when they may not. `features` are those that whoever runs coach invited the user to.
    """

    name: str
    zone: str
    created_at: datetime
    has_password: bool
    has_second_factor: bool
    is_linked: bool
    features: list[str]
    disabled_at: datetime | None


def user(found: "UserSummary") -> UserRow:
    """Return a user."""
    return {
        "name": found.name,
        "zone": found.zone,
        "created_at": found.created_at,
        "has_password": found.has_password,
        "has_second_factor": found.has_second_factor,
        "is_linked": found.is_linked,
        "features": [*found.features],
        "disabled_at": found.disabled_at,
    }
