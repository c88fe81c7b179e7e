"""Candles and what refers to them, answers to questions, plans, announced traits, the hot store."""

from alembic import op

revision = "0002"
down_revision = "0001"

CANDLES = """
create table installation (
  one boolean not null default true,
  id uuid not null default gen_random_uuid(),
  constraint installation_pkey primary key (one),
  constraint installation_one_check check (one)
);
insert into installation default values;
create table candle_week (
  user_id text not null,
  symbol text not null,
  granularity_s integer not null,
  source text not null,
  week date not null,
  sha256 text not null,
  bars integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  stored_at timestamptz not null,
  complete boolean not null,
  constraint candle_week_pkey primary key (user_id, symbol, granularity_s, source, week),
  constraint candle_week_bars_check check (bars > 0),
  constraint candle_week_week_check check (extract(isodow from week) = 1)
);
create index candle_week_sha256_idx on candle_week (sha256);
create table candle_use (
  user_id text not null,
  sha256 text not null,
  used_by text not null,
  constraint candle_use_pkey primary key (user_id, sha256, used_by)
);
create index candle_use_sha256_idx on candle_use (sha256);
"""

# The answer of a question says with which probability it was asked: others are weighed by it.
ANSWERS = """
create table label (
  user_id text not null,
  trade_id text not null,
  bias text not null,
  answer text not null,
  tagged boolean not null,
  inclusion numeric not null,
  labelled_at timestamptz not null,
  reason text not null default '',
  constraint label_pkey primary key (user_id, trade_id, bias),
  constraint label_answer_check check (answer in ('yes', 'no', 'unsure')),
  constraint label_inclusion_check check (inclusion > 0 and inclusion <= 1)
);
create table question (
  user_id text not null,
  week text not null,
  trade_id text not null,
  bias text not null,
  inclusion numeric not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  constraint question_pkey primary key (user_id, week, trade_id, bias),
  constraint question_inclusion_check check (inclusion > 0 and inclusion <= 1)
);
create table plan (
  user_id text not null,
  id text not null,
  kind text not null,
  params jsonb not null,
  created_at timestamptz not null,
  constraint plan_pkey primary key (user_id, id)
);
create table trait (
  user_id text not null,
  bias text not null,
  announced_at timestamptz not null,
  as_of timestamptz not null,
  level text not null,
  withdrawn_at timestamptz,
  constraint trait_pkey primary key (user_id, bias, announced_at)
);
alter table account add column equity numeric;
"""

# Tags are derived and few: a user's are all written anew by their next import, so the rewrite
# of their key is short, and an empty event key stands until then.
TAGS = """
alter table tag
  add column event_key bytea not null default '',
  add column event_keys bytea not null default '';
-- squawk-ignore ban-drop-constraint
alter table tag drop constraint tag_pkey;
-- squawk-ignore constraint-missing-not-valid, adding-serial-primary-key-field
alter table tag add constraint tag_pkey primary key (user_id, bias, trade_id, event_key);
"""

# Unlogged: a crash empties them, and nothing that must be right depends on them.
HOT = """
create unlogged table hot_value (
  key text not null,
  value bytea not null,
  expires_at timestamptz not null,
  constraint hot_value_pkey primary key (key)
);
create index hot_value_expires_at_idx on hot_value (expires_at);
create unlogged table hot_bucket (
  key text not null,
  tokens double precision not null,
  at timestamptz not null,
  expires_at timestamptz not null,
  constraint hot_bucket_pkey primary key (key)
);
create index hot_bucket_expires_at_idx on hot_bucket (expires_at);
"""

# Several events of one trade go back to one tag each; which one does not matter.
DOWN = """
drop table hot_bucket, hot_value, trait, plan, question, label, candle_use, candle_week,
  installation;
alter table account drop column equity;
delete from tag a using tag b where a.user_id = b.user_id and a.bias = b.bias
  and a.trade_id = b.trade_id and a.event_key > b.event_key;
alter table tag drop constraint tag_pkey;
alter table tag drop column event_key, drop column event_keys;
alter table tag add constraint tag_pkey primary key (user_id, bias, trade_id);
"""


def upgrade() -> None:
    for part in (CANDLES, ANSWERS, TAGS, HOT):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
