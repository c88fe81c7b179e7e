"""What entries tell of an account whose shorts are guessed: in any order, and taken back."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from coach.engine.api import accounts, imports, trades
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]

HEADER = "timestamp,kind,asset,quantity,fee,balance,entry_id"
SHORT = ("09:00 sell BTC-USD 1 @ 60000", "10:00 buy BTC-USD 1 @ 55000")
ARRIVED = "2026-03-02T08:00:00Z,deposit,BTC,2,,,d1"
MONEY = "2026-03-02T08:00:00Z,deposit,USD,50000,,,d2"


def entered(session: Session, folder: Path, *rows: str) -> Run:
    file = folder / f"entries-{len(rows[0])}.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return import_statement(session, file, ImportRequest(account="main"))


def shorts(session: Session) -> tuple[bool, str]:
    found = accounts.summary(session, "main")
    return found.shorts, found.shorts_origin


@pytest.mark.parametrize("first", ["fills", "entries"])
def test_entries_of_other_coins_leave_the_guess_to_the_fills(
    session: Session, tmp_path: Path, imported: Importer, first: str
) -> None:
    if first == "fills":
        imported(*SHORT)
    entered(session, tmp_path, MONEY)
    imported(*SHORT)
    assert shorts(session) == (True, "guessed")


def test_what_entries_told_first_is_no_reading_for_good(
    session: Session, tmp_path: Path, imported: Importer
) -> None:
    imported("09:00 sell BTC-USD 1 @ 60000", "10:00 buy BTC-USD 2 @ 55000")
    entered(session, tmp_path, MONEY)
    imported("09:00 sell ETH-USD 3 @ 110", "10:00 buy ETH-USD 3 @ 100")
    assert shorts(session) == (True, "guessed")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_coins_that_came_by_entries_are_sold_and_not_owed(
    session: Session, tmp_path: Path, imported: Importer, order: tuple[int, ...]
) -> None:
    steps = [
        lambda: imported(SHORT[0]),
        lambda: imported(SHORT[1]),
        lambda: entered(session, tmp_path, ARRIVED),
    ]
    for place in order:
        steps[place]()
    assert shorts(session) == (False, "guessed")
    (line,) = trades.profit(session).unknown
    assert (str(line.symbol), float(line.quantity)) == ("BTC-USD", 1)


def test_taking_entries_back_turns_the_guess_back(
    session: Session, tmp_path: Path, imported: Importer
) -> None:
    imported(*SHORT)
    run = entered(session, tmp_path, ARRIVED)
    assert shorts(session) == (False, "guessed")
    imports.undo(session, run.id)
    assert shorts(session) == (True, "guessed")
    assert trades.profit(session).unknown == ()


def test_more_sold_than_entries_brought_may_be_a_short(
    session: Session, tmp_path: Path, imported: Importer
) -> None:
    entered(session, tmp_path, "2026-03-02T08:00:00Z,deposit,BTC,0.5,,,d1")
    imported(*SHORT)
    assert shorts(session) == (True, "guessed")
