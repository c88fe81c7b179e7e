"""The role of the application, `coach_app`: made by coach where it may, else by a printed script.

It owns nothing, cannot sign in, cannot step around a policy and cannot change a table. It may read
and write the rows of tables that have policies, and read what is nobody's. A table that has neither
policies nor a line here is closed to it, so a new one must say whose its rows are.
"""

from collections.abc import Iterator
from typing import Any

from psycopg import Connection, sql

from coach.engine.store.isolation.confinement import ROLE
from coach.values import dataclass

READ_AND_WRITE = "select, insert, update, delete"
MAINTAIN_SINCE = 17
"""The version of PostgreSQL from which an import may have its tables analysed."""
RIGHTS = {
    "alembic_version": "select",
    "installation": "select",
    "kek_recovery": "select",
    "procrastinate_events": "insert",
    "audit_event": "select, insert",
    "audit_head": "select, insert, update",
}
"""Of tables whose rights are others than those of a user's tables."""
SEQUENCES = (
    "account_id_seq",
    "fill_n",
    "run_n",
    "procrastinate_jobs_id_seq",
    "procrastinate_events_id_seq",
)
PROTECTED = """
select relname from pg_class where relnamespace = current_schema()::regnamespace
   and relkind in ('r', 'p') and not relispartition and relrowsecurity order by 1
"""
FACTS = """
select r.rolsuper or r.rolbypassrls as unbound, r.rolcanlogin as signs_in,
       has_schema_privilege(r.oid, current_schema(), 'create') as creates,
       pg_has_role(r.oid, 'member') as usable,
       exists (select from pg_class c where c.relowner = r.oid
         and c.relnamespace = current_schema()::regnamespace) as owns
  from pg_roles r where r.rolname = %s
"""
OWNERS_POLICY = """
do $$
declare owned record;
begin
  for owned in select c.oid::regclass as name, c.relowner::regrole as owner from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relforcerowsecurity
       and pg_has_role(c.relowner, 'usage') and not exists (
         select from pg_policy p where p.polrelid = c.oid and c.relowner = any (p.polroles)
            and p.polname = 'all_rows_for_the_owner') loop
    execute format('drop policy if exists all_rows_for_the_owner on %s', owned.name);
    execute format($policy$create policy all_rows_for_the_owner on %s to %s using (
      (select coalesce(current_setting('coach.user_id', true), '') = ''))$policy$,
      owned.name, owned.owner);
  end loop;
end $$
"""
"""Tables that were restored by another role, or given to one, are theirs from now on."""
MAY_MAKE = "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
OWNER = "select current_user, current_schema(), current_database()"


@dataclass(frozen=True, slots=True)
class AppRoleHealth:
    """Whether the role is there and usable, and what is wrong with it, in sentences."""

    exists: bool
    complaints: tuple[str, ...]


def prepare(connection: Connection[Any]) -> bool:
    """Make the role where it is missing and give it its rights; say whether it is usable.

    Rights are given where this connection may give them: by the owner of the tables.
    """
    with connection.transaction():
        # Several coaches at once would change the same policies and give the same rights.
        connection.execute("select pg_advisory_xact_lock(hashtext('coach_app'))")
        connection.execute(OWNERS_POLICY)
        if not _exists(connection):
            row = connection.execute(MAY_MAKE).fetchone()
            if row is None or not row[0]:
                return False
            _run(connection, [_creation()])
        if not is_usable(connection):
            return False
        if _lacks_rights(connection):  # a grant beside a new month of events would fail
            _run(connection, _rights(connection))
    return True


def make(connection: Connection[Any]) -> None:
    """Make the role where it is missing and this connection may make it: policies name it."""
    row = connection.execute(MAY_MAKE).fetchone()
    if not _exists(connection) and row is not None and row[0]:
        _run(connection, [_creation()])


def is_usable(connection: Connection[Any]) -> bool:
    """Say whether whoever is connected may take on the role."""
    found = connection.execute(FACTS, [ROLE]).fetchone()
    return found is not None and bool(found[3])


