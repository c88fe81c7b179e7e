"""The outbox, and how far each device has acknowledged it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required
from coach.engine.store.tending.autovacuum import OFTEN

user_stream = Table(
    "user_stream",
    metadata,
    Column("user_id", Text, primary_key=True),
    required("epoch", Text),
    required("last_seq", BigInteger, server_default=text("0")),
    required("last_ms", BigInteger, server_default=text("0")),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    postgresql_with={"fillfactor": "50", **OFTEN},
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
    PrimaryKeyConstraint("user_id", "id", "ts"),
    UniqueConstraint("user_id", "seq", "ts"),
    CheckConstraint("ts = ulid_ts(id)", name="ts"),
    postgresql_partition_by="RANGE (ts)",
)

delivery_cursor = Table(
    "delivery_cursor",
    metadata,
    required("user_id", Text),
    required("device_id", Text),
    required("epoch", Text),
    required("last_seq", BigInteger),
    required("at", MOMENT),
    PrimaryKeyConstraint("user_id", "device_id"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    CheckConstraint("last_seq >= 0", name="last_seq"),
    postgresql_with={"fillfactor": "50", **OFTEN},
)
