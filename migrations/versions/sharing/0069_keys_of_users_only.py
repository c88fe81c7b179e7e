"""Without the unique keys of users' tables that do not name the user.

What the keys of 0068 hold is held by them alone from here on. The key of events is made anew for
every month, which holds up writers for as long as reading the events takes.
"""

from alembic import op

revision = "0069"
down_revision = "0068"
serves_from = "0069"

REFERRING = ("connection", "fetched_window", "account_clock", "contract_size", "run")
REFERENCE = """
-- squawk-ignore ban-drop-constraint
alter table {table} drop constraint {table}_account_id_fkey;
"""
KEYS = """
-- squawk-ignore ban-drop-constraint
alter table account drop constraint account_pkey;
alter table account add constraint account_pkey primary key using index account_user_id_id_idx;
-- squawk-ignore ban-drop-constraint
alter table run drop constraint run_n_key;
alter table run add constraint run_user_id_n_key unique using index run_user_id_n_idx;
-- squawk-ignore ban-drop-constraint
alter table event_outbox drop constraint event_outbox_pkey;
-- squawk-ignore constraint-missing-not-valid, adding-serial-primary-key-field
alter table event_outbox add constraint event_outbox_pkey primary key (user_id, id, ts);
"""
FORMER_KEYS = """
alter table event_outbox drop constraint event_outbox_pkey;
alter table event_outbox add constraint event_outbox_pkey primary key (id, ts);
alter table run drop constraint run_user_id_n_key;
create unique index run_user_id_n_idx on run (user_id, n);
alter table run add constraint run_n_key unique (n);
alter table account drop constraint account_pkey;
create unique index account_user_id_id_idx on account (user_id, id);
alter table account add constraint account_pkey primary key (id);
"""
REFERENCES = """
alter table {table} add constraint {table}_account_id_fkey
  foreign key (account_id) references account (id);
alter table {table} add constraint {table}_user_id_account_id_fkey
  foreign key (user_id, account_id) references account (user_id, id);
"""


def upgrade() -> None:
    for table in REFERRING:
        op.execute(REFERENCE.format(table=table))
    op.execute(KEYS)


def downgrade() -> None:
    for table in REFERRING:
        op.execute(f"alter table {table} drop constraint {table}_user_id_account_id_fkey")
    op.execute(FORMER_KEYS)
    for table in REFERRING:
        op.execute(REFERENCES.format(table=table))
