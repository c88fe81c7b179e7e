"""Ledgers that print a balance after each row agree with what coach makes of their rows."""

from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import trades
from coach.engine.api.entries.ledger import EntryFilter, entries
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.ledger.exact import rounded

KRAKEN = """\
"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"
"L1","D1","2024-01-04 10:00:00","deposit","","currency","ZEUR",1000.0000,0,1000.0000
"L2","T1","2024-01-05 10:00:00","trade","","currency","ZEUR",-421.3337,1.0955,577.5708
"L3","T1","2024-01-05 10:00:00","trade","","currency","XXBT",0.0103,0,0.0103
"L4","S1","2024-01-06 10:00:00","spend","","currency","ZEUR",-100,1.5,476.0708
"L5","S1","2024-01-06 10:00:00","receive","","currency","XETH",0.05,0,0.05
"L6","K1","2024-01-07 10:00:00","transfer","spottostaking","currency","XETH",-0.03,0,0.02
"L7","K2","2024-01-07 10:00:01","transfer","stakingfromspot","currency","ETH.S",0.03,0,0.03
"L8","K3","2024-01-14 10:00:00","staking","","currency","ETH.S",0.0001,0,0.0301
"L9","W1","2024-01-15 10:00:00","withdrawal","","currency","XXBT",-0.01,0.0002,0.0001
"L10","X1","2024-01-16 10:00:00","spend","dustsweeping","currency","XXBT",-0.0001,0,0
"L11","X1","2024-01-16 10:00:00","spend","dustsweeping","currency","XETH",-0.02,0,0
"L12","X1","2024-01-16 10:00:00","receive","dustsweeping","currency","ZEUR",40.2,0,516.2708
"""
COINBASE_PRO = """\
portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id
default,deposit,2021-01-04T10:00:00.000Z,1000,1000,EUR,x,,
default,match,2021-01-05T10:00:00.123Z,-300.00,700,EUR,,77,o1
default,match,2021-01-05T10:00:00.123Z,0.01,0.01,BTC,,77,o1
default,fee,2021-01-05T10:00:00.123Z,-1.50,698.5,EUR,,77,o1
default,withdrawal,2021-01-06T10:00:00.123Z,-10,688.5,EUR,y,,
"""
TRADE_COLUMNS = (
    "DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,"
    "Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code"
)
FILES = {"kraken": KRAKEN, "coinbase-pro": COINBASE_PRO}


def bring(session: Session, folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}-{len(text)}.csv"
    path.write_text(text)
    import_statement(session, path, ImportRequest(account=name))


@pytest.mark.parametrize("name", FILES)
def test_a_whole_ledger_adds_up(session: Session, tmp_path: Path, name: str) -> None:
    bring(session, tmp_path, name, FILES[name])
    found = reconcile(session)
    assert found.gaps == ()
    assert {one.status for one in found.balances} == {"agrees"}
    shown = [one.sums.balance for one in found.balances]
    assert [rounded(one) for one in shown] == shown


def test_a_ledger_that_lacks_a_row_does_not(session: Session, tmp_path: Path) -> None:
    without = "".join(line for line in KRAKEN.splitlines(keepends=True) if '"L9"' not in line)
    bring(session, tmp_path, "kraken", without)
    (gap,) = reconcile(session).gaps
    assert (gap.cause, gap.before.isoformat()) == ("missing_entry", "2024-01-16T10:00:00+00:00")
    assert [(coin, str(amount)) for coin, amount in gap.amounts] == [("BTC", "-0.0102")]


def test_a_row_of_a_ledger_that_two_files_hold_is_one(session: Session, tmp_path: Path) -> None:
    lines = KRAKEN.splitlines(keepends=True)
    bring(session, tmp_path, "kraken", "".join(lines[:8]))
    bring(session, tmp_path, "kraken", "".join([lines[0], *lines[5:]]))
    assert reconcile(session).gaps == ()
    kinds = [one.kind for one in entries(session, EntryFilter())]
    assert kinds == ["deposit", "transfer", "transfer", "reward", "withdrawal", *["dust"] * 3]


def test_money_at_interactive_brokers_becomes_entries_of_their_kinds(
    session: Session, tmp_path: Path
) -> None:
    """The same file again, and one that begins with the same rows, add nothing that was there."""
    file = tmp_path / "cash.csv"
    head = "CurrencyPrimary,Date/Time,Amount,Type,TransactionID"
    rows = [
        "USD,20240311,5000,Deposits/Withdrawals,901",
        "USD,20240312,-250.5,Deposits/Withdrawals,902",
        "USD,20240314;202000,100,Dividends,903",
        "USD,20240314;202000,-15,Withholding Tax,904",
        "USD,20240305,-3.21,Broker Interest Paid,905",
        "USD,20240304,-10,Other Fees,906",
    ]
    for count in (4, 6, 6):
        file.write_text("\n".join([head, *rows[:count]]) + "\n")
        import_statement(session, file, ImportRequest(zone="America/New_York"))
    found = entries(session, EntryFilter())
    assert [(one.kind, str(one.quantity)) for one in found] == [
        ("fee", "-10"),
        ("interest", "-3.21"),
        ("deposit", "5000"),
        ("withdrawal", "-250.5"),
        ("interest", "100"),
        ("fee", "-15"),
    ]
    assert sum(one.quantity for one in found if one.quantity) == Decimal("4821.29")


