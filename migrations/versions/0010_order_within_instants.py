"""In which order files told the fills of one instant, and in which order the ledger takes them.

What is stored tells where its first import read each fill, so the order of its rows is known. The
books are read by it when they are derived for the next time.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

ROW_ORDER = """
alter table fill add column turn integer not null default 0;
create table row_order (
  user_id text not null,
  account_id bigint not null,
  run_n bigint not null,
  edge smallint not null,
  place bigint not null,
  symbol text not null,
  side text not null,
  quantity numeric not null,
  price numeric not null,
  fee numeric not null,
  fee_currency text not null,
  at timestamp with time zone not null,
  nanos smallint not null,
  native_id text not null,
  constraint row_order_pkey primary key (user_id, account_id, run_n, edge, place)
);
-- squawk-ignore require-concurrent-index-creation
create index row_order_book_idx on row_order (user_id, account_id, symbol, at);
"""
# As `ledger.direction` has it: one direction, but for a tenth of the steps.
KNOWN_ORDER = """
insert into row_order
with stored as (
  select f.*, row_number() over file as place, at - lag(at) over file as step
    from fill f window file as (partition by user_id, account_id, run_n order by line, n)),
direction as (
  select user_id, account_id, run_n,
         case when rising > 0 and falling <= 0.1 * rising then 1
              when falling > 0 and rising <= 0.1 * falling then -1 else 0 end as sign
    from (select user_id, account_id, run_n, count(*) filter (where step > interval '0') as rising,
                 count(*) filter (where step < interval '0') as falling
            from stored group by user_id, account_id, run_n) steps),
tied as (
  select user_id, account_id, run_n, symbol, at, nanos
    from fill group by user_id, account_id, run_n, symbol, at, nanos having min(side) <> max(side))
select user_id, account_id, run_n, 0, sign * place, symbol, side, quantity, price, fee,
       fee_currency, at, nanos, native_id
  from stored join direction using (user_id, account_id, run_n)
  join tied using (user_id, account_id, run_n, symbol, at, nanos)
 where sign <> 0
"""


def upgrade() -> None:
    op.execute(ROW_ORDER)
    op.execute(KNOWN_ORDER)


def downgrade() -> None:
    op.execute("drop table row_order")
    op.execute("alter table fill drop column turn")
