"""Fills that were left out, and the readings by which each is found again."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from coach.engine.store.tables.base import MOMENT, metadata, required

left_out = Table(
    "left_out",
    metadata,
    required("user_id", Text),
    required("n", Integer),
    required("account_id", BigInteger),
    required("key", LargeBinary),
    required("reason", Text),
    required("left_out_at", MOMENT),
    Column("taken_back_at", MOMENT),
    required("symbol", Text),
    required("side", Text),
    required("quantity", Numeric),
    required("price", Numeric),
    required("at", MOMENT),
    PrimaryKeyConstraint("user_id", "n"),
    Index("left_out_account_idx", "user_id", "account_id"),
    CheckConstraint("side in ('buy','sell')", name="side"),
)

left_out_reading = Table(
    "left_out_reading",
    metadata,
    required("user_id", Text),
    required("n", Integer),
    required("account_id", BigInteger),
    required("key", LargeBinary),
    required("stored_key", LargeBinary),
    PrimaryKeyConstraint("user_id", "n", "key"),
)
