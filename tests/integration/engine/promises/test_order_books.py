"""What orders are laid out from is read as floats, and exactly where there was a split."""

import random
from collections.abc import Callable
from decimal import Decimal

from coach.engine.api.entries import ledger
from coach.engine.api.session import Session
from coach.engine.history.order_books import books_since
from coach.engine.store import fills
from coach.model.accounts import Run
from coach.model.fills import BookFill, OrderFill

Importer = Callable[..., Run]
END_US = 2**52


def test_postgresql_rounds_to_the_float_that_python_rounds_to(session: Session) -> None:
    dice = random.Random(77)
    numbers = [
        Decimal(dice.randrange(10**digits)).scaleb(-dice.randrange(19))
        for digits in range(1, 39)
        for _ in range(50)
    ]
    rows = session.connection.execute("select n::float8 from unnest(%s::numeric[]) n", [numbers])
    assert [one for (one,) in rows] == [float(number) for number in numbers]


def test_floats_are_read_of_all_but_what_was_split(session: Session, imported: Importer) -> None:
    """
    09:00 buy  BTC-USD 0.1 @ 100.3, 09:05 buy DOGE-USD 3 @ 0.07, 09:10 sell BTC-USD 0.1 @ 90
    and a split of DOGE
    """
    imported("09:00 buy BTC-USD 0.1 @ 100.3", "09:05 buy DOGE-USD 3 @ 0.07")
    imported("09:10 sell BTC-USD 0.1 @ 90")
    ledger.split(session, "main", "DOGE", ledger.SplitRatio(3, 2), session.clock())
    with session.connection.transaction():
        starts = {"BTC-USD": 0, "DOGE-USD": 0}
        books = books_since(session.connection, session.user.id, starts, END_US)
        exact = list(fills.reaching(session.connection, session.user.id, starts, END_US))
    found = {str(book.name.symbol): book for book in books}
    assert [type(one) for one in found["DOGE-USD"].fills] == [BookFill]
    assert len(found["DOGE-USD"].splits) == 1
    assert found["BTC-USD"].splits == ()
    assert list(found["BTC-USD"].fills) == [
        OrderFill(one.key, one.side, float(one.quantity), float(one.price), one.at, "", one.margin)
        for _, symbol, one in exact
        if symbol == "BTC-USD"
    ]
