"""A made-up exchange whose truth is known adds up, and every fault that is put in is named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.fills import single
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.model.entries.reconciliation import BalanceGap, Reconciliation
from tests.made_exchange import (
    HOUR,
    START,
    MadeAccount,
    MadeTrade,
    files,
    two_accounts,
    with_fee,
)


def bring(session: Session, account: MadeAccount, paths: list[Path]) -> None:
    for path in paths:
        import_statement(session, path, ImportRequest(account=account.name, shorts=False))


def reconciled(
    session: Session,
    folder: Path,
    change: Callable[[list[MadeTrade]], list[MadeTrade]] = lambda rows: rows,
    told: Callable[[str], bool] = lambda _: True,
) -> Reconciliation:
    """Import both accounts, the trades of the first as `change` leaves them, and reconcile."""
    one, two = two_accounts()
    bring(session, one, files(one, folder, change(one.trades()), told))
    bring(session, two, files(two, folder, None, told))
    return reconcile(session)


def only_gap(found: Reconciliation) -> BalanceGap:
    (gap,) = found.gaps
    return gap


def test_without_faults_every_balance_is_the_truth_and_nothing_is_unexplained(
    session: Session, tmp_path: Path
) -> None:
    found = reconciled(session, tmp_path)
    assert found.gaps == ()
    truth = {
        (account.name, coin): held
        for account in two_accounts()
        for coin, held in account.truth().items()
    }
    assert {(one.sums.account, one.sums.coin): one.sums.balance for one in found.balances} == truth
    assert {one.status for one in found.balances} == {"agrees"}
    assert {one.difference for one in found.balances} == {0}


def test_a_transfer_between_own_accounts_is_matched_less_its_network_fee(
    session: Session, tmp_path: Path
) -> None:
    found = reconciled(session, tmp_path)
    (transfer,) = found.transfers
    assert (transfer.sender, transfer.receiver, transfer.coin) == ("one", "two", "BTC")
    assert str(transfer.sent - transfer.received) == "0.0005"
    outside = [(one.account, one.coin, str(one.quantity)) for one in found.elsewhere]
    assert outside == [("one", "USD", "10000"), ("one", "USD", "-500")]


def test_a_missing_fill_is_named_with_its_hour(session: Session, tmp_path: Path) -> None:
    gap = only_gap(reconciled(session, tmp_path, lambda rows: rows[:2] + rows[3:]))
    assert (gap.account, gap.cause, gap.before) == ("one", "missing_trade", START + 3 * HOUR)
    amounts = {coin: str(amount) for coin, amount in gap.amounts}
    assert amounts == {"BTC": "-0.04", "USD": "2077.92"}


def test_a_fill_that_is_counted_twice_is_named(session: Session, tmp_path: Path) -> None:
    def doubled(rows: list[MadeTrade]) -> list[MadeTrade]:
        again = rows[2]
        other = MadeTrade(again.at, "other", *(getattr(again, name) for name in NAMES))
        return [*rows, other]

    gap = only_gap(reconciled(session, tmp_path, doubled))
    assert (gap.cause, gap.before) == ("doubled_fill", START + 3 * HOUR)
    assert gap.fill is not None
    assert (gap.fill.symbol, gap.fill.side, gap.fill.at) == ("BTC-USD", "sell", gap.before)


NAMES = ("symbol", "side", "quantity", "price", "fee", "fee_currency")


def test_a_fill_that_is_left_out_moves_no_coin(session: Session, tmp_path: Path) -> None:
    def doubled(rows: list[MadeTrade]) -> list[MadeTrade]:
        return [*rows, replace(rows[2], id="other")]

    gap = only_gap(reconciled(session, tmp_path, doubled))
    assert gap.fill is not None
    single.leave_out(session, gap.fill.key, "counted twice")
    assert reconcile(session).gaps == ()


def test_a_wrong_fee_is_named(session: Session, tmp_path: Path) -> None:
    gap = only_gap(
        reconciled(session, tmp_path, lambda rows: [*rows[:3], with_fee(rows[3], "0"), *rows[4:]])
    )
    assert (gap.cause, gap.before) == ("wrong_fee", START + 13 * HOUR)
    assert [(coin, str(amount)) for coin, amount in gap.amounts] == [("USD", "-1.08")]


def test_a_transfer_whose_arrival_is_lost_is_named(session: Session, tmp_path: Path) -> None:
    found = reconciled(session, tmp_path, told=lambda line: "two-e5BTC" not in line)
    gap = only_gap(found)
    assert (gap.account, gap.cause) == ("two", "lost_transfer")
    assert gap.before == START + 8 * HOUR
    (sent,) = [one for one in found.elsewhere if one.coin == "BTC"]
    assert (sent.account, gap.transfer) == ("one", sent.id)


def test_a_gap_in_the_middle_is_named_between_its_ends(session: Session, tmp_path: Path) -> None:
    first, last = START + 2 * HOUR, START + 8 * HOUR

    def told(line: str) -> bool:
        return not any(f"{first + n * HOUR:%Y-%m-%dT%H}" in line for n in range(7))

    found = reconciled(
        session, tmp_path, lambda rows: [one for one in rows if not first <= one.at <= last], told
    )
    (gap,) = [one for one in found.gaps if one.account == "one"]
    assert (gap.cause, gap.after) == ("missing_rows", START + HOUR)
    assert last < gap.before == START + 12 * HOUR
    lacks = {coin: str(amount) for coin, amount in gap.amounts}
    assert lacks == {"BTC": "-0.0705", "ETH": "0.499", "SOL": "8.013", "USD": "77.92"}
