"""On which clock the times of an import were read, and which one an account's files are on."""

from alembic import op

revision = "0005"
down_revision = "0004"

ACCOUNT_CLOCK = """
create table account_clock (
  user_id text not null,
  account_id bigint not null,
  source text not null,
  zone text not null,
  constraint account_clock_pkey primary key (user_id, account_id, source),
  constraint account_clock_account_id_fkey foreign key (account_id) references account (id)
);
"""


def upgrade() -> None:
    op.execute(ACCOUNT_CLOCK)
    op.execute("alter table run add column clock text not null default ''")
    op.execute("alter table run add column clock_origin text not null default ''")


def downgrade() -> None:
    op.execute("alter table run drop column clock_origin")
    op.execute("alter table run drop column clock")
    op.execute("drop table account_clock")
