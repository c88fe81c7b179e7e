"""The first import of an account looks at no fill twice."""

from datetime import timedelta

from coach.engine.api.session import Session
from coach.engine.ledger.identity import Namer
from coach.engine.store import accounts, fills
from coach.engine.store.fills import FIRST_OF_BOOKS, RunTarget
from coach.engine.store.single_fills import left_out
from coach.engine.store.single_fills.left_out import CLEAR_MARKS
from coach.model.fills import Symbol
from tests.integration.engine.imports.test_copying_fills import FILL

SYMBOLS = ("ETH-USD", "BTC-USD", "btc-usd", "BTC-EUR")


def brought(session: Session, each: int) -> RunTarget:
    """Copy fills in several books into a new account, the newest first."""
    account = accounts.ensure_account(
        session.connection, session.user.id, "main", "generic", shorts=True
    )
    shelf, name = RunTarget(session.user.id, account.id, 1, 10), Namer("test").name
    told = [
        FILL._replace(symbol=Symbol(symbol), at=FILL.at - timedelta(seconds=place), line=place)
        for symbol in SYMBOLS
        for place in range(each)
    ]
    fills.add(session.connection, shelf, map(name, told))
    return shelf


def plan(session: Session, query: str, shelf: RunTarget) -> str:
    """Return how PostgreSQL answers a query about a table that nobody has looked at."""
    facts = {"user": shelf.user_id, "account": shelf.account_id}
    rows = session.connection.execute(f"explain {query}", facts)
    return "\n".join(line for (line,) in rows)


def test_each_book_is_found_with_its_first_fill(session: Session) -> None:
    shelf = brought(session, 3)
    found = fills.first_of_books(session.connection, shelf)
    assert found == fills.first_of_run(session.connection, shelf)
    assert found == dict.fromkeys(SYMBOLS, FILL.at - timedelta(seconds=2))


def test_an_account_without_fills_has_no_book(session: Session) -> None:
    assert fills.first_of_books(session.connection, brought(session, 0)) == {}


def test_books_and_marks_are_found_without_reading_the_fills(session: Session) -> None:
    shelf = brought(session, 500)
    books = plan(session, FIRST_OF_BOOKS, shelf)
    assert books.count("fill_book_idx") == 2
    assert "fill_left_out_idx" in plan(session, CLEAR_MARKS, shelf)


def test_without_decisions_every_mark_goes(session: Session) -> None:
    shelf = brought(session, 3)
    session.connection.execute("update fill set left_out = 1 where symbol = 'BTC-EUR'")
    found = left_out.set_marks(session.connection, shelf, {})
    assert found.symbols == {Symbol("BTC-EUR")}
    assert found.newly == 0
    left = session.connection.execute("select count(*) from fill where left_out is not null")
    assert left.fetchone() == (0,)


def test_the_planner_knows_the_tables_after_a_look_that_changes_no_setting(
    session: Session,
) -> None:
    brought(session, 500)
    fills.tell_planner(session.connection, 0)
    known = session.connection.execute(
        "select reltuples::int from pg_class where oid = 'fill'::regclass"
    )
    assert known.fetchone() == (4 * 500,)
    (target,) = session.connection.execute("show default_statistics_target").fetchall()
    assert target == ("100",)
