"""What the Rational Future Self was asked and answered."""

from sqlalchemy import Boolean, CheckConstraint, Index, PrimaryKeyConstraint, Table, Text
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
    PrimaryKeyConstraint("user_id", "id"),
    Index("reflection_made_idx", "user_id", "made_at", "id"),
    CheckConstraint("tone in ('supportive','strict')", name="tone"),
    CheckConstraint("source in ('template','model')", name="source"),
)
