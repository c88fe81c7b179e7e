"""How many units of the underlying one contract of a symbol is, as its statement was read."""

from alembic import op

revision = "0054"
down_revision = "0053"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table contract_size (
  user_id text not null,
  account_id bigint not null,
  symbol text not null,
  size numeric not null,
  constraint contract_size_pkey primary key (user_id, account_id, symbol),
  constraint contract_size_account_id_fkey foreign key (account_id) references account (id),
  constraint contract_size_size_check check (size > 0)
);
alter table contract_size enable row level security;
alter table contract_size force row level security;
create policy own_rows on contract_size using (user_id = {USER});
create policy all_rows_for_the_owner on contract_size to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table contract_size")
