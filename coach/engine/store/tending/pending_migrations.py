"""Which migrations are still to come, and which tables each of them holds up meanwhile.

Read from the SQL that Alembic would run. What a migration builds by a query over the catalogue is
not seen, nor is a table that it makes itself, which nobody waits for.
"""

import re
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from coach.engine.store import migrate

NAME = r"(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:\"?public\"?\.)?\"?(?!on\b)(\w+)\"?"
MADE = re.compile(rf"\bcreate\s+(?:unlogged\s+)?table\s+{NAME}", re.IGNORECASE)
HELD = re.compile(
    rf"\b(?:alter|drop|truncate|reindex|lock)\s+table\s+{NAME}"
    rf"|\btruncate\s+(?!table\b){NAME}|\block\s+(?!table\b){NAME}\s*(?:;|in\b|nowait\b|$)"
    rf"|\bcluster\s+{NAME}\s*(?:;|using\b|$)|\bvacuum\s+full\s+{NAME}"
    rf"|\bcreate\s+(?:unique\s+)?index\s+(?!concurrently\b)"
    rf"(?:if\s+not\s+exists\s+)?(?:\"?(?!on\b)\w+\"?\s+)?on\s+{NAME}"
    rf"|\b(?:create|alter|drop)\s+(?:constraint\s+)?(?:trigger|policy)\s+[^;]*?\bon\s+{NAME}"
    rf"|\bupdate\s+{NAME}\s+(?:as\s+)?(?:\w+\s+)?set\b|\bdelete\s+from\s+{NAME}"
    rf"|\bmerge\s+into\s+{NAME}",
    re.IGNORECASE,
)
COMMENT = re.compile(r"--[^\n]*")
ROWS = """
select parent.relname, greatest(sum(greatest(part.reltuples, 0)), 0)::bigint
  from pg_class parent
  join pg_class part on part.oid = parent.oid
    or part.oid in (select inhrelid from pg_inherits where inhparent = parent.oid)
 where parent.relnamespace = current_schema()::regnamespace and parent.relname = any(%s)
 group by parent.relname
"""
OF_ALEMBIC = "alembic_version"


@dataclass(frozen=True, slots=True)
class PendingMigration:
    """A migration that is to come: its number, what it is about, and what it holds up.

    `held` are the tables whose readers or writers wait for it, with the server's own estimate of
    their rows.
    """

    revision: str
    about: str
    held: dict[str, int]


def pending(connection: Connection[Any]) -> list[PendingMigration]:
    """Return the migrations between these tables and those of this coach, in their order."""
    found = migrate.revision(connection)
    if found is None or found >= migrate.HEAD:
        return []
    return [
        PendingMigration(revision, about.rstrip("."), _rows(connection, held_by(statements)))
        for revision, about, statements in migrate.coming(found)
    ]


def held_by(statements: str) -> list[str]:
    """Return the tables that these statements lock, without those that they make, by name."""
    plain = COMMENT.sub("", statements)
    made = set(MADE.findall(plain))
    named = {name for match in HELD.findall(plain) for name in match if name}
    return sorted(named - made - {OF_ALEMBIC})


def _rows(connection: Connection[Any], tables: list[str]) -> dict[str, int]:
    """Return the tables that are there, the largest first."""
    rows: list[tuple[str, int]] = connection.execute(ROWS, [tables]).fetchall()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))
