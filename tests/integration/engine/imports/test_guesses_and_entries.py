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


FUTURES = """\
Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID
"""
LONG = """\
1,2026-03-03 10:00:00,BTCUSDT,BUY,80000,0.1,8000,0 USDT,0,false,false,1,11
1,2026-03-03 11:00:00,BTCUSDT,SELL,79000,0.1,7900,0 USDT,-100,true,false,2,12
"""
OWED = """\
1,2026-03-04 10:00:00,BTCUSDT,SELL,80000,0.1,8000,0 USDT,0,false,false,3,13
1,2026-03-04 11:00:00,BTCUSDT,BUY,79000,0.1,7900,0 USDT,100,true,false,4,14
"""


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_broker_that_knows_shorts_ends_the_guess_whenever_it_comes(
    session: Session, tmp_path: Path, imported: Importer, order: tuple[int, ...]
) -> None:
    def futures(rows: str) -> Run:
        file = tmp_path / f"futures (UTC+0) {len(rows)}.csv"
        file.write_text(FUTURES + rows)
        return import_statement(session, file, ImportRequest(account="main"))

    steps = [
        lambda: futures(LONG),
        lambda: futures(OWED.replace("80000", "80000.00")),
        lambda: entered(session, tmp_path, MONEY),
        lambda: imported("09:00 buy ETH-USD 1 @ 100", "10:00 sell ETH-USD 1 @ 110"),
    ]
    for place in order:
        steps[place]()
    assert shorts(session) == (True, "broker")
    sums = {row.position.symbol: row.position.gross for row in trades.profit(session).rows}
    assert sums == {"BTC-USDT": 0, "ETH-USD": 10}


PRO = """\
portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit
default,1,SOL-USD,BUY,2026-03-02T08:00:00.000Z,1,SOL,100,0,-100,USD
"""


def test_entries_that_came_first_leave_the_account_to_its_broker(
    session: Session, tmp_path: Path
) -> None:
    entered(session, tmp_path, MONEY)
    (tmp_path / "fills.csv").write_text(PRO)
    import_statement(session, tmp_path / "fills.csv", ImportRequest(account="main"))
    assert accounts.summary(session, "main").broker == "coinbase"
    assert shorts(session) == (False, "broker")
