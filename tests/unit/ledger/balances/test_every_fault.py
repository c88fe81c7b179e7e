"""On a made-up exchange whose truth is known, every fault that is put in is named with its time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from coach.engine.ledger.balances.causes import gaps_of
from coach.engine.ledger.balances.gaps import Checkpoint, compare
from coach.model.accounts import RunId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.kinds import entry_kind
from coach.model.entries.reconciliation import BalanceGap, BalanceJump, CoinFill
from coach.model.fills import Symbol
from tests.made_exchange import MadeAccount, MadeEntry, MadeRow, MadeTrade, two_accounts

if TYPE_CHECKING:
    from coach.model.fills import Side

ACCOUNTS = two_accounts()
TRADES = [(account, row) for account in ACCOUNTS for row in account.trades()]
ENTRIES = [
    (account, row) for account in ACCOUNTS for row in account.rows if isinstance(row, MadeEntry)
]


def found(account: MadeAccount, shown: Sequence[MadeRow]) -> list[BalanceGap]:
    """Return the gaps of an account of which coach gets to see these rows."""
    jumps = []
    for coin in account.truth():
        compared = compare(coin, checkpoints(account, shown, coin))
        jumps += [] if compared is None else list(compared.jumps)
    fills = [made_fill(row, shown) for row in shown if isinstance(row, MadeTrade)]

    def near(jumps: Sequence[BalanceJump], between: tuple[datetime, datetime]) -> list[CoinFill]:
        after, before = between
        coins = {one.coin for one in jumps}
        about = [one for one in fills if {*one.symbol.split("-"), one.fee_currency} & {*coins}]
        return [one for one in about if after < one.at <= before]

    return gaps_of(account.name, jumps, near, [made_entry(*one) for one in ENTRIES])


def checkpoints(account: MadeAccount, shown: Sequence[MadeRow], coin: str) -> Iterable[Checkpoint]:
    held = Decimal(0)
    for row in account.rows:
        changes = [change for name, change in row.changes() if name == coin]
        if changes:
            held += sum(changes)
            books = Decimal(0)
            for one in shown:
                if one.at <= row.at:
                    books += sum(change for name, change in one.changes() if name == coin)
            yield Checkpoint(row.at, books, 0, (("", held),))


def made_fill(row: MadeTrade, shown: Sequence[MadeRow]) -> CoinFill:
    same = [one for one in shown if isinstance(one, MadeTrade) and one.at == row.at]
    numbers = (row.quantity, row.price, row.fee)
    side: Side = "buy" if row.side == "buy" else "sell"
    coin = row.fee_currency
    return CoinFill(row.id, Symbol(row.symbol), side, *numbers, coin, row.at, len(same) - 1)


def made_entry(account: MadeAccount, row: MadeEntry) -> AccountEntry:
    kind = entry_kind(row.kind, row.quantity)
    words = (row.id, account.name, kind, row.kind, row.asset)
    return AccountEntry(*words, row.quantity, row.fee, row.at, row.id, RunId("r"))


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda one: one.name)
def test_without_a_fault_there_is_no_gap(account: MadeAccount) -> None:
    assert found(account, account.rows) == []


@pytest.mark.parametrize(("account", "trade"), TRADES, ids=lambda one: getattr(one, "id", ""))
def test_a_missing_fill_is_named(account: MadeAccount, trade: MadeTrade) -> None:
    (gap,) = found(account, [row for row in account.rows if row is not trade])
    assert (gap.cause, gap.before) == ("missing_trade", trade.at)
    lacks = {coin: change for coin, change in summed(trade).items() if change}
    assert dict(gap.amounts) == lacks


def summed(row: MadeRow) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for coin, change in row.changes():
        sums[coin] = sums.get(coin, Decimal(0)) + change
    return sums


@pytest.mark.parametrize(("account", "trade"), TRADES, ids=lambda one: getattr(one, "id", ""))
def test_a_doubled_fill_is_named(account: MadeAccount, trade: MadeTrade) -> None:
    (gap,) = found(account, [*account.rows, replace(trade, id="again")])
    assert (gap.cause, gap.before) == ("doubled_fill", trade.at)
    assert gap.fill is not None
    assert gap.fill.at == trade.at


@pytest.mark.parametrize("factor", ["0", "0.5", "3"])
@pytest.mark.parametrize(("account", "trade"), TRADES, ids=lambda one: getattr(one, "id", ""))
def test_a_wrong_fee_is_named(account: MadeAccount, trade: MadeTrade, factor: str) -> None:
    wrong = replace(trade, fee=trade.fee * Decimal(factor))
    (gap,) = found(account, [wrong if row is trade else row for row in account.rows])
    assert (gap.cause, gap.before) == ("wrong_fee", trade.at)
    assert dict(gap.amounts) == {trade.fee_currency: wrong.fee - trade.fee}


@pytest.mark.parametrize(("account", "entry"), ENTRIES, ids=lambda one: getattr(one, "id", ""))
def test_a_missing_entry_is_found_at_its_time(account: MadeAccount, entry: MadeEntry) -> None:
    """That of a transfer is the other side of what is still there."""
    (gap,) = found(account, [row for row in account.rows if row is not entry])
    assert gap.before == entry.at
    assert dict(gap.amounts) == {entry.asset: entry.quantity}
    is_transfer = entry.asset == "BTC"
    causes = {"lost_transfer"} if is_transfer else {"missing_entry", "opening"}
    assert gap.cause in causes


@pytest.mark.parametrize(("account", "entry"), ENTRIES, ids=lambda one: getattr(one, "id", ""))
def test_a_doubled_entry_is_named(account: MadeAccount, entry: MadeEntry) -> None:
    (gap,) = found(account, [*account.rows, replace(entry, id="again")])
    assert (gap.cause, gap.before) == ("doubled_entry", entry.at)


@pytest.mark.parametrize("entry", ["one-e6ETH", "one-e7SOL", "one-e12SOL"])
def test_a_missing_fill_is_named_beside_a_missing_entry_of_another_coin(entry: str) -> None:
    """The coin of the fill was stated before that of the entry; both of its sides, after it."""
    account = ACCOUNTS[0]
    gaps = found(account, [row for row in account.rows if row.id not in {entry, "one-t13"}])
    (lost,) = [row for row in account.rows if row.id == entry]
    (trade,) = [row for row in account.rows if row.id == "one-t13"]
    assert {(gap.cause, gap.before) for gap in gaps} == {
        ("missing_entry", lost.at),
        ("missing_trade", trade.at),
    }


def test_first_purchases_of_two_coins_that_are_missing_are_named_each() -> None:
    account = ACCOUNTS[0]
    gaps = found(account, [row for row in account.rows if row.id not in {"one-t1", "one-t2"}])
    assert [(gap.cause, gap.before) for gap in gaps] == [
        ("missing_trade", row.at) for row in account.rows if row.id in {"one-t1", "one-t2"}
    ]
