"""The chain of what was done; triggers of the migration keep its rows as they are."""

from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint, Table, Text

from coach.engine.store.tables.base import MOMENT, metadata, required

audit_event = Table(
    "audit_event",
    metadata,
    required("user_id", Text),
    required("n", BigInteger),
    required("at", MOMENT),
    required("actor", Text),
    required("origin", Text),
    required("kind", Text),
    required("subject", Text),
    required("details", Text),
    required("previous", LargeBinary),
    required("hash", LargeBinary),
    PrimaryKeyConstraint("user_id", "n"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("user_id", Text, primary_key=True),
    required("n", BigInteger),
    required("hash", LargeBinary),
)

audit_tombstone = Table(
    "audit_tombstone",
    metadata,
    Column("head", LargeBinary, primary_key=True),
    required("events", BigInteger),
    required("purged_at", MOMENT),
)
