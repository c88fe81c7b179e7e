"""Channels that digests are sent by, and what became of each sending."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Time,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required

notify_channel = Table(
    "notify_channel",
    metadata,
    required("user_id", Text),
    required("name", Text),
    required("kind", Text),
    required("target", Text),
    required("settings", JSONB),
    Column("quiet_begins", Time),
    Column("quiet_ends", Time),
    required("created_at", MOMENT),
    PrimaryKeyConstraint("user_id", "name"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    CheckConstraint("kind in ('smtp','ntfy','webhook','apprise')", name="kind"),
    CheckConstraint("(quiet_begins is null) = (quiet_ends is null)", name="quiet"),
)

notify_delivery = Table(
    "notify_delivery",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("channel", Text),
    required("kind", Text),
    required("week", Text),
    required("sha256", Text),
    required("state", Text),
    required("tries", Integer),
    required("asked_at", MOMENT),
    required("tried_at", MOMENT),
    Column("sent_at", MOMENT),
    Column("fault", Text),
    required("reason", Text),
    PrimaryKeyConstraint("user_id", "id"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    Index("notify_delivery_tried_idx", "user_id", "tried_at", "id"),
    CheckConstraint("kind in ('digest','test')", name="kind"),
    CheckConstraint("state in ('sending','sent','failed')", name="state"),
)
