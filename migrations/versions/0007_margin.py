"""Which fills were on margin, and the positions that those have beside the coins that are owned."""

from alembic import op

revision = "0007"
down_revision = "0005"

# The book is derived from the fills and small, so its key is made anew at once.
BOOK = """
alter table book add column margin boolean not null default false;
-- squawk-ignore ban-drop-constraint
alter table book drop constraint book_pkey;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
alter table book add constraint book_pkey primary key (
  user_id, account_id, symbol, method, margin
);
"""
BOOK_AS_IT_WAS = """
delete from book where margin;
alter table book drop constraint book_pkey;
alter table book add constraint book_pkey primary key (user_id, account_id, symbol, method);
alter table book drop column margin;
"""


def upgrade() -> None:
    for table in ("fill", "fill_version"):
        op.execute(f"alter table {table} add column margin text not null default ''")
    op.execute(BOOK)


def downgrade() -> None:
    op.execute(BOOK_AS_IT_WAS)
    for table in ("fill_version", "fill"):
        op.execute(f"alter table {table} drop column margin")
