"""Revisions of rules, changes that a lock holds back, proposals, simulations, experiments."""

from alembic import op

revision = "0003"
down_revision = "0002"

# A new column is constant for the rows that are there, so no table is rewritten.
RULES = """
alter table rule
  add column note text not null default '',
  add column expires_at timestamptz,
  add column lock_s bigint not null default 0,
  add column revision integer not null default 1;
alter table breach add column revision integer not null default 1;
create table rule_revision (
  user_id text not null,
  rule_id text not null,
  revision integer not null,
  kind text not null,
  params jsonb not null,
  state text not null,
  note text not null,
  expires_at timestamptz,
  lock_s bigint not null,
  reason text not null,
  evidence jsonb not null,
  actor text not null,
  at timestamptz not null,
  engine_version text not null,
  input_sha256 text not null,
  parent integer,
  constraint rule_revision_pkey primary key (user_id, rule_id, revision),
  constraint rule_revision_state_check check (state in ('active', 'paused', 'removed')),
  constraint rule_revision_actor_check check (actor in ('user', 'system'))
);
insert into rule_revision
  select user_id, id, 1, kind, params, case when active then 'active' else 'paused' end, '', null,
         0, 'kept from before there were revisions', '{}', 'user', created_at, '', '', null
    from rule;
"""

# One change waits at most for each rule. Times are those of the steady clock: see steady_clock.
LOCKS = """
create table rule_waiting (
  user_id text not null,
  rule_id text not null,
  body jsonb not null,
  reason text not null,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  constraint rule_waiting_pkey primary key (user_id, rule_id)
);
create table steady_clock (
  user_id text not null,
  wall timestamptz not null,
  steady timestamptz not null,
  boot text not null,
  ticks_us bigint not null,
  constraint steady_clock_pkey primary key (user_id)
);
"""

LEARNING = """
create table proposal (
  user_id text not null,
  id text not null,
  rule_id text not null,
  revision integer not null,
  body jsonb not null,
  state text not null,
  made_at timestamptz not null,
  decided_at timestamptz,
  constraint proposal_pkey primary key (user_id, id),
  constraint proposal_state_check check (state in ('open', 'accepted', 'dismissed', 'expired'))
);
create table simulation (
  user_id text not null,
  id text not null,
  request jsonb not null,
  result jsonb not null,
  made_at timestamptz not null,
  constraint simulation_pkey primary key (user_id, id)
);
create table experiment (
  user_id text not null,
  id text not null,
  rule_id text not null,
  body jsonb not null,
  state text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  constraint experiment_pkey primary key (user_id, id)
);
"""

DOWN = """
drop table experiment, simulation, proposal, steady_clock, rule_waiting, rule_revision;
alter table breach drop column revision;
alter table rule drop column note, drop column expires_at, drop column lock_s,
  drop column revision;
"""


def upgrade() -> None:
    for part in (RULES, LOCKS, LEARNING):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
