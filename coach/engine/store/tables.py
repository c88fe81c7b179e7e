"""The tables, as the migrations must leave them.

`user_id` stands first in every table about a user. Queries are SQL text in the store's other
files; these definitions exist so that a test can compare them with what the migrations build.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
MOMENT = DateTime(timezone=True)
NOW = text("now()")


def required(name: str, kind: object, **more: object) -> Column[object]:
    """Return a NOT NULL column."""
    return Column(name, kind, nullable=False, **more)  # type: ignore[arg-type]


def fill_columns() -> list[Column[object]]:
    """Return the columns a fill has wherever it stands."""
    return [
        required("user_id", Text),
        required("account_id", BigInteger),
        required("key", LargeBinary),
        required("run_n", BigInteger),
        required("symbol", Text),
        required("side", Text),
        required("quantity", Numeric),
        required("price", Numeric),
        required("fee", Numeric),
        required("fee_currency", Text),
        required("at", MOMENT),
        required("nanos", SmallInteger),
        required("order_id", Text),
        required("native_id", Text),
        required("line", Integer),
        required("rank", SmallInteger),
    ]


app_user = Table(
    "app_user",
    metadata,
    Column("id", Text, primary_key=True),
    required("name", Text, unique=True),
    required("zone", Text, server_default="UTC"),
    required("created_at", MOMENT, server_default=NOW),
)

account = Table(
    "account",
    metadata,
    required("user_id", Text),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    required("name", Text),
    required("broker", Text),
    required("shorts", Boolean),
    required("shorts_declared", Boolean, server_default=text("false")),
    required("created_at", MOMENT, server_default=NOW),
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
    PrimaryKeyConstraint("user_id", "account_id"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
)

run = Table(
    "run",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("n", BigInteger, server_default=text("nextval('run_n')")),
    required("account_id", BigInteger),
    required("source", Text),
    required("family", Text),
    required("rank", SmallInteger),
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
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("n"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    CheckConstraint("state in ('running','done','failed','undone')", name="state"),
)

fill = Table(
    "fill",
    metadata,
    *fill_columns(),
    required("n", BigInteger, server_default=text("nextval('fill_n')")),
    PrimaryKeyConstraint("key", "user_id", "account_id"),
    Index("fill_book_idx", "user_id", "account_id", "symbol", "at"),
    Index("fill_run_idx", "run_n"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint("side in ('buy','sell')", name="side"),
)

fill_version = Table(
    "fill_version",
    metadata,
    *fill_columns(),
    required("n", BigInteger, server_default=text("nextval('fill_n')")),
    required("stands_for", LargeBinary),
    PrimaryKeyConstraint("user_id", "n"),
    Index("fill_version_key_idx", "key", "user_id", "account_id"),
    Index("fill_version_stands_for_idx", "user_id", "account_id", "stands_for"),
)

trade = Table(
    "trade",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("id", Text),
    required("symbol", Text),
    required("side", Text),
    required("opened_at", MOMENT),
    Column("closed_at", MOMENT),
    required("quantity", Numeric),
    required("entry", Numeric),
    Column("exit", Numeric),
    required("gross", Numeric),
    required("fees", Numeric),
    required("net", Numeric),
    required("fills", Integer),
    required("entry_quantity", Numeric),
    required("entry_notional", Numeric),
    required("entry_fills", LargeBinary),
    required("exit_fills", LargeBinary),
    required("other_fees", JSONB),
    PrimaryKeyConstraint("user_id", "id"),
)

book = Table(
    "book",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("symbol", Text),
    required("method", Text),
    required("quote", Text),
    required("gross", Numeric),
    required("fees", Numeric),
    required("net", Numeric),
    required("open_quantity", Numeric),
    required("open_cost", Numeric),
    required("other_fees", JSONB),
    PrimaryKeyConstraint("user_id", "account_id", "symbol", "method"),
)

unknown_basis = Table(
    "unknown_basis",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("key", LargeBinary),
    required("symbol", Text),
    required("side", Text),
    required("at", MOMENT),
    required("quantity", Numeric),
    required("proceeds", Numeric),
    required("fee", Numeric),
    PrimaryKeyConstraint("user_id", "account_id", "key"),
)

tag = Table(
    "tag",
    metadata,
    required("user_id", Text),
    required("bias", Text),
    required("trade_id", Text),
    required("at", MOMENT),
    required("fill_keys", LargeBinary),
    required("facts", JSONB),
    required("formula", Text),
    PrimaryKeyConstraint("user_id", "bias", "trade_id"),
)

finding = Table(
    "finding",
    metadata,
    required("user_id", Text),
    required("bias", Text),
    required("as_of", MOMENT),
    required("level", Text),
    required("body", JSONB),
    PrimaryKeyConstraint("user_id", "bias"),
)

rule = Table(
    "rule",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("kind", Text),
    required("params", JSONB),
    required("active", Boolean),
    required("created_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
)

breach = Table(
    "breach",
    metadata,
    required("user_id", Text),
    required("rule_id", Text),
    required("trade_id", Text),
    required("at", MOMENT),
    required("fill_keys", LargeBinary),
    required("facts", JSONB),
    PrimaryKeyConstraint("user_id", "rule_id", "trade_id"),
)

digest = Table(
    "digest",
    metadata,
    required("user_id", Text),
    required("week", Text),
    required("input_sha256", Text),
    required("pack", Text),
    required("pack_sha256", Text),
    required("made_at", MOMENT),
    PrimaryKeyConstraint("user_id", "week"),
)

user_stream = Table(
    "user_stream",
    metadata,
    Column("user_id", Text, primary_key=True),
    required("epoch", Text),
    required("last_seq", BigInteger, server_default=text("0")),
    required("last_ms", BigInteger, server_default=text("0")),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    postgresql_with={"fillfactor": "50"},
)

event_outbox = Table(
    "event_outbox",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("seq", BigInteger),
    required("type", Text),
    required("v", SmallInteger, server_default=text("1")),
    required("ts", MOMENT),
    required("payload", JSONB),
    PrimaryKeyConstraint("id", "ts"),
    UniqueConstraint("user_id", "seq", "ts"),
    CheckConstraint("ts = ulid_ts(id)", name="ts"),
    postgresql_partition_by="RANGE (ts)",
)
