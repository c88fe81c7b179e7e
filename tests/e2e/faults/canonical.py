"""All that coach keeps, written so that two ways to the same state give the same text.

Left out is only what may differ without anything being wrong, each column with its reason. What
stands for something else is replaced by it: an account's number by its name, a run's number by its
id, the numbers of the fills that a run holds by their keys.
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from psycopg import Connection

SEQUENCE = "a sequence leaves a gap where a transaction was rolled back"
SERVER_CLOCK = "the server's clock, which cannot be set"
CHANCE = "drawn at random"
FOLLOWS = "follows from the user's id, which is drawn at random"
AGAIN = "what is done again is audited again"
BRINGS = "the queue brings runs to workers, and may bring one twice"
LOST = "a table that may be lost, and is empty after a crash of the server"

LEFT_OUT: dict[tuple[str, str], str] = {
    ("hot_value", "*"): LOST,
    ("hot_bucket", "*"): LOST,
    ("installation", "id"): CHANCE,
    ("app_user", "id"): CHANCE,
    ("app_user", "created_at"): SERVER_CLOCK,
    ("account", "id"): SEQUENCE,
    ("account", "created_at"): SERVER_CLOCK,
    ("connection", "created_at"): SERVER_CLOCK,
    ("connection", "nonce"): "counts the requests, and those of a killed attempt count",
    ("run", "n"): SEQUENCE,
    ("run", "attempt"): "counts the attempts, and a killed one is one",
    ("run", "tries"): "counts the tries of workers, and a killed one is one",
    **{(f"procrastinate_{table}", "*"): BRINGS for table in ("events", "jobs", "workers")},
    ("procrastinate_periodic_defers", "*"): BRINGS,
    ("fill", "n"): SEQUENCE,
    ("fill_version", "n"): SEQUENCE,
    ("event_outbox", "id"): CHANCE,
    ("audit_event", "previous"): FOLLOWS,
    ("audit_event", "hash"): FOLLOWS,
    ("audit_head", "hash"): FOLLOWS,
    ("audit_event", "n"): AGAIN,
    ("audit_head", "n"): AGAIN,
    ("dek", "id"): CHANCE,
    ("dek", "wrapped"): CHANCE,
    ("dek", "kek_id"): CHANCE,
    ("kek_recovery", "kek_id"): CHANCE,
    ("sealed_secret", "dek_id"): CHANCE,
    ("sealed_secret", "version"): "counts how often it was sealed, and a killed time is one",
    ("sealed_secret", "sealed"): CHANCE,
    ("user_stream", "epoch"): CHANCE,
}
REPLACED = {
    "user_id": "(select u.name from app_user u where u.id = t.user_id)",
    "account_id": "(select a.name from account a where a.id = t.account_id)",
    "owner": "(select a.name from account a where 'account:' || a.id = t.owner)",
    "run_n": "(select r.id from run r where r.n = t.run_n)",
    "seen": "(select array_agg(encode(f.key, 'hex') order by f.key)"
    " from (select n, key from fill union all select n, key from fill_version) f"
    " where t.seen @> f.n)",
}
NUMBERED = {("event_outbox", "seq"), ("user_stream", "*")}
REPEATED = {"audit_event"}
"""What is done again is audited again: it counts once here."""
NOT_EMPTY = {
    "run": "where t.state <> 'done' or t.new + t.changed > 0",
    **dict.fromkeys(
        ("row_order", "stated_balance", "balance_reading"),
        "where t.run_n in (select r.n from run r where r.state <> 'done' or r.new + r.changed > 0)",
    ),
    "event_outbox": "where t.type <> 'import.done'"
    " or (t.payload ->> 'new')::int + (t.payload ->> 'changed')::int > 0",
}
TABLES = """
select c.relname, array_agg(a.attname::text order by a.attnum) from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
 group by c.relname order by c.relname
"""

Dump = dict[str, list[tuple[str, ...]]]
Files = dict[str, str]


def dump(connection: Connection[Any], *, empty_runs: bool = True) -> Dump:
    """Return the rows of every table, sorted; the names of partitions stand for their months.

    Without `empty_runs` the imports that brought nothing are left out, and with them the numbers
    of events: a sync that is run again is another import.
    """
    found: Dump = {}
    left_out = {*LEFT_OUT} if empty_runs else {*LEFT_OUT, *NUMBERED}
    for table, columns in connection.execute(TABLES).fetchall():
        if (table, "*") not in left_out:
            kept = [column for column in columns if (table, column) not in left_out]
            where = "" if empty_runs else NOT_EMPTY.get(table, "")
            rows = connection.execute(query(table, kept, where)).fetchall()
            texts = (tuple(map(str, row)) for row in rows)
            found[table] = sorted(set(texts) if table in REPEATED else texts)
    months = "select relname from pg_class where relispartition and relkind = 'r'"
    found["months"] = sorted((name,) for (name,) in connection.execute(months))
    return found


def query(table: str, columns: Iterable[str], where: str = "") -> Any:  # noqa: ANN401 -- a literal
    """Return the question for these columns of a table."""
    asked = [f"({REPLACED.get(column, f't.{column}')})::text" for column in columns]
    return f"select {', '.join(asked) or 'null'} from {table} t {where}"  # noqa: S608 -- constant


def files(home: Path) -> Files:
    """Return each file beside the database, with its mode and the hash of what is in it."""
    found = {str(path.relative_to(home)): path for path in home.rglob("*") if path.is_file()}
    return {
        name: f"{path.stat().st_mode:o} {'' if is_drawn(name) else hash_of(path)}"
        for name, path in sorted(found.items())
        if not name.startswith("data/postgresql/")
    }


def is_drawn(name: str) -> bool:
    """Say whether a file holds a key, which is drawn at random, or is sealed by one."""
    keys = {"config/kek-identity.txt", "state/vault/kek.age"}
    return name in keys or name.endswith(".coachbackup")


def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def differences(was: Dump | Files, now: Dump | Files) -> list[str]:
    """Return what differs, a line each, a few of each table."""
    found = []
    for name in sorted({*was, *now}):
        before, after = was.get(name, []), now.get(name, [])
        if isinstance(before, str) or isinstance(after, str):
            found += [f"{name}: {before} -> {after}"] if before != after else []
            continue
        found += [f"{name}: lacks {row}" for row in before if row not in after][:3]
        found += [f"{name}: has {row}" for row in after if row not in before][:3]
        if len(before) != len(after):
            found.append(f"{name}: {len(before)} rows -> {len(after)}")
    return found
