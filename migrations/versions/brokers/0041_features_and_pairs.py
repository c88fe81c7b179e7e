"""Who is invited to a feature, and the pairs that a connection reads."""

from alembic import op

revision = "0041"
down_revision = "0040"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table user_feature (
  user_id text not null,
  feature text not null,
  allowed_at timestamptz not null,
  constraint user_feature_pkey primary key (user_id, feature),
  constraint user_feature_user_id_fkey foreign key (user_id) references app_user (id)
);
alter table user_feature enable row level security;
alter table user_feature force row level security;
create policy own_rows on user_feature using (user_id = {USER});
create policy all_rows_for_the_owner on user_feature to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute("alter table connection add column pairs jsonb not null default '[]'")
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table user_feature")
    op.execute("alter table connection drop column pairs")
