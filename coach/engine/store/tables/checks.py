"""Checks before a trade, commitments that are shown at a breach, and the confidence in trades."""

from sqlalchemy import (
    ARRAY,
    UUID,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required

trade_check = Table(
    "trade_check",
    metadata,
    required("user_id", Text),
    required("id", UUID, server_default=text("gen_random_uuid()")),
    required("asked_at", MOMENT),
    required("symbol", Text),
    required("side", Text),
    required("quantity", Numeric),
    Column("price", Numeric),
    required("action", Text),
    required("answers", JSONB),
    required("size_limit", Text),
    Column("largest", Numeric),
    required("limited_by", ARRAY(Text)),
    Column("confidence", SmallInteger),
    PrimaryKeyConstraint("user_id", "id"),
    Index("trade_check_asked_idx", "user_id", "asked_at"),
    CheckConstraint("side in ('buy','sell')", name="side"),
    CheckConstraint("size_limit in ('size','no size','no limit','not known')", name="size_limit"),
    CheckConstraint("confidence between 0 and 100", name="confidence"),
)

commitment = Table(
    "commitment",
    metadata,
    required("user_id", Text),
    required("n", Integer),
    Column("rule_id", Text),
    required("body", Text),
    required("search_form", Text),
    required("signed_at", MOMENT),
    required("changes", ARRAY(MOMENT), server_default=text("'{}'")),
    PrimaryKeyConstraint("user_id", "n"),
)

trade_confidence = Table(
    "trade_confidence",
    metadata,
    required("user_id", Text),
    required("trade_id", Text),
    required("account", Text),
    required("symbol", Text),
    required("side", Text),
    required("opened_at", MOMENT),
    required("confidence", SmallInteger),
    required("given_at", MOMENT),
    PrimaryKeyConstraint("user_id", "trade_id"),
    CheckConstraint("side in ('long','short')", name="side"),
    CheckConstraint("confidence between 0 and 100", name="confidence"),
)
