"""Who trades, where, and what was imported."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

from coach.engine.store.tables.base import MOMENT, NOW, metadata, required
from coach.engine.store.tending.autovacuum import OFTEN

app_user = Table(
    "app_user",
    metadata,
    Column("id", Text, primary_key=True),
    required("name", Text, unique=True),
    required("zone", Text, server_default="UTC"),
    required("created_at", MOMENT, server_default=NOW),
    Column("disabled_at", MOMENT),
    required("tone", Text, server_default="supportive"),
    required("persona", Text, server_default="future-self"),
    required("base_currency", Text, server_default=""),
)

account = Table(
    "account",
    metadata,
    required("user_id", Text),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    required("name", Text),
    required("broker", Text),
    required("shorts", Boolean),
    required("shorts_declared", Boolean, server_default=text("false")),
    Column("equity", Numeric),
    required("created_at", MOMENT, server_default=NOW),
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("user_id", "name"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

connection = Table(
    "connection",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("broker", Text),
    required("base_url", Text),
    required("key_name", Text),
    required("key_file", Text),
    required("permissions", JSONB),
    required("created_at", MOMENT, server_default=NOW),
    Column("checked_at", MOMENT),
    required("nonce", BigInteger, server_default=text("0")),
    required("left_out", JSONB, server_default=text("'{}'")),
    required("trouble_code", Text, server_default=text("''")),
    required("trouble", Text, server_default=text("''")),
    Column("tried_at", MOMENT),
    Column("sync_hours", SmallInteger),
    required("pairs", JSONB, server_default=text("'[]'")),
    PrimaryKeyConstraint("user_id", "account_id"),
    ForeignKeyConstraint(["user_id", "account_id"], ["account.user_id", "account.id"]),
)

fetched_window = Table(
    "fetched_window",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("begins_at", MOMENT),
    required("part", Integer),
    required("ends_at", MOMENT),
    required("counts", JSONB),
    required("body", LargeBinary),
    required("fetched_at", MOMENT),
    PrimaryKeyConstraint("user_id", "account_id", "begins_at", "part"),
    ForeignKeyConstraint(["user_id", "account_id"], ["account.user_id", "account.id"]),
)

account_clock = Table(
    "account_clock",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("source", Text),
    required("zone", Text),
    PrimaryKeyConstraint("user_id", "account_id", "source"),
    ForeignKeyConstraint(["user_id", "account_id"], ["account.user_id", "account.id"]),
)

contract_size = Table(
    "contract_size",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("symbol", Text),
    required("size", Numeric),
    PrimaryKeyConstraint("user_id", "account_id", "symbol"),
    ForeignKeyConstraint(["user_id", "account_id"], ["account.user_id", "account.id"]),
    CheckConstraint("size > 0", name="size"),
)

statement_mapping = Table(
    "statement_mapping",
    metadata,
    required("user_id", Text),
    required("name", Text),
    required("mapping", Text),
    required("kept_at", MOMENT),
    PrimaryKeyConstraint("user_id", "name"),
)

run = Table(
    "run",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("n", BigInteger, server_default=text("nextval('run_n')")),
    Column("account_id", BigInteger),
    Column("source", Text),
    Column("family", Text),
    Column("rank", SmallInteger),
    required("label", Text),
    required("state", Text),
    required("attempt", Integer, server_default=text("1")),
    required("fetched", BigInteger, server_default=text("0")),
    required("new", BigInteger, server_default=text("0")),
    required("known", BigInteger, server_default=text("0")),
    required("changed", BigInteger, server_default=text("0")),
    required("skipped_count", BigInteger, server_default=text("0")),
    required("skipped", JSONB, server_default=text("'[]'::jsonb")),
    required("other", JSONB, server_default=text("'{}'::jsonb")),
    required("warnings", JSONB, server_default=text("'[]'::jsonb")),
    required("seen", INT8MULTIRANGE, server_default=text("'{}'::int8multirange")),
    Column("first_at", MOMENT),
    Column("last_at", MOMENT),
    required("started_at", MOMENT),
    Column("finished_at", MOMENT),
    required("error", Text, server_default=""),
    required("clock", Text, server_default=""),
    required("clock_origin", Text, server_default=""),
    required("kind", Text, server_default="import.trades"),
    Column("progress", JSONB),
    Column("result", JSONB),
    Column("request", JSONB),
    required("tries", Integer, server_default=text("0")),
    Column("due_at", MOMENT),
    Column("carrier", BigInteger),
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("user_id", "n"),
    Index("run_running_idx", "user_id", postgresql_where=text("state = 'running'")),
    Index("run_queued_idx", "user_id", postgresql_where=text("state = 'queued'")),
    ForeignKeyConstraint(["user_id", "account_id"], ["account.user_id", "account.id"]),
    CheckConstraint("state in ('queued','running','done','failed','dead','undone')", name="state"),
    CheckConstraint(
        "kind <> 'import.trades' or state not in ('done','undone') or (account_id is not null"
        " and source is not null and family is not null and rank is not null)",
        name="origin",
    ),
    postgresql_with=OFTEN,
)
