"""How people sign in: everything that lets somebody in is kept as a hash."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from coach.engine.store.tables.base import MOMENT, metadata, required

user_password = Table(
    "user_password",
    metadata,
    required("user_id", Text),
    required("hash", Text),
    required("changed_at", MOMENT),
    PrimaryKeyConstraint("user_id"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

user_session = Table(
    "user_session",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("token_sha256", LargeBinary),
    required("methods", Text),
    required("origin", Text),
    required("created_at", MOMENT),
    required("seen_at", MOMENT),
    required("expires_at", MOMENT),
    required("confirmed_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("token_sha256"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

api_token = Table(
    "api_token",
    metadata,
    required("user_id", Text),
    required("id", Text),
    required("token_sha256", LargeBinary),
    required("label", Text),
    required("scope", Text),
    required("created_at", MOMENT),
    Column("expires_at", MOMENT),
    Column("used_at", MOMENT),
    Column("revoked_at", MOMENT),
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("token_sha256"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
    CheckConstraint("scope in ('read','import','admin')", name="scope"),
)

provider_identity = Table(
    "provider_identity",
    metadata,
    required("user_id", Text),
    required("issuer", Text),
    required("subject", Text),
    required("linked_at", MOMENT),
    PrimaryKeyConstraint("user_id"),
    UniqueConstraint("issuer", "subject"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

second_factor = Table(
    "second_factor",
    metadata,
    required("user_id", Text),
    Column("confirmed_at", MOMENT),
    required("last_step", BigInteger),
    PrimaryKeyConstraint("user_id"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    required("user_id", Text),
    required("code_sha256", LargeBinary),
    PrimaryKeyConstraint("user_id", "code_sha256"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

user_feature = Table(
    "user_feature",
    metadata,
    required("user_id", Text),
    required("feature", Text),
    required("allowed_at", MOMENT),
    PrimaryKeyConstraint("user_id", "feature"),
    ForeignKeyConstraint(["user_id"], ["app_user.id"]),
)

setup_link = Table(
    "setup_link",
    metadata,
    Column("single", Boolean, primary_key=True, autoincrement=False),
    Column("token_sha256", LargeBinary),
    Column("expires_at", MOMENT),
    Column("closed_at", MOMENT),
    CheckConstraint("single", name="single"),
)
