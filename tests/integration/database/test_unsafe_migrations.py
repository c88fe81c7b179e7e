"""What holds up or loses rows in a migration is refused: by squawk, and by us where it is silent.

Squawk knows what changes a table. It says nothing of statements that rewrite, empty or lock one,
nor of a limit for locks that is taken off again.
"""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from alembic import command

from coach.engine.store import migrate
from tests.integration.database.test_migrations import REVISIONS, SCRIPTS, lint

COMMENT = re.compile(r"--[^\n]*")
BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
OF_ALEMBIC = re.compile(r"\b(?:insert into|update|delete from) alembic_version\b")
OURS = {
    "rewrites rows": r"update\b|delete\s+from\b|merge\s+into\b"
    r"|with\b.*\b(?:update|delete\s+from)\b",
    "empties a table": r"truncate\b|drop\s+owned\b",
    "locks a table": r"lock\b",
    "rewrites a table": r"vacuum\b|cluster\b|refresh\s+materialized\b"
    r"|alter\s+table\b.*\bset\s+(?:tablespace|(?:un)?logged|access\s+method)\b",
    "looks through a table": r"alter\s+table\b.*\badd\s+column\b[^,]*"
    r"\b(?:check|unique|primary\s+key)\b|alter\s+table\b.*\battach\s+partition\b|create\s+table\b.*\bas\s+select\b",
    "takes a guard off": r"alter\s+table\b.*"
    r"\b(?:disable\s+(?:trigger|rule|row\s+level)|no\s+force\s+row)\b",
    "waits for locks without end": r"(?:(?:re)?set\b|select\b.*\bset_config\b).*\block_timeout\b"
    r"|reset\s+all\b",
    "cannot be read": r"do\b|call\b",
}
ACKNOWLEDGED = {
    "0011": {"rewrites rows"},  # one row for each symbol of an account
    "0013": {"rewrites rows"},  # the same
    "0015": {"rewrites rows"},  # one row for each import
    "0021": {"rewrites rows"},  # one row for each symbol of an account
    "0025": {"rewrites rows", "cannot be read"},  # one row for each import; tables of a library
    "0037": {"cannot be read"},  # one policy for each table
    "0038": {"cannot be read"},  # one policy for each table
    "0081": {"rewrites rows"},  # one row for each connected account
}
"""What a migration does all the same, and why that holds up nobody for long."""
PATIENCE = "set local lock_timeout = '10s'"
"""What every migration begins with."""
UNSAFE = (
    "alter table fill alter column line type bigint",
    "alter table fill add column x integer not null",
    "alter table fill add column x timestamptz default clock_timestamp()",
    "alter table fill add column x uuid default gen_random_uuid()",
    "alter table fill add column x bigint generated always as identity",
    "alter table fill add column x bigint check (x > 0)",
    "alter table fill add column x bigint unique",
    "alter table fill add column x bigint references account (id)",
    "alter table fill rename column a to b",
    "alter table fill rename to fills",
    "alter table fill drop column a",
    "alter table fill drop constraint a",
    "alter table fill alter column a set not null",
    "alter table fill alter column a drop default",
    "alter table fill add constraint a foreign key (a) references account (id)",
    "alter table fill add constraint a check (a > 0)",
    "alter table fill add constraint a unique (a)",
    "alter table fill set unlogged",
    "alter table fill set tablespace other",
    "alter table fill disable trigger all",
    "alter table fill disable row level security",
    "alter table fill no force row level security",
    "alter table fill attach partition a for values in (1)",
    "alter table fill detach partition a",
    "create index a on fill (x)",
    "create unique index on fill (x)",
    "create index concurrently a on fill (x)",
    "create table a as select * from fill",
    "drop index a",
    "drop table fill",
    "drop owned by coach",
    "reindex table fill",
    "update fill set x = 1",
    "UPDATE fill AS f SET x = 1 WHERE true",
    "with a as (select 1) update fill set x = 1",
    "delete from fill",
    "merge into fill using a on true when matched then delete",
    "lock fill",
    "lock table fill in share mode",
    "vacuum full fill",
    "cluster fill using a",
    "refresh materialized view a",
    "truncate fill",
    "truncate table fill cascade",
    "set local lock_timeout = 0",
    "set lock_timeout to default",
    "select set_config('lock_timeout', '0', true)",
    "reset lock_timeout",
    "reset all",
    "do $$ begin update fill set x = 1; end $$",
    "commit",
)
SAFE = (
    "alter table fill add column x integer",
    "alter table fill add column x integer not null default 0",
    "create table a (x bigint not null, check (x > 0), constraint a_pkey primary key (x))",
    "create policy own_rows on a using (true)",
    "create function f() returns trigger language plpgsql as $$ begin delete from a; end $$",
)


def statements(sql: str) -> Iterator[str]:
    """Yield the statements of a migration without comments, and without the bodies of functions."""
    plain = BODY.sub("body", COMMENT.sub("", sql))
    for one in plain.split(";"):
        if one.strip() and not OF_ALEMBIC.search(one.lower()):
            yield " ".join(one.lower().split())


def found_by_us(sql: str) -> set[str]:
    """Return what squawk does not know and nobody wants in these statements."""
    asked = [*statements(sql)]
    begins_as_all = asked[:1] == [PATIENCE]
    return {
        name
        for name, pattern in OURS.items()
        for one in asked[begins_as_all:]
        if re.match(pattern, one, re.DOTALL)
    }


def written(revision: str) -> str:
    """Return the SQL of a migration, as squawk gets it."""
    before = SCRIPTS.get_revision(revision).down_revision or "base"
    text = StringIO()
    config = migrate.configuration("")
    config.output_buffer = text
    command.upgrade(config, f"{before}:{revision}", sql=True)
    return text.getvalue()


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_does_nothing_unsafe_that_is_not_acknowledged(revision: str) -> None:
    assert found_by_us(written(revision)) == ACKNOWLEDGED.get(revision, set())


@pytest.mark.parametrize("statement", UNSAFE)
def test_what_is_unsafe_is_refused(statement: str, tmp_path: Path) -> None:
    migration = f"{PATIENCE};\n{statement};\n"
    assert found_by_us(migration) or lint(migration, tmp_path)


@pytest.mark.parametrize("statement", SAFE)
def test_what_is_safe_is_not(statement: str, tmp_path: Path) -> None:
    migration = f"{PATIENCE};\n{statement};\n"
    assert (found_by_us(migration), lint(migration, tmp_path)) == (set(), "")
