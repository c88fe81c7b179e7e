"""Keys with the user, made beside those without; and the oldest coach that is served.

A table can only be spread over several databases, or partitioned, by a column of all its unique
keys. This only adds, so that a coach from before goes on working; 0069 takes the former keys away.
Accounts are few for a user, and runs are one for an import or a job: both are short to read.
`alembic_version.serves_from` names the tables of the oldest coach that these tables serve.
"""

from alembic import op

revision = "0068"
down_revision = "0061"

REFERRING = ("connection", "fetched_window", "account_clock", "contract_size", "run")
KEYS = """
-- squawk-ignore require-concurrent-index-creation
create unique index account_user_id_id_idx on account (user_id, id);
-- squawk-ignore require-concurrent-index-creation
create unique index run_user_id_n_idx on run (user_id, n);
"""
REFERENCE = """
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
alter table {table} add constraint {table}_user_id_account_id_fkey
  foreign key (user_id, account_id) references account (user_id, id);
"""


def upgrade() -> None:
    op.execute("alter table alembic_version add column serves_from text")
    op.execute(KEYS)
    for table in REFERRING:
        op.execute(REFERENCE.format(table=table))


def downgrade() -> None:
    for table in REFERRING:
        op.execute(f"alter table {table} drop constraint {table}_user_id_account_id_fkey")
    op.execute("drop index account_user_id_id_idx, run_user_id_n_idx")
    op.execute("alter table alembic_version drop column serves_from")
