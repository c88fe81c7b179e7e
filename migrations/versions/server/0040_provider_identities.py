"""Who a user is at a provider of sign-ins, by its issuer and the subject that it names."""

from alembic import op

revision = "0040"
down_revision = "0038"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table provider_identity (
  user_id text not null,
  issuer text not null,
  subject text not null,
  linked_at timestamptz not null,
  constraint provider_identity_pkey primary key (user_id),
  constraint provider_identity_issuer_subject_key unique (issuer, subject),
  constraint provider_identity_user_id_fkey foreign key (user_id) references app_user (id)
);
alter table provider_identity enable row level security;
alter table provider_identity force row level security;
create policy own_rows on provider_identity using (user_id = {USER});
create policy all_rows_for_the_owner on provider_identity to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table provider_identity")
