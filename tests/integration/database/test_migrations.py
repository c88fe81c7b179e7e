"""The tables: up from nothing, the same as in code, and down to nothing."""

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.engine.store.tables import metadata
from coach.errors import DatabaseTrouble

if TYPE_CHECKING:
    from sqlalchemy import Engine

Coach = Callable[..., "subprocess.Popen[str]"]
UPGRADE = "import sys; from coach.engine.store import migrate; migrate.upgrade(sys.argv[1])"
SCRIPTS = ScriptDirectory.from_config(migrate.configuration(""))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]

# What the comparison by Alembic does not look at: checks, keys, defaults, partitions, options.
FACTS = {
    "constraints": """
select conrelid::regclass::text, conname, pg_get_constraintdef(c.oid)
from pg_constraint c join pg_class t on t.oid = conrelid
where relnamespace = 'public'::regnamespace""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "columns": """
select relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity::text,
       pg_get_expr(adbin, adrelid)
from pg_attribute join pg_class t on t.oid = attrelid
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0""",
    "tables": """
select relname, relkind::text, relpersistence::text, reloptions, pg_get_partkeydef(oid)
  from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')""",
}
OF_LIBRARIES = ("alembic_", "procrastinate_")
"""How the tables begin that libraries bring and look after."""
LEFT = """
select relname from pg_class where relnamespace = 'public'::regnamespace
union all select proname from pg_proc where pronamespace = 'public'::regnamespace
"""


def engine(url: str) -> "Engine":
    def in_transactions() -> psycopg.Connection:
        connection = connect(url)
        connection.autocommit = False
        return connection

    return create_engine("postgresql+psycopg://", creator=in_transactions, poolclass=NullPool)


def facts(url: str, name: str) -> set[tuple[object, ...]]:
    with connect(url) as connection:
        rows = connection.execute(FACTS[name]).fetchall()
    return {tuple(map(str, row)) for row in rows if not str(row[0]).startswith(OF_LIBRARIES)}


def is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    return not (name or "").startswith(OF_LIBRARIES)


@pytest.fixture
def upgraded(empty_database_url: str) -> str:
    migrate.upgrade(empty_database_url)
    return empty_database_url


@pytest.fixture
def from_code(another_empty_database_url: str) -> str:
    """Return the URL of a database whose tables come from the code."""
    with connect(another_empty_database_url) as connection:
        for sequence in ("fill_n", "run_n"):
            connection.execute(f"create sequence {sequence}")
        connection.execute(
            "create function ulid_ts(text) returns timestamptz language sql immutable"
            " as 'select to_timestamp(0)'"
        )
    metadata.create_all(engine(another_empty_database_url))
    return another_empty_database_url


def test_the_literal_head_is_the_last_migration() -> None:
    assert SCRIPTS.get_current_head() == migrate.HEAD


def test_migrations_build_what_the_code_says(upgraded: str) -> None:
    with engine(upgraded).connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("name", FACTS)
def test_migrations_build_what_the_code_says_to_the_last_check(
    upgraded: str, from_code: str, name: str
) -> None:
    assert facts(upgraded, name) == facts(from_code, name)


def test_every_migration_can_be_taken_back(empty_database_url: str) -> None:
    """On the way up from nothing: each is made, taken back and made again."""
    before = None
    for revision in reversed(REVISIONS):
        migrate.upgrade(empty_database_url, revision)
        migrate.downgrade(empty_database_url, before or "base")
        taken_back = revision_of(empty_database_url)
        migrate.upgrade(empty_database_url, revision)
        assert (taken_back, revision_of(empty_database_url)) == (before, revision)
        before = revision
    assert before == migrate.HEAD


def revision_of(url: str) -> str | None:
    with connect(url) as connection:
        return migrate.revision(connection)


def test_down_to_nothing_leaves_nothing(upgraded: str) -> None:
    migrate.downgrade(upgraded, "base")
    with connect(upgraded) as connection:
        left = {name for (name,) in connection.execute(LEFT)}
    assert left == {"alembic_version", "alembic_version_pkc"}


def test_current_is_said_only_of_the_last_revision(empty_database_url: str) -> None:
    with connect(empty_database_url) as connection:
        assert not migrate.is_current(connection)
        migrate.upgrade(empty_database_url)
        assert migrate.is_current(connection)
        migrate.downgrade(empty_database_url, "base")
        assert not migrate.is_current(connection)


