"""Which weeks of candles are kept, and what refers to them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from coach.engine.store.tables.base import MOMENT, metadata, required

installation = Table(
    "installation",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true")),
    required("id", Uuid, server_default=text("gen_random_uuid()")),
    CheckConstraint("one", name="one"),
)

candle_week = Table(
    "candle_week",
    metadata,
    required("user_id", Text),
    required("symbol", Text),
    required("granularity_s", Integer),
    required("source", Text),
    required("week", Date),
    required("sha256", Text),
    required("bars", Integer),
    required("first_at", MOMENT),
    required("last_at", MOMENT),
    required("stored_at", MOMENT),
    required("complete", Boolean),
    PrimaryKeyConstraint("user_id", "symbol", "granularity_s", "source", "week"),
    Index("candle_week_sha256_idx", "sha256"),
    CheckConstraint("bars > 0", name="bars"),
    CheckConstraint("extract(isodow from week) = 1", name="week"),
)

candle_use = Table(
    "candle_use",
    metadata,
    required("user_id", Text),
    required("sha256", Text),
    required("used_by", Text),
    PrimaryKeyConstraint("user_id", "sha256", "used_by"),
    Index("candle_use_sha256_idx", "sha256"),
)
