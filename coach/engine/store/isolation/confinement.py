"""The confinement of a connection to one user, as PostgreSQL enforces it.

Every transaction of a confined connection names its user and takes on the role of the application
for itself alone: with its end both are gone, so that nothing is left for whoever gets the
connection next. A statement outside of a transaction gets one of its own.
"""

from psycopg import sql

from coach.model.accounts import UserId
from coach.values import dataclass

ROLE = "coach_app"
"""The role of the application: it owns nothing and is subject to every policy."""
SETTING = "coach.user_id"
"""Names the user whose rows a transaction may reach; the policies of the tables read it."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """Whose rows a connection may reach; `role` is taken on for it, empty where there is none.

    Without the role the policies hold for the owner of the tables all the same, unless that owner
    is a superuser.
    """

    user_id: UserId
    role: str = ROLE

    def statements(self) -> sql.Composed:
        """Return what begins a confined transaction; the user is named before the role is left."""
        name = sql.SQL(SETTING)
        named = sql.SQL("set local {} = {}").format(name, sql.Literal(self.user_id))
        if not self.role:
            return sql.Composed([named])
        role = sql.SQL("set local role {}").format(sql.Identifier(self.role))
        return sql.SQL("; ").join([named, role])
