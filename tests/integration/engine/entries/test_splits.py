"""A split counts in trades, profit and positions, whenever it is told, and no more once taken back.

It is told by hand here; a file's entries take the same way.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import trades
from coach.engine.api.entries import ledger
from coach.engine.api.entries.ledger import NewEntry, SplitRatio, split_ratio
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.exports import exports
from coach.engine.api.imports import undo
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.engine.store import accounts
from coach.engine.store.results import matched_books
from coach.errors import Invalid
from coach.model.accounts import Run
from coach.model.fills import Symbol

Importer = Callable[..., Run]
AT = datetime(2026, 3, 10, tzinfo=UTC)
SOLD = "2026-03-20"
TEN = SplitRatio(10, 1)


def told(session: Session, account: str | None = None) -> list[str]:
    """Return what is earned and what is open of each book."""
    return [
        f"{row.account} {row.position.symbol} {row.position.net:f} {row.position.open_quantity:f}"
        f" @ {row.position.open_cost:f}"
        for row in trades.profit(session, account=account).rows
    ]


def hash_of(session: Session) -> str:
    account = accounts.account_named(session.connection, session.user.id, "main")
    assert account is not None
    found = matched_books.find(session.connection, session.user.id, account.id, Symbol("NVDA-USD"))
    assert found is not None
    return found.fills_sha256


@pytest.fixture(autouse=True)
def bought(imported: Importer) -> None:
    imported("09:00 buy NVDA-USD 5 @ 100")


def test_ten_for_one_between_a_purchase_and_its_sale_is_one_trade(
    session: Session, imported: Importer
) -> None:
    ledger.split(session, None, "NVDA", TEN, AT)
    assert told(session) == ["main NVDA-USD 0 50 @ 500"]
    imported("09:00 sell NVDA-USD 50 @ 11", day=SOLD)
    assert told(session) == ["main NVDA-USD 50 0 @ 0"]
    profit = trades.profit(session)
    assert (profit.warnings, profit.unknown) == ((), ())
    assert not accounts.accounts(session.connection, session.user.id)[0].shorts


def test_a_split_that_is_told_late_and_taken_back_leaves_what_was_before(
    session: Session, imported: Importer
) -> None:
    imported("09:00 sell NVDA-USD 30 @ 11", "09:01 sell NVDA-USD 20 @ 11", day=SOLD)
    before, hashed = told(session), hash_of(session)
    assert before == ["main NVDA-USD -445 0 @ 0"]
    written = ledger.split(session, None, "NVDA", TEN, AT)
    assert told(session) == ["main NVDA-USD 50 0 @ 0"]
    assert hash_of(session) != hashed
    assert ledger.split(session, None, "NVDA", TEN, AT).known
    undo(session, written.run.id)
    assert (told(session), hash_of(session)) == (before, hashed)


def test_fills_after_a_split_go_on_from_it_and_fills_before_it_count_in_it(
    session: Session, imported: Importer
) -> None:
    ledger.split(session, None, "NVDA", split_ratio("3:2"), AT)
    for number in range(10):
        imported(f"0{number}:00 sell NVDA-USD 0.1 @ 80", day=SOLD)
    assert told(session) == ["main NVDA-USD 13.333333333333333333 6.5 @ 433.333333333333333333"]
    imported("10:00 buy NVDA-USD 1 @ 100")
    assert told(session) == ["main NVDA-USD 13.333333333333333333 8 @ 533.333333333333333333"]
    (said,) = trades.profit(session).warnings
    assert "which 3:2 does not give" in said


def test_only_the_account_whose_entry_says_so_is_split(
    session: Session, imported: Importer
) -> None:
    imported("09:30 buy NVDA-USD 5 @ 100", account="other")
    imported("09:40 buy NVDA-EUR 1 @ 90", account="other")
    ledger.split(session, "other", "NVDA", split_ratio("1:7"), AT)
    assert told(session) == [
        "other NVDA-EUR 0 0.142857142857142857 @ 90",
        "main NVDA-USD 0 5 @ 500",
        "other NVDA-USD 0 0.714285714285714286 @ 500",
    ]


def test_a_short_is_split_too(session: Session, imported: Importer) -> None:
    imported("09:00 sell TSLA-USD 3 @ 300", account="short", shorts=True)
    ledger.split(session, "short", "TSLA", split_ratio("3"), AT)
    imported("09:00 buy TSLA-USD 9 @ 90", account="short", day=SOLD)
    assert told(session, "short") == ["short TSLA-USD 90 0 @ 0"]
    coins = {one.sums.coin: one.sums.balance for one in reconcile(session).balances}
    assert coins["TSLA"] == 0


def test_splits_of_a_coin_that_nobody_holds_are_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="no TSLA in main then"):
        ledger.split(session, None, "TSLA", TEN, AT)
    with pytest.raises(Invalid, match="no NVDA in main then"):
        ledger.split(session, None, "NVDA", TEN, datetime(2026, 3, 1, tzinfo=UTC))
    for text in ("1", "0", "-2", "2:2", "1:0", "a", "3:", ":3", "1:2:3"):
        with pytest.raises(Invalid, match="ratio takes"):
            split_ratio(text)


def test_what_left_before_a_split_is_followed_in_the_units_after_it(session: Session) -> None:
    sent = datetime(2026, 3, 5, tzinfo=UTC)
    ledger.write(session, None, NewEntry("withdrawal", "NVDA", Decimal(2), sent))
    ledger.split(session, None, "NVDA", TEN, AT)
    (doubt,) = trades.doubtful_positions(session, TradeFilter())
    assert doubt.startswith("NVDA-USD in main: 50 NVDA are open in the books and probably not all")
    (row,) = trades.profit(session).rows
    assert row.doubt is not None
    assert row.doubt.held == 30


def test_an_entry_that_does_not_say_how_it_split_is_named(session: Session) -> None:
    entry = NewEntry("split", "NVDA", Decimal(5), AT, leaves=True)
    ledger.write(session, None, entry)
    said = [one for one in trades.profit(session).warnings if "was split" in one]
    assert len(said) == 1
    assert "the entry (split) does not say how" in said[0]


def test_candles_of_a_trade_across_a_split_are_not_compared(
    session: Session, imported: Importer
) -> None:
    ledger.split(session, None, "NVDA", TEN, AT)
    imported("09:00 sell NVDA-USD 50 @ 11", day=SOLD)
    (line,) = trades.round_trips(session, TradeFilter())
    found = line.trip
    assert [f"{one:f}" for one in (found.quantity, found.entry, found.gross)] == ["50", "10", "50"]
    assert line.reached.mae is None


def test_journals_end_lots_and_open_them_anew(
    session: Session, imported: Importer, tmp_path: Path
) -> None:
    ledger.split(session, None, "NVDA", split_ratio("3:2"), AT)
    imported("09:00 sell NVDA-USD 7.5 @ 80", day=SOLD)
    exports.write(session, tmp_path / "out", ("hledger", "beancount"), lambda _: {})
    text = (tmp_path / "out" / "fills.journal").read_text()
    assert "2026-03-10 * split NVDA-USD\n    ; time: 2026-03-10T00:00:00Z\n    ; ratio: 3:2" in text
    assert '-5 "NVDA" @ 100 "USD"' in text
    assert '7.5 "NVDA" @ 66.66666666666666666666666667 "USD"' in text