def test_the_cash_at_the_end_of_an_activity_statement_is_held_against_the_books(
    session: Session, tmp_path: Path
) -> None:
    lines = (
        "Statement,Header,Field Name,Field Value",
        'Statement,Data,Period,"March 11, 2024 - March 15, 2024"',
        "Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures",
        "Cash Report,Data,Ending Cash,Base Currency Summary,898,898,0",
        "Cash Report,Data,Ending Cash,USD,3898,3898,0",
        "Cash Report,Data,Ending Settled Cash,USD,5000,5000,0",
        f"Trades,Header,{TRADE_COLUMNS}",
        'Trades,Data,Order,Stocks,USD,AAPL,"2024-03-15, 19:31:05",10,110,110,-1100,-2,0,0,0,O',
        "Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount",
        "Deposits & Withdrawals,Data,USD,2024-03-11,Electronic Fund Transfer,5000",
    )
    file = tmp_path / "activity.csv"
    file.write_text("\n".join(lines) + "\n")
    import_statement(session, file, ImportRequest(account="ib", zone="America/New_York"))
    (cash,) = [one for one in reconcile(session).balances if one.sums.coin == "USD"]
    assert (cash.status, str(cash.stated)) == ("agrees", "3898")
    assert f"{cash.stated_at:%Y-%m-%d %H:%M:%S}" == "2024-03-16 03:59:59"


def activity(name: str, folder: Path, period: str, cash: tuple[int, int], *rows: str) -> Path:
    """Write an activity statement of a period, with the cash at its start and at its end."""
    file = folder / f"{name}.csv"
    lines = (
        "Statement,Header,Field Name,Field Value",
        f'Statement,Data,Period,"{period}"',
        "Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures",
        f"Cash Report,Data,Starting Cash,USD,{cash[0]},{cash[0]},0",
        f"Cash Report,Data,Ending Cash,USD,{cash[1]},{cash[1]},0",
        f"Trades,Header,{TRADE_COLUMNS}",
        *rows,
    )
    file.write_text("\n".join(lines) + "\n")
    return file


NEW_YORK = ImportRequest(account="ib", zone="America/New_York")
BOUGHT = 'Trades,Data,Order,Stocks,USD,NVDA,"2024-06-03, 10:00:00",5,100,110,-500,-1,0,0,0,O'
SOLD = 'Trades,Data,Order,Stocks,USD,NVDA,"2024-06-10, 10:00:00",-50,11,11,550,-1,0,0,0,C'
ACTIONS = (
    "Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity"
    ",Proceeds,Value,Realized P/L,Code"
)
TEN_FOR_ONE = "NVDA(US0000000001) Split 10 for 1 (NVDA, NVIDIA CORP, US0000000001)"
SPLIT = (
    f'Corporate Actions,Data,Stocks,USD,2024-06-10,"2024-06-07, 20:25:00","{TEN_FOR_ONE}",45,0,0,0,'
)


def test_the_cash_at_the_start_says_what_was_there_before_and_what_lies_between(
    session: Session, tmp_path: Path
) -> None:
    """1000 were there before June; of 200 that came between two statements no row tells."""
    june = activity("june", tmp_path, "June 3, 2024 - June 7, 2024", (1000, 499), BOUGHT)
    import_statement(session, june, NEW_YORK)
    (opening,) = reconcile(session, coin="USD").gaps
    assert (opening.cause, dict(opening.amounts)) == ("opening", {"USD": Decimal(1000)})
    assert f"{opening.before:%Y-%m-%d %H:%M:%S}" == "2024-06-03 03:59:59"
    later = activity("later", tmp_path, "June 10, 2024", (499, 499))
    import_statement(session, later, NEW_YORK)
    assert reconcile(session, coin="USD").gaps == (opening,)
    lacks = activity("lacks", tmp_path, "June 12, 2024", (699, 699))
    import_statement(session, lacks, NEW_YORK)
    _, between = reconcile(session, coin="USD").gaps
    assert (between.cause, dict(between.amounts)) == ("missing_entry", {"USD": Decimal(200)})
    assert f"{between.before:%Y-%m-%d %H:%M:%S}" == "2024-06-12 03:59:59"


def test_a_split_of_an_activity_statement_counts_and_once_with_a_flex_query(
    session: Session, tmp_path: Path
) -> None:
    file = activity(
        *("june", tmp_path, "June 3, 2024 - June 10, 2024", (0, 48)), BOUGHT, SOLD, ACTIONS, SPLIT
    )
    import_statement(session, file, NEW_YORK)
    row = 'U1,USD,STK,20240610,20240607;202500,"NVDA(US1) SPLIT 10 FOR 1 (NVDA, NV, US1)",0,45,FS'
    flex = tmp_path / "flex.csv"
    head = "ClientAccountID,CurrencyPrimary,AssetClass,ReportDate,Date/Time,Description"
    flex.write_text(f"{head},Proceeds,Quantity,Type\n{row}\n")
    run = import_statement(session, flex, NEW_YORK)
    (said,) = [str(one) for one in run.warnings if "the 10:1 split of NVDA is told in" in one]
    assert "in flex.csv (2024-06-08 00:25 UTC)" in said
    assert "in june.csv (2024-06-08 00:25 UTC)" in said
    (told,) = entries(session, EntryFilter(kind="split"))
    assert (told.coin, str(told.quantity)) == ("NVDA", "45")
    (book,) = trades.profit(session).rows
    assert (f"{book.position.gross:f}", f"{book.position.open_quantity:f}") == ("50", "0")
    assert {one.status for one in reconcile(session, coin="NVDA").balances} == {"not_stated"}
