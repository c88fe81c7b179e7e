"""Rules: as they are, every revision, what waits, where they were broken, what was learned."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required

rule = Table(
    "rule",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("kind", Text),
    required("params", JSONB),
    required("active", Boolean),
    required("created_at", MOMENT),
    required("note", Text, server_default=""),
    Column("expires_at", MOMENT),
    required("lock_s", BigInteger, server_default=text("0")),
    required("revision", Integer, server_default=text("1")),
    required("judged_sha256", Text, server_default=""),
    PrimaryKeyConstraint("user_id", "id"),
)

rule_revision = Table(
    "rule_revision",
    metadata,
    required("user_id", Text),
    required("rule_id", Text),
    required("revision", Integer),
    required("kind", Text),
    required("params", JSONB),
    required("state", Text),
    required("note", Text),
    Column("expires_at", MOMENT),
    required("lock_s", BigInteger),
    required("reason", Text),
    required("evidence", JSONB),
    required("actor", Text),
    required("at", MOMENT),
    required("engine_version", Text),
    required("input_sha256", Text),
    Column("parent", Integer),
    PrimaryKeyConstraint("user_id", "rule_id", "revision"),
    CheckConstraint("state in ('active','paused','removed')", name="state"),
    CheckConstraint("actor in ('user','system')", name="actor"),
)

rule_waiting = Table(
    "rule_waiting",
    metadata,
    required("user_id", Text),
    required("rule_id", Text),
    required("body", JSONB),
    required("reason", Text),
    required("asked_at", MOMENT),
    required("due_at", MOMENT),
    PrimaryKeyConstraint("user_id", "rule_id"),
)

steady_clock = Table(
    "steady_clock",
    metadata,
    required("user_id", Text),
    required("wall", MOMENT),
    required("steady", MOMENT),
    required("boot", Text),
    required("ticks_us", BigInteger),
    Column("database", MOMENT),
    Column("ahead_us", BigInteger),
    PrimaryKeyConstraint("user_id"),
)

setting_waiting = Table(
    "setting_waiting",
    metadata,
    required("user_id", Text),
    required("name", Text),
    required("account", Text),
    required("value", Text),
    required("asked_at", MOMENT),
    PrimaryKeyConstraint("user_id", "name", "account"),
    CheckConstraint("name in ('zone','equity')", name="name"),
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
    required("revision", Integer, server_default=text("1")),
    PrimaryKeyConstraint("user_id", "rule_id", "trade_id"),
)

proposal = Table(
    "proposal",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("rule_id", Text),
    required("revision", Integer),
    required("body", JSONB),
    required("state", Text),
    required("made_at", MOMENT),
    Column("decided_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
    CheckConstraint("state in ('open','accepted','dismissed','expired')", name="state"),
)

calibration = Table(
    "calibration",
    metadata,
    required("user_id", Text),
    required("rule_id", Text),
    required("auto", Boolean),
    Column("state", JSONB),
    required("revision", Integer),
    required("week", Text),
    required("asked", Text),
    required("answered", Text),
    PrimaryKeyConstraint("user_id", "rule_id"),
)

simulation = Table(
    "simulation",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("request", JSONB),
    required("result", JSONB),
    required("made_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
)

experiment = Table(
    "experiment",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("rule_id", Text),
    required("body", JSONB),
    required("state", Text),
    required("started_at", MOMENT),
    Column("ended_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
)
