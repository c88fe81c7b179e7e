"""The first tables: who, fills, trades, findings, rules, digests, events."""

from alembic import op

revision = "0001"
down_revision = None

PEOPLE = """
create table app_user (
  id text not null,
  name text not null,
  zone text not null default 'UTC',
  created_at timestamptz not null default now(),
  constraint app_user_pkey primary key (id),
  constraint app_user_name_key unique (name)
);
create table account (
  user_id text not null,
  id bigint not null generated always as identity,
  name text not null,
  broker text not null,
  shorts boolean not null,
  shorts_declared boolean not null default false,
  created_at timestamptz not null default now(),
  constraint account_pkey primary key (id),
  constraint account_user_id_name_key unique (user_id, name),
  constraint account_user_id_fkey foreign key (user_id) references app_user (id)
);
create table connection (
  user_id text not null,
  account_id bigint not null,
  broker text not null,
  base_url text not null,
  key_name text not null,
  key_file text not null,
  permissions jsonb not null,
  created_at timestamptz not null default now(),
  checked_at timestamptz,
  constraint connection_pkey primary key (user_id, account_id),
  constraint connection_account_id_fkey foreign key (account_id) references account (id)
);
create sequence run_n as bigint;
create table run (
  user_id text not null,
  id text not null,
  n bigint not null default nextval('run_n'),
  account_id bigint not null,
  source text not null,
  family text not null,
  rank smallint not null,
  label text not null,
  state text not null,
  attempt integer not null default 1,
  fetched bigint not null default 0,
  new bigint not null default 0,
  known bigint not null default 0,
  changed bigint not null default 0,
  skipped_count bigint not null default 0,
  skipped jsonb not null default '[]',
  other jsonb not null default '{}',
  warnings jsonb not null default '[]',
  seen int8multirange not null default '{}',
  first_at timestamptz,
  last_at timestamptz,
  started_at timestamptz not null,
  finished_at timestamptz,
  error text not null default '',
  constraint run_pkey primary key (user_id, id),
  constraint run_n_key unique (n),
  constraint run_account_id_fkey foreign key (account_id) references account (id),
  constraint run_state_check check (state in ('running', 'done', 'failed', 'undone'))
);
"""

FILL_COLUMNS = """
  user_id text not null,
  account_id bigint not null,
  key bytea not null,
  run_n bigint not null,
  symbol text not null,
  side text not null,
  quantity numeric not null,
  price numeric not null,
  fee numeric not null,
  fee_currency text not null,
  at timestamptz not null,
  nanos smallint not null,
  order_id text not null,
  native_id text not null,
  line integer not null,
  rank smallint not null,
  n bigint not null default nextval('fill_n'),
"""

# A session takes numbers a thousand at a time: a million fills must not queue for them.
FILLS = f"""
create sequence fill_n as bigint cache 1000;
create table fill ({FILL_COLUMNS}
  constraint fill_pkey primary key (key, user_id, account_id),
  constraint fill_quantity_check check (quantity > 0),
  constraint fill_price_check check (price > 0),
  constraint fill_side_check check (side in ('buy', 'sell'))
);
create index fill_book_idx on fill (user_id, account_id, symbol, at);
create index fill_run_idx on fill (run_n);
create table fill_version ({FILL_COLUMNS}
  stands_for bytea not null,
  constraint fill_version_pkey primary key (user_id, n)
);
create index fill_version_key_idx on fill_version (key, user_id, account_id);
create index fill_version_stands_for_idx on fill_version (user_id, account_id, stands_for);
"""

LEDGER = """
create table trade (
  user_id text not null,
  account_id bigint not null,
  id text not null,
  symbol text not null,
  side text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  quantity numeric not null,
  entry numeric not null,
  exit numeric,
  gross numeric not null,
  fees numeric not null,
  net numeric not null,
  fills integer not null,
  entry_quantity numeric not null,
  entry_notional numeric not null,
  entry_fills bytea not null,
  exit_fills bytea not null,
  other_fees jsonb not null,
  constraint trade_pkey primary key (user_id, id)
);
create table book (
  user_id text not null,
  account_id bigint not null,
  symbol text not null,
  method text not null,
  quote text not null,
  gross numeric not null,
  fees numeric not null,
  net numeric not null,
  open_quantity numeric not null,
  open_cost numeric not null,
  other_fees jsonb not null,
  constraint book_pkey primary key (user_id, account_id, symbol, method)
);
create table unknown_basis (
  user_id text not null,
  account_id bigint not null,
  key bytea not null,
  symbol text not null,
  side text not null,
  at timestamptz not null,
  quantity numeric not null,
  proceeds numeric not null,
  fee numeric not null,
  constraint unknown_basis_pkey primary key (user_id, account_id, key)
);
"""

INSIGHTS = """
create table tag (
  user_id text not null,
  bias text not null,
  trade_id text not null,
  at timestamptz not null,
  fill_keys bytea not null,
  facts jsonb not null,
  formula text not null,
  constraint tag_pkey primary key (user_id, bias, trade_id)
);
create table finding (
  user_id text not null,
  bias text not null,
  as_of timestamptz not null,
  level text not null,
  body jsonb not null,
  constraint finding_pkey primary key (user_id, bias)
);
create table rule (
  user_id text not null,
  id text not null,
  kind text not null,
  params jsonb not null,
  active boolean not null,
  created_at timestamptz not null,
  constraint rule_pkey primary key (user_id, id)
);
create table breach (
  user_id text not null,
  rule_id text not null,
  trade_id text not null,
  at timestamptz not null,
  fill_keys bytea not null,
  facts jsonb not null,
  constraint breach_pkey primary key (user_id, rule_id, trade_id)
);
create table digest (
  user_id text not null,
  week text not null,
  input_sha256 text not null,
  pack text not null,
  pack_sha256 text not null,
  made_at timestamptz not null,
  constraint digest_pkey primary key (user_id, week)
);
"""

# The first ten characters of a ULID are its milliseconds, five bits each, highest first.
MILLISECONDS = " + ".join(
    f"(strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr($1, {place + 1}, 1)) - 1)"
    f" * {32 ** (9 - place)}::bigint"
    for place in range(10)
)

EVENTS = f"""
create function ulid_ts(text) returns timestamptz language sql immutable strict parallel safe
  as $$ select to_timestamp(({MILLISECONDS}) / 1000.0) $$;
create table user_stream (
  user_id text not null,
  epoch text not null,
  last_seq bigint not null default 0,
  last_ms bigint not null default 0,
  constraint user_stream_pkey primary key (user_id),
  constraint user_stream_user_id_fkey foreign key (user_id) references app_user (id)
) with (fillfactor = 50);
create table event_outbox (
  user_id text not null,
  id text not null,
  seq bigint not null,
  type text not null,
  v smallint not null default 1,
  ts timestamptz not null,
  payload jsonb not null,
  constraint event_outbox_pkey primary key (id, ts),
  constraint event_outbox_user_id_seq_ts_key unique (user_id, seq, ts),
  constraint event_outbox_ts_check check (ts = ulid_ts(id))
) partition by range (ts);
"""

DOWN = """
drop table event_outbox, user_stream, digest, breach, rule, finding, tag, unknown_basis,
  book, trade, fill_version, fill, run, connection, account, app_user;
drop sequence fill_n, run_n;
drop function ulid_ts(text);
"""


def upgrade() -> None:
    for part in (PEOPLE, FILLS, LEDGER, INSIGHTS, EVENTS):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
