"""A book that only gets later fills is matched from where its matching ended."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.engine.api.imports import undo
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]


@pytest.fixture
def unread(session: Session, imported: Importer) -> Session:
    """A position whose first fill is in no table any more: only who goes on knows of it.

    09:00 buy BTC 2 @ 100
    """
    imported("09:00 buy BTC-USD 2 @ 100 #a")
    session.connection.execute("delete from fill")
    return session


def trades(session: Session) -> list[tuple[Decimal, Decimal]]:
    """Return quantity and gross of each round trip."""
    return session.connection.execute("select quantity, gross from trade order by id").fetchall()


def test_a_later_sale_closes_what_an_earlier_import_opened(
    unread: Session, imported: Importer
) -> None:
    unread.connection.execute(
        "insert into fill (user_id, account_id, key, run_n, symbol, side, quantity, price, fee,"
        " fee_currency, at, nanos, order_id, native_id, line, rank, margin)"
        " select user_id, id, 'x', 1, 'ETH-USD', 'buy', 1, 1, 0, '', '2026-03-02', 0, '', '', 1, 0,"
        " '' from account"
    )
    imported("09:10 sell BTC-USD 2 @ 110 #b")
    assert trades(unread) == [(Decimal(2), Decimal(20))]


def test_an_undo_matches_the_book_from_its_first_fill(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 2 @ 100 #a")
    later = imported("09:10 sell BTC-USD 2 @ 110 #b")
    undo(session, later.id)
    assert trades(session) == [(Decimal(2), Decimal(0))]
    imported("09:20 sell BTC-USD 2 @ 120 #c")
    assert trades(session) == [(Decimal(2), Decimal(40))]


def test_a_fill_of_the_last_instant_is_no_later_one(session: Session, imported: Importer) -> None:
    """The sale was there first; the purchase of the same instant comes before it."""
    imported("09:00 buy BTC-USD 1 @ 100 #1", "09:10 sell BTC-USD 2 @ 110 #3")
    imported("09:10 buy BTC-USD 1 @ 100 #2")
    assert trades(session) == [(Decimal(2), Decimal(20))]


def test_an_account_that_can_be_short_after_all_is_matched_anew(
    session: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100 #a", "09:10 sell BTC-USD 2 @ 110 #b")
    imported("09:20 buy BTC-USD 1 @ 90 #c", shorts=True)
    assert sorted(trades(session)) == [(Decimal(1), Decimal(10)), (Decimal(1), Decimal(20))]