def examine(connection: Connection[Any]) -> AppRoleHealth:
    """Return whether the role is as it must be."""
    found = connection.execute(FACTS, [ROLE]).fetchone()
    if found is None:
        return AppRoleHealth(exists=False, complaints=(f"there is no role {ROLE}",))
    unbound, signs_in, creates, usable, owns = found
    wrong = {
        "can step around the policies": unbound,
        "can sign in": signs_in,
        "can make tables": creates,
        "cannot be taken on by coach": not usable,
        "owns tables": owns,
    }
    complaints = [f"the role {ROLE} {what}" for what, is_so in wrong.items() if is_so]
    closed = sorted(_closed_tables(connection))
    if closed:
        complaints.append(f"the role {ROLE} has no rights on {', '.join(closed)}")
    return AppRoleHealth(exists=True, complaints=tuple(complaints))


def script(connection: Connection[Any]) -> str:
    """Return the SQL by which an administrator makes the role for these tables."""
    statements = (_creation(), _correction(), *_rights(connection))
    lines = [f"{one.as_string(connection)};" for one in statements]
    return "\n".join(lines) + "\n"


def unprotected(connection: Connection[Any]) -> list[str]:
    """Return the tables with a user's rows whose policies do not hold for everybody."""
    rows = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = current_schema()::regnamespace"
        " and c.relkind in ('r', 'p') and not c.relispartition"
        " and not (c.relrowsecurity and c.relforcerowsecurity) and exists (select from pg_attribute"
        "  a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped) order by 1"
    )
    return [str(name) for (name,) in rows]


def _exists(connection: Connection[Any]) -> bool:
    asked = connection.execute("select from pg_roles where rolname = %s", [ROLE])
    return asked.fetchone() is not None


def _lacks_rights(connection: Connection[Any]) -> bool:
    row = connection.execute(
        "select has_database_privilege(%(role)s, current_database(), 'temporary')"
        " and has_schema_privilege(%(role)s, current_schema(), 'usage')",
        {"role": ROLE},
    ).fetchone()
    return row is None or not row[0] or any(_closed_tables(connection))


def _closed_tables(connection: Connection[Any]) -> Iterator[str]:
    for table in _tables(connection):
        row = connection.execute(
            "select has_table_privilege(%s, %s::regclass, %s)",
            [ROLE, table, RIGHTS.get(table, READ_AND_WRITE).split(", ")[0]],
        ).fetchone()
        if row is None or not row[0]:
            yield table


def _creation() -> sql.Composed:
    """Return what makes the role, unless another coach or another database has made it."""
    made = (
        "do $$ begin create role {} nologin;"
        " exception when duplicate_object or unique_violation then null; end $$"
    )
    return sql.SQL(made).format(sql.Identifier(ROLE))


def _correction() -> sql.Composed:
    """Return what takes from the role what it must not have; superusers alone may run it."""
    plain = "alter role {} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
    return sql.SQL(plain).format(sql.Identifier(ROLE))


def _rights(connection: Connection[Any]) -> Iterator[sql.Composed]:
    """Yield what gives the role its rights, whoever of the two runs it: owner or administrator."""
    row = connection.execute(OWNER).fetchone()
    assert row is not None
    role, owner, schema, database = map(sql.Identifier, (ROLE, *row))
    if not _is_member(connection):
        yield sql.SQL("grant {} to {}").format(role, owner)
    yield sql.SQL("grant usage on schema {} to {}").format(schema, role)
    yield sql.SQL("grant temporary on database {} to {}").format(database, role)
    for table in _tables(connection):
        rights = sql.SQL(RIGHTS.get(table, _all_rights(connection)))
        name = sql.Identifier(table)
        yield sql.SQL("grant {} on {}.{} to {}").format(rights, schema, name, role)
    for sequence in SEQUENCES:
        name = sql.Identifier(sequence)
        yield sql.SQL("grant usage on sequence {}.{} to {}").format(schema, name, role)


def _is_member(connection: Connection[Any]) -> bool:
    return _exists(connection) and is_usable(connection)


def _all_rights(connection: Connection[Any]) -> str:
    version = connection.info.server_version // 10_000
    return f"{READ_AND_WRITE}, maintain" if version >= MAINTAIN_SINCE else READ_AND_WRITE


def _tables(connection: Connection[Any]) -> list[str]:
    """Return the tables that the role reaches: those with policies, and those named here."""
    protected = [str(name) for (name,) in connection.execute(PROTECTED)]
    return sorted({*protected, *RIGHTS})


def _run(
    connection: Connection[Any], statements: "Iterator[sql.Composed] | list[sql.Composed]"
) -> None:
    for statement in list(statements):
        connection.execute(statement, prepare=False)
