"""Who uses this installation, and in which zone their days are cut."""

from collections.abc import Collection
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import User, UserId, UserSummary
from coach.model.reflections.words import PersonaId, Tone

COLUMNS = "id, name, zone, tone, persona, base_currency"


def find(connection: Connection[Any], name: str) -> User | None:
    """Return the user of that name."""
    with connection.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from app_user where name = %s",  # noqa: S608 -- constant names
            [name],
        ).fetchone()


def name_of(connection: Connection[Any], user_id: UserId) -> str:
    """Return the name of a user, empty where there is none of that id."""
    row = connection.execute("select name from app_user where id = %s", [user_id]).fetchone()
    return "" if row is None else str(row[0])


def names(connection: Connection[Any], ids: Collection[str]) -> dict[str, str]:
    """Return the names of the users of these ids; nothing for an id that nobody has."""
    query = "select id, name from app_user where id = any(%s)"
    return {str(user_id): str(name) for user_id, name in connection.execute(query, [list(ids)])}


def first_id(connection: Connection[Any]) -> UserId:
    """Return the id of the user who was made first; there always is one."""
    row = connection.execute("select id from app_user order by id limit 1").fetchone()
    assert row is not None
    return UserId(row[0])


def add(connection: Connection[Any], name: str, zone: str) -> User | None:
    """Make a user; None where the name is taken."""
    from ulid import ULID

    row = connection.execute(
        "insert into app_user (id, name, zone) values (%s, %s, %s)"
        " on conflict (name) do nothing returning id",
        [str(ULID()), name, zone],
    ).fetchone()
    return None if row is None else User(UserId(row[0]), name, zone)


def summaries(connection: Connection[Any]) -> list[UserSummary]:
    """Return every user by name."""
    with connection.cursor(row_factory=class_row(UserSummary)) as cursor:
        return cursor.execute(
            "select u.name, u.zone, u.created_at, u.disabled_at,"
            " exists (select from user_password p where p.user_id = u.id) as has_password,"
            " exists (select from second_factor f where f.user_id = u.id"
            " and f.confirmed_at is not null) as has_second_factor,"
            " exists (select from provider_identity i where i.user_id = u.id) as is_linked,"
            " array(select feature from user_feature t where t.user_id = u.id order by 1)"
            " as features"
            " from app_user u order by u.name"
        ).fetchall()


def everybody(connection: Connection[Any]) -> list[User]:
    """Return every user, by id."""
    with connection.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from app_user order by id"  # noqa: S608 -- constant names
        ).fetchall()


def any_there(connection: Connection[Any]) -> bool:
    """Say whether there is any user yet."""
    return connection.execute("select from app_user limit 1").fetchone() is not None


def set_zone(connection: Connection[Any], user_id: UserId, zone: str) -> None:
    """Cut the user's days in this zone from now on."""
    connection.execute("update app_user set zone = %s where id = %s", [zone, user_id])


def set_tone(connection: Connection[Any], user_id: UserId, tone: Tone) -> None:
    """Let the Rational Future Self speak to the user in this tone from now on."""
    connection.execute("update app_user set tone = %s where id = %s", [tone, user_id])


def set_persona(connection: Connection[Any], user_id: UserId, persona: PersonaId) -> None:
    """Let this persona speak to the user from now on."""
    connection.execute("update app_user set persona = %s where id = %s", [persona, user_id])


def set_base_currency(connection: Connection[Any], user_id: UserId, currency: str) -> None:
    """Tell the user's sums of several currencies in this one from now on, "" for none."""
    connection.execute("update app_user set base_currency = %s where id = %s", [currency, user_id])