def test_asking_for_the_revision_imports_no_alembic(database_url: str, coach: Coach) -> None:
    script = (
        "import sys; from coach.engine.store import connect, migrate;"
        "c = connect.connect(sys.argv[1]); print(migrate.is_current(c)); c.close();"
        "print('alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    assert coach(script, database_url).communicate(timeout=60) == ("True\nFalse False\n", "")


def test_two_coaches_upgrading_at_once_both_succeed(empty_database_url: str, coach: Coach) -> None:
    pair = [coach(UPGRADE, empty_database_url) for _ in range(2)]
    assert [process.communicate(timeout=120) for process in pair] == [("", "")] * 2
    with connect(empty_database_url) as connection:
        assert migrate.is_current(connection)


def make_newer(url: str, serves_from: str) -> None:
    """Let the tables be those of a later coach that serve coaches from this one on."""
    with connect(url) as connection:
        row = ["9999", serves_from]
        connection.execute("update alembic_version set version_num = %s, serves_from = %s", row)


def test_every_migration_names_the_oldest_coach_that_it_serves() -> None:
    """None serves an older one than the migration before it."""
    scripts = [one for one in SCRIPTS.walk_revisions() if one.revision >= "0069"]
    served = [one.module.serves_from for one in reversed(scripts)]
    assert served == sorted(served)
    assert all(oldest <= one.revision for oldest, one in zip(served, scripts[::-1], strict=True))


def test_the_oldest_coach_that_is_served_stands_beside_the_revision(upgraded: str) -> None:
    expected = SCRIPTS.get_revision(migrate.HEAD).module.serves_from
    with connect(upgraded) as connection:
        row = connection.execute("select version_num, serves_from from alembic_version").fetchone()
    assert row == (migrate.HEAD, expected)


def test_newer_tables_that_serve_this_coach_are_worked_on_as_they_are(upgraded: str) -> None:
    make_newer(upgraded, serves_from=migrate.HEAD)
    migrate.upgrade(upgraded)
    with connect(upgraded) as connection:
        assert (migrate.is_current(connection), migrate.revision(connection)) == (True, "9999")


def test_tables_that_serve_later_coaches_only_are_refused(upgraded: str) -> None:
    make_newer(upgraded, serves_from="9998")
    with connect(upgraded) as connection:
        assert not migrate.is_current(connection)


def test_tables_of_a_newer_coach_are_left_alone(upgraded: str) -> None:
    make_newer(upgraded, serves_from="9999")
    with pytest.raises(DatabaseTrouble, match="9999") as caught:
        migrate.upgrade(upgraded)
    assert "upgrade coach" in caught.value.hint


def test_a_database_with_other_tables_is_left_as_it_was(empty_database_url: str) -> None:
    with connect(empty_database_url) as connection:
        connection.execute("create table trade (somebody text)")
        with pytest.raises(DatabaseTrouble, match='"trade" already exists') as caught:
            migrate.upgrade(empty_database_url)
        assert "database of its own" in caught.value.hint
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        assert tables.fetchall() == [("trade",)]


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_linter_finds_nothing_in_a_migration(revision: str, tmp_path: Path) -> None:
    before = SCRIPTS.get_revision(revision).down_revision or "base"
    written = StringIO()
    config = migrate.configuration("")
    config.output_buffer = written
    command.upgrade(config, f"{before}:{revision}", sql=True)
    assert lint(written.getvalue(), tmp_path) == ""


def test_the_linter_would_find_a_table_locked_for_long(tmp_path: Path) -> None:
    found = lint("alter table fill alter column line type bigint;", tmp_path)
    assert "changing-column-type" in found


def lint(migration: str, folder: Path) -> str:
    """Return what squawk has to say against this SQL."""
    file = folder / "migration.sql"
    file.write_text(migration)
    squawk = str(Path(sys.executable).parent / "squawk")
    config = str(migrate.folder() / "squawk.toml")
    linted = subprocess.run(
        [squawk, "--config", config, file], capture_output=True, text=True, check=False
    )
    return linted.stdout + linted.stderr if linted.returncode else ""


def test_a_ulids_time_is_read_as_others_read_it(database_url: str) -> None:
    query = "select to_char(ulid_ts('01ARZ3NDEKTSV4RRFFQ69G5FAV'), 'YYYY-MM-DD HH24:MI:SS.US')"
    with connect(database_url) as connection:
        assert connection.execute(query).fetchone() == ("2016-07-30 23:54:10.259000",)
