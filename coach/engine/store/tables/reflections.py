"""What the Rational Future Self was asked and answered, and what a model cost for it."""

from sqlalchemy import (
    UUID,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required

reflection = Table(
    "reflection",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("question", Text),
    required("persona", Text),
    required("tone", Text),
    required("source", Text),
    required("refused", Boolean),
    required("sentences", JSONB),
    required("evidence", JSONB),
    required("prompt_version", Text),
    required("made_at", MOMENT),
    required("after", Text, server_default=""),
    PrimaryKeyConstraint("user_id", "id"),
    Index("reflection_made_idx", "user_id", "made_at", "id"),
    CheckConstraint("tone in ('supportive','strict')", name="tone"),
    CheckConstraint("source in ('template','model')", name="source"),
)

model_request = Table(
    "model_request",
    metadata,
    required("user_id", Text),
    required("id", UUID, server_default=text("gen_random_uuid()")),
    required("asked_at", MOMENT),
    required("model", Text),
    required("tokens_in", Integer),
    required("tokens_out", Integer),
    required("outcome", Text),
    PrimaryKeyConstraint("user_id", "id"),
    Index("model_request_asked_idx", "user_id", "asked_at"),
    Index("model_request_lately_idx", "asked_at"),
    CheckConstraint("outcome in ('used','unusable','failed')", name="outcome"),
)
