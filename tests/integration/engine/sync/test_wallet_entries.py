"""What Coinbase tells beside fills comes in with a sync, each transaction once."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coach.brokers.sandbox.transactions import LIVED, transactions
from coach.brokers.sandbox.world import SandboxWorld
from coach.engine.api import imports
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.entries import ledger
from coach.engine.api.entries.ledger import EntryFilter, entries
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.store import accounts
from tests.integration.engine.sync.conftest import NOW, SharedClock, Spoil

COUNTS = {
    "deposit": 3,
    "withdrawal": 3,
    "convert": 2,
    "transfer": 2,
    "reward": 1,
    "interest": 1,
    "fee": 1,
    "dust": 1,
}
PAGES = "select wallet, page from fetched_entries order by 1, 2"


def kinds(session: Session) -> Counter[str]:
    return Counter(one.kind for one in entries(session, EntryFilter()))


def told(session: Session) -> list[tuple[str, str, str]]:
    return [
        (one.id, one.coin, f"{one.quantity:f}")
        for one in entries(session, EntryFilter())
        if one.quantity is not None
    ]


def undo_all(session: Session) -> None:
    for run in imports.all_runs(session):
        if run.state == "done":
            imports.undo(session, run.id)


@pytest.mark.usefixtures("connected")
def test_all_that_moved_coins_is_read_and_every_balance_agrees(
    session: Session, world: SandboxWorld
) -> None:
    """Fills stand in the lists of the wallets, too, and count once: as fills."""
    run = sync(session)
    assert (run.new, sum(run.other.values())) == (len(world.executions), len(LIVED))
    assert kinds(session) == COUNTS
    found = reconcile(session)
    assert found.gaps == ()
    assert {one.status for one in found.balances} <= {"agrees", "rounding"}
    (sent,) = [one for one in entries(session, EntryFilter()) if one.fee]
    assert (sent.coin, sent.quantity, sent.fee) == ("USDC", Decimal("-1.25"), Decimal("0.05"))


@pytest.mark.usefixtures("connected")
def test_a_second_sync_reads_no_entry_again_and_an_undo_brings_all_back_with_the_next(
    session: Session,
) -> None:
    first = sync(session)
    before = told(session)
    second = sync(session)
    assert (second.other, told(session)) == ({}, before)
    imports.undo(session, first.id)
    assert kinds(session) == {}
    sync(session)
    assert told(session) == before
    again = sync(session, None, SyncRequest(since=NOW.replace(year=2025)))
    assert (sum(again.other.values()), told(session)) == (len(LIVED), before)
    undo_all(session)
    assert kinds(session) == {}
    sync(session)
    assert told(session) == before


@pytest.mark.usefixtures("connected")
def test_what_is_pending_is_named_and_comes_in_when_it_completes(
    session: Session, spoil: Spoil, clock: SharedClock
) -> None:
    spoil(transactions=["pending", "failed"])
    run = sync(session)
    named = [one for one in run.warnings if "not in force yet" in one]
    (words,) = named
    assert words.startswith("transactions that are not in force yet, not counted until they are: 1")
    assert words.endswith("(2 AVAX receive of 2026-03-31)")
    assert [one for one in run.warnings if one.endswith("and moved nothing: 1")]
    assert kinds(session) == COUNTS
    clock.forward(session, days=1)
    assert [one for one in sync(session).warnings if "not in force yet" in one] == named
    clock.forward(session, days=1)
    come = sync(session)
    assert come.other == {"receive": 1}
    assert kinds(session) == COUNTS | {"deposit": COUNTS["deposit"] + 1}
    assert reconcile(session).gaps == ()
    assert sync(session).other == {}


@pytest.mark.usefixtures("connected")
def test_what_is_unknown_and_what_is_a_buy_is_named_with_what_to_do(
    session: Session, spoil: Spoil
) -> None:
    spoil(transactions=["unknown_type", "simple_buy"])
    run = sync(session)
    assert kinds(session) == COUNTS
    assert (run.other["lending_premium"], run.other["buy"]) == (1, 1)
    told_of = [one for one in run.warnings if "import the transaction history (CSV), too" in one]
    assert [one for one in told_of if "lending_premium 1" in one]
    assert [one for one in told_of if one.startswith("buys and sells of the Coinbase app")]


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("fault", ["restricted", "too_many_requests_retry_after"])
def test_where_entries_are_refused_the_fills_are_read_and_the_gaps_say_so(
    session: Session, world: SandboxWorld, spoil: Spoil, fault: str
) -> None:
    spoil(path="/v2/", chance={fault: 1.0}, retry_after_s=90)
    run = sync(session)
    assert (run.state, run.new, run.other) == ("done", len(world.executions), {})
    (named,) = [one for one in run.warnings if one.startswith("deposits, withdrawals")]
    assert "fills were" in named
    assert {gap.cause for gap in reconcile(session).gaps} == {"entries_not_read"}
    spoil()
    assert sum(sync(session).other.values()) == len(LIVED)
    assert "entries_not_read" not in {gap.cause for gap in reconcile(session).gaps}


def pages_before(world: SandboxWorld, coin: str) -> int:
    """Return how many pages of ten are asked for before those of a coin's wallet."""
    held = Counter(one.coin for one in transactions(world.end, world.executions))
    coins = [str(one["currency"]) for one in world.accounts]
    before = coins[: coins.index(coin)]
    return 1 + sum(max(1, -(-held[one] // 10)) for one in before)


@pytest.mark.usefixtures("connected")
def test_a_long_list_that_breaks_off_goes_on_behind_its_last_page(
    session: Session,
    world: SandboxWorld,
    spoil: Spoil,
    clock: SharedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list of dollars has 45 transactions on five pages; its reading breaks off twice."""
    monkeypatch.setattr("coach.brokers.coinbase.wallet_walk.PAGE", 10)
    begin = pages_before(world, "USD") + 1
    spoil(path="/v2/", at=dict.fromkeys(range(begin + 2, begin + 99), "banned"))
    sync(session)
    kept = session.connection.execute(PAGES).fetchall()
    assert [page for _, page in kept] == [0, 1]
    wallets = sum(str(one["currency"]) != "AVAX" for one in world.accounts)
    spoil(path="/v2/", at=dict.fromkeys(range(wallets - 2 + 3, 199), "banned"))
    clock.forward(session, hours=1)
    sync(session)
    more = session.connection.execute(PAGES).fetchall()
    assert more[:2] == kept
    assert [page for _, page in more] == [0, 1, 2, 3]
    assert kinds(session)["deposit"] == 0
    clock.forward(session, hours=1)
    spoil()
    sync(session)
    assert kinds(session) == COUNTS
    assert session.connection.execute(PAGES).fetchall() == []


@pytest.mark.usefixtures("connected")
def test_what_was_sent_to_another_own_account_is_a_transfer(session: Session) -> None:
    """1,250 ADA left Coinbase, and came to a wallet that is told by hand."""
    sync(session)
    (sent,) = [one for one in entries(session, EntryFilter()) if one.quantity == -1250]
    accounts.ensure_account(session.connection, session.user.id, "cold", "", shorts=False)
    at = sent.at + timedelta(hours=1)
    ledger.write(session, "cold", ledger.NewEntry("deposit", "ADA", Decimal(1250), at))
    found = reconcile(session)
    (transfer,) = found.transfers
    assert (transfer.sender, transfer.receiver) == ("sandbox", "cold")
    assert (transfer.coin, transfer.received) == ("ADA", Decimal(1250))


HISTORY = """\
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,\
Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
678a8bdefcb176007bfdb001,{deposit} UTC,Deposit,USD,10400,USD,$1.00,$10400.00,$10400.00,$0.00,Deposit
678a8bdefcb176007bfdb002,{trade} UTC,Convert,USDC,-500,USD,$1.00,$500.00,$500.00,$0.00,\
Converted 500 USDC to 1250 ADA
678a8bdefcb176007bfdb003,{reward} UTC,Staking Income,ADA,0.75,USD,$0.40,$0.30,$0.30,$0.00,
678a8bdefcb176007bfdb004,{more} UTC,Receive,BTC,0.5,USD,$60000.00,$30000.00,$30000.00,$0.00,
"""


def history(folder: Path, session: Session) -> Path:
    at = {one.word: f"{one.at:%Y-%m-%d %H:%M:%S}" for one in entries(session, EntryFilter())}
    file = folder / "history.csv"
    times = {"deposit": at["fiat deposit"], "trade": at["convert"], "reward": at["staking reward"]}
    file.write_text(HISTORY.format(**times, more="2026-03-01 10:00:00"))
    return file


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("first", ["sync", "file"])
def test_a_history_of_the_same_days_adds_only_what_the_sync_does_not_know(
    session: Session, tmp_path: Path, first: str
) -> None:
    """The file has a deposit, a convert and a reward of the sync, and one that is its own."""
    synced = sync(session)
    before = told(session)
    file = history(tmp_path, session)
    if first == "file":
        imports.undo(session, synced.id)
    brought = import_statement(session, file, ImportRequest(account="sandbox"))
    if first == "file":
        assert sum(kinds(session).values()) == 5
        sync(session)
    after = told(session)
    assert set(before) < set(after)
    assert [one[1:] for one in set(after) - set(before)] == [("BTC", "0.5")]
    imports.undo(session, brought.id)
    assert told(session) == before
