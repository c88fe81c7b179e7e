"""What may be lost: values with an end, buckets of tokens."""

from sqlalchemy import Column, Double, Index, LargeBinary, Table, Text

from coach.engine.store.tables.base import MOMENT, metadata, required
from coach.engine.store.tending.autovacuum import OFTEN

hot_value = Table(
    "hot_value",
    metadata,
    Column("key", Text, primary_key=True),
    required("value", LargeBinary),
    required("expires_at", MOMENT),
    Index("hot_value_expires_at_idx", "expires_at"),
    prefixes=["unlogged"],
    postgresql_with=OFTEN,
)

hot_bucket = Table(
    "hot_bucket",
    metadata,
    Column("key", Text, primary_key=True),
    required("tokens", Double),
    required("at", MOMENT),
    required("expires_at", MOMENT),
    Index("hot_bucket_expires_at_idx", "expires_at"),
    prefixes=["unlogged"],
    postgresql_with=OFTEN,
)
