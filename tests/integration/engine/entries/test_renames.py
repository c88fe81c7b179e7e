"""A renamed coin's open trade goes on under the new name, however and whenever it is told.

It is told by hand here; a file's entries take the same way.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import trades, why
from coach.engine.api.entries import ledger
from coach.engine.api.entries.ledger import NewEntry, WrittenEntries, split_ratio
from coach.engine.api.exports import exports
from coach.engine.api.imports import undo
from coach.engine.api.promises import labels
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.engine.features.orders import ADD, CLOSE, ENTRY
from coach.engine.history.departed import followed
from coach.engine.history.inputs import no_market
from coach.engine.history.known import known
from coach.engine.imports.derive import conclude_anew
from coach.engine.imports.match import match_stored
from coach.engine.reports import what_if
from coach.engine.store import accounts
from coach.engine.store.entries.renames import account_renames
from coach.engine.store.results import matched_books
from coach.engine.what_if.answer import SimulationInputs
from coach.engine.what_if.books import matched
from coach.engine.what_if.scenario import Scenario
from coach.model.accounts import Run
from coach.model.fills import Symbol
from tests.integration.engine.entries.test_by_hand import held
from tests.integration.engine.entries.test_splits import told

Importer = Callable[..., Run]
AT = datetime(2026, 3, 10, tzinfo=UTC)
SOLD = "2026-03-20"
LATER = "2026-03-21"
NOTHING_ELSE = SimulationInputs(Scenario(untouched=True))


def renamed(
    session: Session,
    old: str = "MATIC",
    new: str = "POL",
    ratio: str = "1",
    at: datetime = AT,
    account: str | None = None,
) -> WrittenEntries:
    return ledger.rename(session, account, (old, new), Decimal(ratio), at)


def closed(session: Session) -> list[str]:
    """Return each finished trade: its symbol, what it traded, and its net."""
    return [
        f"{one.symbol} {one.side} {one.quantity:f} {one.entry:f} -> {one.exit:f} = {one.net:f}"
        for one in (line.trip for line in trades.round_trips(session, TradeFilter()))
    ]


def hash_of(session: Session, symbol: str) -> str:
    account = accounts.account_named(session.connection, session.user.id, "main")
    assert account is not None
    found = matched_books.find(session.connection, session.user.id, account.id, Symbol(symbol))
    assert found is not None
    return found.fills_sha256


@pytest.fixture(autouse=True)
def bought(imported: Importer) -> None:
    imported("09:00 buy MATIC-USD 100 @ 0.5 fee 1")


def test_bought_under_the_old_name_and_sold_under_the_new_one_is_one_trade(
    session: Session, imported: Importer
) -> None:
    renamed(session)
    assert told(session) == ["main MATIC-USD 0 0 @ 0", "main POL-USD 0 100 @ 51"]
    imported("09:00 sell POL-USD 100 @ 0.6 fee 2", day=SOLD)
    assert closed(session) == ["POL-USD long 100 0.5 -> 0.6 = 7"]
    profit = trades.profit(session)
    assert (profit.warnings, profit.unknown) == ((), ())
    assert not accounts.accounts(session.connection, session.user.id)[0].shorts


def test_a_rename_that_is_told_late_and_taken_back_leaves_what_was_before(
    session: Session, imported: Importer
) -> None:
    imported("09:00 sell POL-USD 40 @ 0.6", "09:01 sell POL-USD 60 @ 0.6", day=SOLD)
    before, hashed = told(session), hash_of(session, "POL-USD")
    assert before == ["main MATIC-USD 0 100 @ 51", "main POL-USD 0 0 @ 0"]
    written = renamed(session)
    assert closed(session) == ["POL-USD long 100 0.5 -> 0.6 = 9"]
    assert hash_of(session, "POL-USD") != hashed
    assert renamed(session).known
    undo(session, written.run.id)
    assert (told(session), hash_of(session, "POL-USD")) == (before, hashed)


def test_taken_back_before_anything_was_sold_the_new_name_has_no_book(session: Session) -> None:
    undo(session, renamed(session).run.id)
    assert told(session) == ["main MATIC-USD 0 100 @ 51"]


def test_fills_before_a_rename_that_come_late_count_in_what_goes_on(
    session: Session, imported: Importer
) -> None:
    imported("09:00 sell POL-USD 10 @ 0.6", day=SOLD)
    renamed(session)
    imported("10:00 buy MATIC-USD 1 @ 1", "11:00 sell MATIC-USD 1 @ 2")
    imported("12:00 sell POL-USD 90 @ 0.6", day=SOLD)
    imported("09:00 buy POL-USD 5 @ 1", day=LATER)
    assert closed(session) == ["POL-USD long 101 0.50495049504950495 -> 0.613861386138613861 = 10"]


def test_fills_after_a_rename_go_on_from_where_matching_ended(
    session: Session, imported: Importer
) -> None:
    renamed(session)
    imported("09:00 sell POL-USD 10 @ 0.6", day=SOLD)
    connection, user = session.connection, session.user.id
    account = accounts.account_named(connection, user, "main")
    assert account is not None
    own = account_renames(connection, user, account.id)
    with connection.transaction():
        for first_new, goes_on in ((AT.replace(day=22), True), (AT.replace(day=9), False)):
            found = match_stored(connection, user, account, Symbol("POL-USD"), own, first_new)
            assert found is not None
            assert (found.resumed is not None) is goes_on
            assert found.ended(account) == matched_books.find(
                connection, user, account.id, Symbol("POL-USD")
            )


def test_books_of_an_earlier_coach_follow_a_rename_at_the_next_look(
    session: Session, imported: Importer
) -> None:
    imported("09:00 sell POL-USD 100 @ 0.6 fee 2", day=SOLD)
    renamed(session)
    session.connection.execute("update book_hash set state = null")
    session.connection.execute("delete from trade")
    assert any("made anew at the next look" in one for one in trades.profit(session).warnings)
    with session.connection.transaction():
        conclude_anew(session.connection, session.user)
    assert closed(session) == ["POL-USD long 100 0.5 -> 0.6 = 7"]
    assert trades.profit(session).warnings == ()


def test_two_names_later_and_a_split_between_it_is_still_one_trade(
    session: Session, imported: Importer
) -> None:
    renamed(session)
    ledger.split(session, None, "POL", split_ratio("2"), AT)
    renamed(session, "POL", "NEW", at=AT.replace(day=12))
    imported("09:00 sell NEW-USD 200 @ 0.3 fee 2", day=SOLD)
    assert closed(session) == ["NEW-USD long 200 0.25 -> 0.3 = 7"]


def test_a_name_that_comes_back_takes_the_trade_with_it(
    session: Session, imported: Importer
) -> None:
    renamed(session)
    renamed(session, "POL", "MATIC", at=AT.replace(day=12))
    imported("09:00 sell MATIC-USD 100 @ 0.6 fee 2", day=SOLD)
    assert closed(session) == ["MATIC-USD long 100 0.5 -> 0.6 = 7"]


def test_a_ratio_changes_the_quantity_and_not_the_cost(
    session: Session, imported: Importer
) -> None:
    renamed(session, ratio="0.1")
    imported("09:00 sell POL-USD 10 @ 6 fee 2", day=SOLD)
    assert closed(session) == ["POL-USD long 10 5 -> 6 = 7"]


def test_each_quote_currency_goes_on_in_its_own(session: Session, imported: Importer) -> None:
    imported("09:30 buy MATIC-EUR 50 @ 0.4", "09:40 buy MATIC-USDC 10 @ 0.5")
    renamed(session)
    imported("09:00 sell POL-EUR 50 @ 0.6", "09:10 sell POL-USDC 10 @ 0.4", day=SOLD)
    assert closed(session) == [
        "POL-EUR long 50 0.4 -> 0.6 = 10",
        "POL-USDC long 10 0.5 -> 0.4 = -1",
    ]


def test_only_the_account_whose_entry_says_so_is_renamed(
    session: Session, imported: Importer
) -> None:
    imported("09:30 buy MATIC-USD 5 @ 0.5", account="other")
    renamed(session, account="other")
    assert told(session) == [
        "main MATIC-USD 0 100 @ 51",
        "other MATIC-USD 0 0 @ 0",
        "other POL-USD 0 5 @ 2.5",
    ]


def test_a_short_goes_on_under_the_new_name(session: Session, imported: Importer) -> None:
    imported("09:00 sell FTM-USD 30 @ 2", account="short", shorts=True)
    written = renamed(session, "FTM", "S", account="short")
    assert {one.coin: str(one.quantity) for one in written.entries} == {"FTM": "30", "S": "-30"}
    imported("09:00 buy S-USD 30 @ 1", account="short", day=SOLD)
    assert closed(session) == ["S-USD short 30 2 -> 1 = 30"]


def test_a_position_that_the_new_name_had_already_is_joined(
    session: Session, imported: Importer
) -> None:
    imported("10:00 buy POL-USD 100 @ 0.7 fee 1")
    renamed(session)
    imported("09:00 sell POL-USD 100 @ 0.8", day=SOLD)
    assert told(session)[1:] == ["main POL-USD 29 100 @ 71"]
    average = trades.profit(session, "average").rows[1].position
    assert f"{average.net:f} {average.open_cost:f}" == "19 61"
    imported("10:00 sell POL-USD 100 @ 0.8", day=SOLD)
    assert closed(session) == ["POL-USD long 200 0.6 -> 0.8 = 38"]


def test_a_short_of_the_new_name_is_not_closed_by_a_rename(
    session: Session, imported: Importer
) -> None:
    imported("09:00 buy FTM-USD 30 @ 2", "10:00 sell S-USD 10 @ 2", account="short", shorts=True)
    renamed(session, "FTM", "S", account="short")
    assert told(session, "short") == ["short FTM-USD 0 30 @ 60", "short S-USD 0 -10 @ 20"]
    (doubt,) = trades.doubtful_positions(session, TradeFilter(account="short"))
    assert doubt == (
        "FTM-USD in short: 30 FTM are open in the books and probably no longer held: 30 FTM were"
        " renamed on 2026-03-10"
    )


def test_what_was_sold_before_and_what_is_bought_under_the_old_name_stays_there(
    session: Session, imported: Importer
) -> None:
    imported("10:00 sell MATIC-USD 100 @ 0.6")
    imported("11:00 buy MATIC-USD 10 @ 0.5")
    renamed(session)
    imported("09:00 buy MATIC-USD 7 @ 0.5", day=SOLD)
    imported("09:30 sell MATIC-USD 2 @ 0.5", day=SOLD)
    assert closed(session) == ["MATIC-USD long 100 0.5 -> 0.6 = 9"]
    assert told(session) == ["main MATIC-USD 9 5 @ 2.5", "main POL-USD 0 10 @ 5"]


def test_a_part_that_is_wrapped_leaves_the_trade_where_it_is(session: Session) -> None:
    given = NewEntry("rename", "MATIC", Decimal(40), AT)
    ledger.convert(session, None, given, "WMATIC", Decimal(40))
    assert told(session) == ["main MATIC-USD 0 100 @ 51"]


def test_a_trade_that_went_on_is_shown_with_all_of_its_fills(
    session: Session, imported: Importer
) -> None:
    renamed(session)
    imported("09:00 sell POL-USD 40 @ 0.6", day=SOLD)
    (line,) = trades.open_round_trips(session)
    shown = why.of_trade(session, line.trip.id)
    assert [f"{one.side} {one.quantity:f}" for one in shown.fills] == ["buy 100", "sell 40"]


def test_its_id_and_what_was_said_of_it_stay(session: Session, imported: Importer) -> None:
    before = next(iter(trades.open_round_trips(session))).trip.id
    labels.label(session, before, "revenge", "no")
    renamed(session)
    imported("09:00 sell POL-USD 100 @ 0.6", day=SOLD)
    (line,) = trades.round_trips(session, TradeFilter())
    assert line.trip.id == before
    assert [one.trade_id for one in labels.labels(session)] == [before]


def test_orders_of_it_are_laid_out_as_those_of_one_trade(
    session: Session, imported: Importer
) -> None:
    renamed(session, ratio="2")
    imported("09:00 buy POL-USD 50 @ 0.3", "10:00 sell POL-USD 250 @ 0.4", day=SOLD)
    with session.connection.transaction():
        past, _ = known(session.connection, session.user)
    found = past.orders
    assert found.kind.tolist() == [ENTRY, ADD, CLOSE]
    assert found.quantity.tolist() == [200, 50, 250]
    assert found.price.tolist() == [0.25, 0.3, 0.4]


def test_what_left_after_a_rename_is_followed_under_the_new_name(session: Session) -> None:
    ledger.write(session, None, NewEntry("deposit", "MATIC", Decimal(7), AT.replace(day=9)))
    renamed(session)
    assert trades.doubtful_positions(session, TradeFilter()) == []
    sent = AT.replace(day=11)
    ledger.write(session, None, NewEntry("withdrawal", "POL", Decimal(30), sent))
    (doubt,) = trades.doubtful_positions(session, TradeFilter())
    assert doubt.startswith("POL-USD in main: 100 POL are open in the books and probably not all")
    assert [one.held.left for one in followed(session.connection, session.user.id)] == [70]
    with session.connection.transaction():
        (then,) = followed(session.connection, session.user.id, AT.replace(day=5))
    assert then.trade.position.symbol == "POL-USD"
    assert then.trade.position.quantity == 100


def test_what_does_not_go_on_is_told(session: Session, imported: Importer) -> None:
    renamed(session)
    imported("09:00 buy MATIC-USD 7 @ 0.5", day=SOLD)
    (said,) = trades.profit(session).warnings
    assert said == (
        "MATIC-USD in main: 1 fill of MATIC-USD came after MATIC became POL on 2026-03-10:"
        " what came late stays under the old name"
    )
    imported("10:00 buy MATIC-USD 900 @ 0.5")
    found = [one for one in trades.profit(session).warnings if "makes 100 of 1000 MATIC" in one]
    assert len(found) == 1


def test_a_what_if_answers_about_the_whole_trade(session: Session, imported: Importer) -> None:
    imported("10:00 buy MATIC-USD 100 @ 0.4 fee 1")
    renamed(session)
    imported("09:00 sell POL-USD 200 @ 0.6 fee 2", day=SOLD)
    with session.connection.transaction():
        inputs = what_if.gather(session.connection, session.user, NOTHING_ELSE, no_market)
    (book,) = inputs.books
    (trip,) = matched(book)
    (line,) = trades.round_trips(session, TradeFilter())
    assert (book.symbol, trip.id, trip.net) == ("POL-USD", line.trip.id, line.trip.net)
    answer, _ = what_if.answer_of(session.connection, session.user, NOTHING_ELSE, inputs)
    assert '"actual":"26"' in json.dumps(answer.result, separators=(",", ":"))


@pytest.mark.parametrize(("ratio", "coins"), [("1", "100"), ("0.3", "30")])
def test_journals_open_lots_anew_under_the_new_name(
    session: Session, imported: Importer, tmp_path: Path, ratio: str, coins: str
) -> None:
    renamed(session, ratio=ratio)
    imported("09:00 sell POL-USD 30 @ 0.8", day=SOLD)
    exports.write(session, tmp_path / "out", ("hledger", "beancount"), lambda _: {})
    text = (tmp_path / "out" / "fills.journal").read_text()
    assert "2026-03-10 * rename MATIC-USD to POL-USD\n" in text
    assert f' {coins} "POL" @ ' in text
    assert "income:coach:gains" in text


def test_a_renamed_coin_adds_up(session: Session, imported: Importer) -> None:
    renamed(session)
    imported("09:00 sell POL-USD 100 @ 0.6 fee 2", day=SOLD)
    assert held(session) == {"USD": "7"}
