"""An activity statement and a Flex query of Interactive Brokers tell a trade once."""

from itertools import count
from pathlib import Path

import pytest

from coach.engine.api import trades
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from coach.engine.imports.overlaps.undecided import UndecidedOverlap
from coach.model.accounts import Run

ACTIVITY = """\
Statement,Header,Field Name,Field Value
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,\
C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
Trades,Data,Order,Stocks,USD,AAPL,"2026-01-05, 09:30:00",10,100,101,-1000,-1,1001,0,10,O
Trades,Data,Order,Stocks,USD,MSFT,"2026-01-06, 10:00:00",30,400.1,401,-12003,-3,12006,0,10,O;P
Trades,Data,Order,Stocks,USD,AAPL,"2026-01-07, 15:59:59",-10,110,110,1100,-1,-1001,98,0,C
"""
FLEX = """\
ClientAccountID,CurrencyPrimary,Symbol,DateTime,Buy/Sell,Quantity,TradePrice,TradeMoney,IBCommission,\
TradeID,IBOrderID
U1,USD,AAPL,20260105;093000,BUY,10,100,1000,-1,5001,9001
U1,USD,MSFT,20260106;100000,BUY,10,400,4000,-1,5002,9002
U1,USD,MSFT,20260106;110007,BUY,20,400.15,8003,-2,5003,9002
U1,USD,AAPL,20260107;155959,SELL,-10,110,-1100,-1,5004,9003
"""
COUNTED = [("AAPL-USD", "98", "0"), ("MSFT-USD", "0", "30")]
NUMBERS = count()


def without(text: str, *columns: str) -> str:
    """Return a file without these columns."""
    rows = [line.split(",") for line in text.splitlines()]
    kept = [place for place, name in enumerate(rows[0]) if name not in columns]
    return "".join(",".join(row[place] for place in kept) + "\n" for row in rows)


def without_times(text: str) -> str:
    """Return a Flex query that says days alone."""
    named = text.replace("DateTime", "TradeDate")
    return "".join(line.partition(";")[0] + line.partition(";")[2][6:] for line in lines(named))


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def bring(session: Session, folder: Path, text: str, *, anyway: bool = False) -> Run:
    file = folder / f"file-{next(NUMBERS)}.csv"
    file.write_text(text)
    request = ImportRequest(account="ib", zone="America/New_York", anyway=anyway)
    return import_statement(session, file, request)


def counted(session: Session) -> list[tuple[str, str, str]]:
    rows = [row.position for row in trades.profit(session).rows]
    return [(one.symbol, f"{one.net:f}", f"{one.open_quantity:f}") for one in rows]


@pytest.mark.parametrize("columns", [(), ("IBOrderID",), ("TradeID",), ("TradeMoney", "TradeID")])
def test_whichever_file_comes_first_a_trade_counts_once_and_either_is_taken_back(
    session: Session, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    files = (ACTIVITY, without(FLEX, *columns))
    for first, second in (files, files[::-1]):
        runs = [bring(session, tmp_path, first), bring(session, tmp_path, second)]
        assert counted(session) == COUNTED
        assert runs[1].new == 0
        undo(session, runs[0].id)
        assert counted(session) == COUNTED
        undo(session, runs[1].id)
        assert counted(session) == []


def test_a_price_that_is_an_average_with_few_digits_is_the_same_order(
    session: Session, tmp_path: Path
) -> None:
    average = ACTIVITY.replace("30,400.1,401,-12003", "30,400.0833,401,-12002.5")
    bring(session, tmp_path, average)
    bring(session, tmp_path, FLEX.replace("400.15,8003", "400.125,8002.5"))
    assert counted(session) == COUNTED


def test_what_only_one_of_them_has_is_counted(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, ACTIVITY)
    more = "U1,USD,AAPL,20260105;100000,BUY,1,101,101,-1,5009,9009\n"
    bring(session, tmp_path, FLEX + more)
    assert counted(session) == [("AAPL-USD", "98", "1"), COUNTED[1]]


def test_days_without_times_are_refused_and_other_trades_are_taken_anyway(
    session: Session, tmp_path: Path
) -> None:
    bring(session, tmp_path, ACTIVITY)
    with pytest.raises(UndecidedOverlap) as refused:
        bring(session, tmp_path, without_times(FLEX))
    assert "AAPL-USD buy on 2026-01-05 (1 in a Flex query or confirmations, 1 in" in str(
        refused.value
    )
    assert counted(session) == COUNTED
    bring(session, tmp_path, without_times(FLEX), anyway=True)
    assert counted(session) == [("AAPL-USD", "196", "0"), ("MSFT-USD", "0", "60")]


def test_an_order_that_the_query_tells_otherwise_is_refused(
    session: Session, tmp_path: Path
) -> None:
    bring(session, tmp_path, FLEX.replace("20,400.15,8003", "19,400.15,7602.85"))
    with pytest.raises(UndecidedOverlap, match="MSFT-USD buy on 2026-01-06"):
        bring(session, tmp_path, ACTIVITY)


def test_other_days_are_no_matter(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, ACTIVITY)
    bring(session, tmp_path, without_times(FLEX).replace("202601", "202602"))
    assert counted(session) == [("AAPL-USD", "196", "0"), ("MSFT-USD", "0", "60")]
