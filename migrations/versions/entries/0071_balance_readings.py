"""A reading of all balances at a broker keeps what changed since the reading before it."""

from alembic import op

revision = "0071"
down_revision = "0070"
serves_from = "0071"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table balance_reading (
  user_id text not null,
  account_id bigint not null,
  run_n bigint not null,
  at timestamptz not null,
  carries boolean not null,
  unsaid text[] not null,
  constraint balance_reading_pkey primary key (user_id, account_id, run_n, at)
);
alter table balance_reading enable row level security;
alter table balance_reading force row level security;
create policy own_rows on balance_reading using (user_id = {USER});
create policy all_rows_for_the_owner on balance_reading to current_user using ({NOBODY_NAMED});
"""
WRITE_OUT = """
with reading as (
    select *, sum((not carries)::integer) over (
           partition by user_id, account_id order by at, run_n) as frame from balance_reading),
told_in as (
    select *, lead(at) over (partition by user_id, account_id, frame, coin order by at) as until
      from (
        select r.user_id, r.account_id, r.frame, s.coin, s.balance, r.at
          from reading r join stated_balance s
            on s.user_id = r.user_id and s.account_id = r.account_id and s.run_n = r.run_n
           and s.at = r.at and s.wallet = '*'
         union all
        select r.user_id, r.account_id, r.frame, unnest(r.unsaid), null, r.at from reading r) said)
insert into stated_balance (user_id, account_id, run_n, coin, wallet, at, balance)
select r.user_id, r.account_id, r.run_n, t.coin, '*', r.at, t.balance
  from reading r join told_in t on t.user_id = r.user_id and t.account_id = r.account_id
   and t.frame = r.frame and t.at < r.at and (t.until is null or r.at < t.until)
 where r.carries and t.balance is not null
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute(WRITE_OUT)
    op.execute("drop table balance_reading")
