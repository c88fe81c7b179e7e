"""A check before a trade reads the newest trades and fills, however many there are."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from coach.engine.api.session import Session
from coach.engine.store import lately
from coach.engine.store.lately import LAST_PRICE, LATELY, TradeReach
from coach.model.accounts import Run

Importer = Callable[..., Run]

TRADES = """
insert into trade (user_id, account_id, id, symbol, side, opened_at, closed_at, quantity, entry,
 exit, gross, fees, net, fills, entry_quantity, entry_notional, entry_fills, exit_fills, other_fees)
select %s, 1, 't' || n, 'BTC-USD', 'long', moment, moment + '1 minute', 1, 1, 1, 0, 0, 0, 2, 1, 1,
       '', '', '{}'
  from (select n, '2025-01-01Z'::timestamptz + n * interval '5 minutes' as moment
          from generate_series(1, 5000) n) every
"""
FILLS = """
insert into fill (user_id, account_id, key, run_n, symbol, side, quantity, price, fee, fee_currency,
 at, nanos, order_id, native_id, line, rank, margin)
select %s, 1 + n %% 2, decode(lpad(to_hex(n), 32, '0'), 'hex'), 1, 'BTC-USD', 'buy', 1, n, 0, '',
       '2025-01-01Z'::timestamptz + n * interval '5 minutes', 0, '', '', 1, 1, ''
  from generate_series(1, 5000) n
"""


@pytest.fixture
def busy(session: Session, imported: Importer) -> Session:
    """A trader of two accounts with 5,000 trades and fills, the last of them at 5,000 USD."""
    imported("09:00 buy ETH-USD 1 @ 100", account="one", day="2024-01-01")
    imported("09:00 buy ETH-USD 1 @ 100", account="two", day="2024-01-02")
    session.connection.execute(TRADES, [session.user.id])
    session.connection.execute(FILLS, [session.user.id])
    session.connection.execute("analyze trade, fill, account")
    return session


def plan(session: Session, query: str, facts: dict[str, object]) -> str:
    """Return how PostgreSQL would answer a query."""
    rows = session.connection.execute(f"explain {query}", {"user": session.user.id, **facts})
    return "\n".join(line for (line,) in rows)


def test_the_newest_trades_are_found_by_their_times(busy: Session) -> None:
    since = busy.clock() - timedelta(days=9)
    found = plan(busy, LATELY, {"since": since, "quote": "%-USD", "newest": 120})
    assert "trade_opened_idx" in found
    assert "trade_closed_idx" in found


def test_the_last_price_is_that_of_the_newest_fill_of_any_account(busy: Session) -> None:
    assert lately.last_price(busy.connection, busy.user.id, "BTC-USD") == Decimal(5000)
    assert lately.last_price(busy.connection, busy.user.id, "SOL-USD") is None
    found = plan(busy, LAST_PRICE, {"symbol": "BTC-USD"})
    assert "fill_book_idx" in found


def test_reach_names_open_trades_the_newest_and_those_closed_since(busy: Session) -> None:
    reach = TradeReach("USD", busy.clock() - timedelta(days=9), 200)
    found = [trip.id for trip in lately.trips(busy.connection, busy.user.id, reach)]
    opened_long_ago = [trip for trip in found if not trip.startswith("t")]
    assert len(opened_long_ago) == 2
    assert sorted(found) == sorted([*opened_long_ago, *(f"t{n}" for n in range(4801, 5001))])
    every = lately.trips(busy.connection, busy.user.id, TradeReach("USD", None, 1))
    assert len(list(every)) == 5002
