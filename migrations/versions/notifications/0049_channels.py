"""Channels that digests are sent by, and what became of each sending."""

from alembic import op

revision = "0049"
down_revision = "0044"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
CHANNEL = """
create table notify_channel (
  user_id text not null,
  name text not null,
  kind text not null,
  target text not null,
  settings jsonb not null,
  quiet_begins time,
  quiet_ends time,
  created_at timestamptz not null,
  constraint notify_channel_pkey primary key (user_id, name),
  constraint notify_channel_user_id_fkey foreign key (user_id) references app_user (id),
  constraint notify_channel_kind_check check (kind in ('smtp', 'ntfy', 'webhook', 'apprise')),
  constraint notify_channel_quiet_check check ((quiet_begins is null) = (quiet_ends is null))
);
"""
DELIVERY = """
create table notify_delivery (
  user_id text not null,
  id text not null,
  channel text not null,
  kind text not null,
  week text not null,
  sha256 text not null,
  state text not null,
  tries integer not null,
  asked_at timestamptz not null,
  tried_at timestamptz not null,
  sent_at timestamptz,
  fault text,
  reason text not null,
  constraint notify_delivery_pkey primary key (user_id, id),
  constraint notify_delivery_user_id_fkey foreign key (user_id) references app_user (id),
  constraint notify_delivery_kind_check check (kind in ('digest', 'test')),
  constraint notify_delivery_state_check check (state in ('sending', 'sent', 'failed'))
);
create index notify_delivery_tried_idx on notify_delivery (user_id, tried_at, id);
"""
POLICIES = f"""
alter table {{table}} enable row level security;
alter table {{table}} force row level security;
create policy own_rows on {{table}} using (user_id = {USER});
create policy all_rows_for_the_owner on {{table}} to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(CHANNEL)
    op.execute(DELIVERY)
    for table in ("notify_channel", "notify_delivery"):
        op.execute(POLICIES.format(table=table))


def downgrade() -> None:
    op.execute("drop table notify_delivery")
    op.execute("drop table notify_channel")
