"""Data keys, the secrets that they seal, and whether a key of keys can be recovered.

Files of unsealed keys are sealed by the first command after the migration, not here: a migration
must not depend on files, and a file is removed only after its sealed copy was read back.
"""

from alembic import op

revision = "0023"
down_revision = "0021"

TABLES = """
create table dek (
  user_id text not null,
  id bytea not null,
  state text not null,
  wrapped bytea,
  kek_id text not null,
  kek_provider text not null,
  reason text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  retired_at timestamptz,
  constraint dek_pkey primary key (user_id, id),
  constraint dek_user_id_fkey foreign key (user_id) references app_user (id),
  constraint dek_state_check check (state in ('pending','active','retiring','destroyed')),
  constraint dek_wrapped_check check ((wrapped is null) = (state = 'destroyed'))
);
create unique index dek_active_idx on dek (user_id) where state = 'active';

create table sealed_secret (
  user_id text not null,
  owner text not null,
  field text not null,
  broker text not null,
  version bigint not null,
  dek_id bytea not null,
  sealed bytea not null,
  state text not null,
  revoke_due boolean not null default false,
  sealed_at timestamptz not null,
  constraint sealed_secret_pkey primary key (user_id, owner, field),
  constraint sealed_secret_user_id_dek_id_fkey foreign key (user_id, dek_id)
    references dek (user_id, id),
  constraint sealed_secret_state_check check (state in ('sealed','unreadable'))
);
create index sealed_secret_user_id_dek_id_idx on sealed_secret (user_id, dek_id);

create table kek_recovery (
  kek_id text not null,
  exported_at timestamptz not null,
  constraint kek_recovery_pkey primary key (kek_id)
);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("drop table sealed_secret, dek, kek_recovery")
