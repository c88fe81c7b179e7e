"""Trades in each order that a list can have, so that a page of the list is read and no more.

The table is small enough to be locked while its indexes are made: it has a row for each round trip.
"""

from alembic import op

revision = "0055"
down_revision = "0054"

INDEXES = """
-- squawk-ignore require-concurrent-index-creation
create index trade_net_idx on trade (user_id, net, closed_at);
-- squawk-ignore require-concurrent-index-creation
create index trade_fees_idx on trade (user_id, fees, closed_at);
-- squawk-ignore require-concurrent-index-creation
create index trade_held_idx on trade (user_id, (closed_at - opened_at), closed_at);
-- squawk-ignore require-concurrent-index-creation
create index trade_symbol_idx on trade (user_id, symbol, closed_at) include (account_id);
"""


def upgrade() -> None:
    op.execute(INDEXES)


def downgrade() -> None:
    for name in ("net", "fees", "held", "symbol"):
        op.execute(f"drop index trade_{name}_idx")
