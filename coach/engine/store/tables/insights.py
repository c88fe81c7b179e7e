"""What was concluded: tags, findings, announced traits, digests, kept results; from how much."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, NONE_YET, metadata, required

tag = Table(
    "tag",
    metadata,
    required("user_id", Text),
    required("bias", Text),
    required("trade_id", Text),
    required("at", MOMENT),
    required("fill_keys", LargeBinary),
    required("facts", JSONB),
    required("formula", Text),
    required("event_key", LargeBinary, server_default=NONE_YET),
    required("event_keys", LargeBinary, server_default=NONE_YET),
    PrimaryKeyConstraint("user_id", "bias", "trade_id", "event_key"),
)

finding = Table(
    "finding",
    metadata,
    required("user_id", Text),
    required("bias", Text),
    required("as_of", MOMENT),
    required("level", Text),
    required("body", JSONB),
    PrimaryKeyConstraint("user_id", "bias"),
)

trait = Table(
    "trait",
    metadata,
    required("user_id", Text),
    required("bias", Text),
    required("announced_at", MOMENT),
    required("as_of", MOMENT),
    required("level", Text),
    Column("withdrawn_at", MOMENT),
    required("test", Integer, server_default=text("1")),
    PrimaryKeyConstraint("user_id", "bias", "announced_at"),
)

digest = Table(
    "digest",
    metadata,
    required("user_id", Text),
    required("week", Text),
    required("input_sha256", Text),
    required("pack", Text),
    required("pack_sha256", Text),
    required("made_at", MOMENT),
    required("history_sha256", Text, server_default=""),
    PrimaryKeyConstraint("user_id", "week"),
)

kept_result = Table(
    "kept_result",
    metadata,
    required("user_id", Text),
    required("noun", Text),
    required("name", Text),
    required("input_sha256", Text),
    required("body", Text),
    PrimaryKeyConstraint("user_id", "noun", "name"),
)

conclusion_state = Table(
    "conclusion_state",
    metadata,
    required("user_id", Text),
    required("stored", BigInteger, server_default=text("0")),
    required("concluded", BigInteger, server_default=text("0")),
    required("due", Boolean, server_default=text("false")),
    PrimaryKeyConstraint("user_id"),
)
