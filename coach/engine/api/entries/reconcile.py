"""Whether everything adds up: each balance against what was stated, and each gap by its cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from coach.engine.api.entries.coins import require_coin
from coach.engine.ledger.balances import transfers
from coach.engine.ledger.balances.causes import gaps_of, is_unread
from coach.engine.ledger.balances.gaps import compare
from coach.engine.ledger.exact import negated, rounded
from coach.engine.store import accounts
from coach.engine.store.entries import balances, ledger
from coach.engine.store.imports import fetched_entries
from coach.model.entries.reconciliation import (
    BalanceGap,
    CoinBalance,
    CoinSums,
    Reconciliation,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from coach.engine.api.session import Session
    from coach.engine.ledger.balances.gaps import ComparedCoin
    from coach.engine.ledger.balances.running import RunningCoin
    from coach.model.accounts import Account, AccountId
    from coach.model.entries.entry import AccountEntry
    from coach.model.entries.kinds import EntryKind
    from coach.model.entries.reconciliation import (
        BalanceJump,
        BalanceStatus,
        CoinFill,
    )

RESTATED: tuple[EntryKind, ...] = ("rename", "split")
"""Kinds that restate what is held: they do not tell that what came and left is known."""


@dataclass(frozen=True, slots=True)
class _ComparedBalance:
    """A coin, what was stated of it, and when it first went below zero where that counts."""

    sums: CoinSums
    compared: ComparedCoin | None
    below: tuple[datetime, Decimal] | None
    trades_only: bool

    @property
    def status(self) -> BalanceStatus:
        if self.compared is not None:
            if self.compared.jumps:
                return "gap"
            return "rounding" if rounded(self.compared.difference) else "agrees"
        if self.below is None or self.sums.shorts:
            return "not_stated"
        return "trades_only" if self.trades_only else "below_zero"


def reconcile(
    session: Session, account: str | None = None, coin: str | None = None
) -> Reconciliation:
    """Return what the books hold, and where that parts from what was stated.

    An account that can be short is compared with what is stated, and not held to stay above zero:
    what it owes is no gap. NotFound for an account or a coin that there is not.
    """
    own, name = _named(session, account, coin)
    every = ledger.entries(session.connection, session.user.id, None, None)
    matched = transfers.match(every)
    compared = _compared(session, {one.account for one in every if one.kind not in RESTATED})
    if name is not None:
        require_coin(name, {one.sums.coin for one in compared})
    gaps = [
        gap
        for gap in _gaps(session, compared, every, matched.lone)
        if own in {None, gap.account} and (name is None or name in dict(gap.amounts))
    ]
    return Reconciliation(
        tuple(
            _balance(one)
            for one in compared
            if own in {None, one.sums.account} and name in {None, one.sums.coin}
        ),
        tuple(sorted(gaps, key=lambda gap: (gap.before, gap.account, gap.amounts))),
        tuple(
            one
            for one in matched.transfers
            if own in {None, one.sender, one.receiver} and name in {None, one.coin}
        ),
        tuple(
            one for one in matched.lone if own in {None, one.account} and name in {None, one.coin}
        ),
    )


def _named(
    session: Session, account: str | None, coin: str | None
) -> tuple[str | None, str | None]:
    """Return the names of an account and of a coin; what finds them is loaded for that alone."""
    if account is None and coin is None:
        return None, None
    from coach.engine.api.entries.ledger import account_named, coin_named

    own = None if account is None else account_named(session, account).name
    return own, None if coin is None else coin_named(coin)


def _compared(session: Session, with_entries: Container[str]) -> list[_ComparedBalance]:
    """Return every coin that moved or was stated, by account and coin.

    `with_entries` are the accounts of which more than trades is known.
    """
    connection, user_id = session.connection, session.user.id
    known = {one.id: one for one in accounts.accounts(connection, user_id)}
    with connection.transaction():
        found = balances.coins(connection, user_id)
    result = [
        _ComparedBalance(
            _sums(known[account_id], coin, one),
            compare(coin, one.checkpoints),
            one.below,
            known[account_id].name not in with_entries,
        )
        for (account_id, coin), one in found.items()
    ]
    return sorted(result, key=lambda one: (one.sums.account, one.sums.coin))


def _sums(own: Account, coin: str, one: RunningCoin) -> CoinSums:
    last = one.last or one.checkpoints[-1].at
    parts = one.balance, one.fills, one.fees, one.entries
    return CoinSums(own.id, own.name, own.shorts, coin, *parts, last)


def _gaps(
    session: Session,
    compared: Sequence[_ComparedBalance],
    entries: Sequence[AccountEntry],
    lone: Sequence[AccountEntry],
) -> Iterator[BalanceGap]:
    by_account: dict[AccountId, list[_ComparedBalance]] = defaultdict(list)
    for one in compared:
        by_account[one.sums.account_id].append(one)
        if one.status == "below_zero" and one.below is not None:
            at, balance = one.below
            lacking = ((one.sums.coin, rounded(negated(balance))),)
            yield BalanceGap(one.sums.account, "below_zero", lacking, None, at)
    for account_id, coins in by_account.items():
        jumps = [jump for one in coins if one.compared for jump in one.compared.jumps]
        if jumps:
            name = coins[0].sums.account
            told = [*lone, *(one for one in entries if one.account == name)]
            near = partial(_fills_near, session, account_id)
            for gap in gaps_of(name, jumps, near, told):
                unread = is_unread(gap, entries) and _tells_no_entries(session, account_id)
                shown = tuple((coin, rounded(amount)) for coin, amount in gap.amounts)
                cause = "entries_not_read" if unread else gap.cause
                yield replace(gap, amounts=shown, cause=cause)


def _tells_no_entries(session: Session, account_id: AccountId) -> bool:
    """Return whether the broker of an account tells only trades to a key, or told nothing else."""
    from coach.brokers.registry import adapter_of

    connection, user_id = session.connection, session.user.id
    tells = [
        adapter_of(one.broker).tells_entries
        for one in accounts.connected(connection, user_id)
        if one.account_id == account_id
    ]
    return tells == [False] or fetched_entries.unread(connection, user_id, account_id)


def _fills_near(
    session: Session,
    account_id: AccountId,
    jumps: Sequence[BalanceJump],
    between: tuple[datetime, datetime],
) -> Sequence[CoinFill]:
    return balances.fills_near(session.connection, session.user.id, account_id, jumps, between)


def _balance(one: _ComparedBalance) -> CoinBalance:
    """Return a coin as it is shown: rounded to 18 decimals, what a quotient leaves is nobody's."""
    parts = (one.sums.balance, one.sums.fills, one.sums.fees, one.sums.entries)
    balance, fills, fees, entries = map(rounded, parts)
    sums = replace(one.sums, balance=balance, fills=fills, fees=fees, entries=entries)
    found = one.compared
    if found is None:
        return CoinBalance(sums, None, None, None, one.status)
    return CoinBalance(sums, found.stated, found.at, rounded(found.difference), one.status)
