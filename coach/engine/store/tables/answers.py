"""What the trader says: plans, answers about trades and about rules of their own, notes."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required

plan = Table(
    "plan",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("kind", Text),
    required("params", JSONB),
    required("created_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
)

label = Table(
    "label",
    metadata,
    required("user_id", Text),
    required("trade_id", Text),
    required("bias", Text),
    required("answer", Text),
    required("tagged", Boolean),
    required("inclusion", Numeric),
    required("labelled_at", MOMENT),
    required("reason", Text, server_default=""),
    PrimaryKeyConstraint("user_id", "trade_id", "bias"),
    CheckConstraint("answer in ('yes','no','unsure')", name="answer"),
    CheckConstraint("inclusion > 0 and inclusion <= 1", name="inclusion"),
)

question = Table(
    "question",
    metadata,
    required("user_id", Text),
    required("week", Text),
    required("trade_id", Text),
    required("bias", Text),
    required("inclusion", Numeric),
    required("asked_at", MOMENT),
    Column("answered_at", MOMENT),
    PrimaryKeyConstraint("user_id", "week", "trade_id", "bias"),
    CheckConstraint("inclusion > 0 and inclusion <= 1", name="inclusion"),
)

reason_question = Table(
    "reason_question",
    metadata,
    required("user_id", Text),
    required("n", Integer),
    required("question_id", Text),
    required("step", Text),
    required("bias", Text),
    required("reason", JSONB),
    required("as_of", MOMENT),
    PrimaryKeyConstraint("user_id", "n"),
    CheckConstraint("step in ('asked','yes','no','unsure','undone')", name="step"),
)

note = Table(
    "note",
    metadata,
    required("user_id", Text),
    required("n", Integer),
    Column("trade_id", Text),
    Column("account", Text),
    Column("symbol", Text),
    Column("side", Text),
    Column("opened_at", MOMENT),
    Column("day", Date),
    required("body", Text),
    required("search_form", Text),
    required("written_at", MOMENT),
    Column("edited_at", MOMENT),
    Column("removed_at", MOMENT),
    Column("shared_at", MOMENT),
    PrimaryKeyConstraint("user_id", "n"),
    CheckConstraint(
        "day is not null and num_nonnulls(trade_id, account, symbol, side, opened_at) = 0"
        " or day is null and num_nonnulls(trade_id, account, symbol, side, opened_at) = 5",
        name="about",
    ),
)
