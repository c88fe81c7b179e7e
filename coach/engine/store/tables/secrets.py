"""Data keys and what they seal. No key stands here that is not wrapped, no secret unsealed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from coach.engine.store.tables.base import MOMENT, metadata, required

dek = Table(
    "dek",
    metadata,
    required("user_id", Text),
    required("id", LargeBinary),
    required("state", Text),
    Column("wrapped", LargeBinary),
    required("kek_id", Text),
    required("kek_provider", Text),
    required("reason", Text),
    required("created_at", MOMENT),
    Column("finished_at", MOMENT),
    Column("retired_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    CheckConstraint("state in ('pending','active','retiring','destroyed')", name="state"),
    CheckConstraint("(wrapped is null) = (state = 'destroyed')", name="wrapped"),
    Index("dek_active_idx", "user_id", unique=True, postgresql_where=text("state = 'active'")),
)

sealed_secret = Table(
    "sealed_secret",
    metadata,
    required("user_id", Text),
    required("owner", Text),
    required("field", Text),
    required("broker", Text),
    required("version", BigInteger),
    required("dek_id", LargeBinary),
    required("sealed", LargeBinary),
    required("state", Text),
    required("revoke_due", Boolean, server_default=text("false")),
    required("sealed_at", MOMENT),
    PrimaryKeyConstraint("user_id", "owner", "field"),
    ForeignKeyConstraint(["user_id", "dek_id"], ["dek.user_id", "dek.id"]),
    CheckConstraint("state in ('sealed','unreadable')", name="state"),
    Index("sealed_secret_user_id_dek_id_idx", "user_id", "dek_id"),
)

kek_recovery = Table(
    "kek_recovery",
    metadata,
    Column("kek_id", Text, primary_key=True),
    required("exported_at", MOMENT),
)
