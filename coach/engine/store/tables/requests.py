"""What was answered to requests that may come twice."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required
from coach.engine.store.tending.autovacuum import OFTEN

idempotency_key = Table(
    "idempotency_key",
    metadata,
    required("user_id", Text),
    required("route", Text),
    required("key", Text),
    required("fingerprint", LargeBinary),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", Text),
    required("expires_at", MOMENT),
    PrimaryKeyConstraint("user_id", "route", "key"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    Index("idempotency_key_expires_at_idx", "expires_at"),
    postgresql_with=OFTEN,
)
