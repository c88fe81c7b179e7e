"""Entries: what moved otherwise than by a trade, as imports told it or as it was written by hand.

What is written by hand is an import of its own, so that it is undone as every other.
Heavy modules are imported where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from coach.brokers.base import LONGEST_ID, Other, SourceInfo, is_id
from coach.brokers.bounds import RANGE, in_range
from coach.engine.api import imports, sight
from coach.engine.ledger.exact import ZERO, multiply, negated, scaled, subtract
from coach.engine.ledger.splits import lowest
from coach.engine.store import accounts
from coach.engine.store.entries import ledger
from coach.engine.store.entries.renames import held_before
from coach.engine.store.entries.splits import balance_before
from coach.engine.store.entries.told_twice import BY_HAND as BY_HAND_LABEL
from coach.engine.store.imports import runs
from coach.errors import Invalid, NotFound, Refused
from coach.model.coins import coin_name
from coach.model.entries.kinds import ENTRY_KINDS
from coach.model.movements import EVERY_WALLET, Movement, StatedBalance
from coach.model.numbers import typed_number
from coach.model.times import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from coach.brokers.base import Row
    from coach.engine.api.session import Session
    from coach.model.accounts import Account, Run, RunId
    from coach.model.entries.entry import AccountEntry
    from coach.model.entries.kinds import EntryKind

BY_HAND = SourceInfo("entries", "entries", "generic", "main", 10, shorts=True)
LEAVING: tuple[EntryKind, ...] = ("withdrawal", "fee")
CONVERTING: tuple[EntryKind, ...] = ("convert", "dust", "rename")


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries; None is any."""

    account: str | None = None
    coin: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written: so much of a coin, above zero, and a fee on top of it.

    `leaves` says which way it went where the kind does not; `reference` tells equal ones apart.
    """

    kind: str
    coin: str
    quantity: Decimal
    at: datetime
    fee: Decimal = ZERO
    leaves: bool = False
    reference: str = ""


class SplitRatio(NamedTuple):
    """Of so many units after a split, and how many they stand for; in lowest terms."""

    after: int
    before: int


@dataclass(frozen=True, slots=True)
class WrittenEntries:
    """What was written: the run that undoes it, whether it was there before, and the entries."""

    run: Run
    known: bool
    entries: tuple[AccountEntry, ...]


def entries(session: Session, wanted: EntryFilter) -> list[AccountEntry]:
    """Return entries, oldest first; NotFound for an account or a coin that there is not."""
    if wanted.account is not None:
        account_named(session, wanted.account)
    if wanted.kind is not None:
        _kind(wanted.kind)
    coin = None if wanted.coin is None else coin_named(wanted.coin)
    found = ledger.entries(session.connection, session.user.id, wanted.account, coin)
    if coin is not None and not found:
        from coach.engine.api.entries.coins import moved_coins, require_coin

        require_coin(coin, moved_coins(session))
    return [
        one
        for one in found
        if (wanted.kind is None or one.kind == wanted.kind)
        and (wanted.since is None or one.at >= wanted.since)
        and (wanted.until is None or one.at < wanted.until)
    ]


def write(session: Session, account: str | None, entry: NewEntry) -> WrittenEntries:
    """Write an entry by hand; the same one twice counts once."""
    kind, coin = _kind(entry.kind), coin_named(entry.coin)
    if entry.quantity <= ZERO or entry.fee < ZERO:
        raise Invalid("quantity", f"not {entry.quantity}", "an amount above zero, and a fee")
    if not is_id(entry.reference):
        raise Invalid("entry_id", "not this", f"at most {LONGEST_ID} printable characters")
    leaves = kind in LEAVING or entry.leaves
    moved = negated(entry.quantity) if leaves else entry.quantity
    quantity = subtract(moved, entry.fee)
    movement = Movement(coin, quantity, entry.at, entry.fee, entry.reference)
    return _write(session, account, [Other(kind, 1, (movement,))])


def convert(
    session: Session, account: str | None, given: NewEntry, coin: str, quantity: Decimal
) -> WrittenEntries:
    """Write that one coin became another: a convert, dust that was swept, or a new name."""
    kind, old, new = _kind(given.kind), coin_named(given.coin), coin_named(coin)
    if kind not in CONVERTING:
        raise Invalid("kind", f"not {given.kind!r}", f"one of {', '.join(CONVERTING)}")
    if given.quantity <= ZERO or quantity <= ZERO or given.fee < ZERO or old == new:
        what = "two coins, both above zero, and a fee"
        raise Invalid("quantity", f"not {given.quantity} {old}", what)
    left = Movement(old, subtract(negated(given.quantity), given.fee), given.at, given.fee)
    came = Movement(new, quantity, given.at)
    row = Other(kind, 1, (left, came))
    if kind == "rename":
        _refuse_told(session, account, row)
    return _write(session, account, [row])


def rename(
    session: Session, account: str | None, names: tuple[str, str], ratio: Decimal, at: datetime
) -> WrittenEntries:
    """Write that a coin has a new name: all that is held or owed then, `ratio` of the new for each.

    `names` are the old and the new one. It takes effect before the trades of that moment.
    """
    old, new = coin_named(names[0]), coin_named(names[1])
    own = _account(session, account)
    held = held_before(session.connection, session.user.id, own.id, old, at)
    if ratio <= ZERO or old == new:
        raise Invalid(
            "ratio", f"not {ratio} {new} for each {old}", "another name, above zero of it"
        )
    if not held:
        what = f"no {old} in {own.name} then"
        raise Invalid("asset", what, "a coin that is held or owed; write both sides with convert")
    left = Movement(old, subtract(ZERO, held), at, ZERO)
    came = Movement(new, multiply(held, ratio), at)
    return _write(session, account, [Other("rename", 1, (left, came))])


def split(
    session: Session, account: str | None, coin: str, ratio: SplitRatio, at: datetime
) -> WrittenEntries:
    """Write a split: of each `before` units that are held then, long or short, `after` are made.

    It takes effect before the trades of that moment. One that an import tells already is Refused.
    """
    name = coin_named(coin)
    own = _account(session, account)
    held = balance_before(session.connection, session.user.id, own.id, name, at)
    if not held:
        what = f"no {name} in {own.name} then"
        raise Invalid("asset", what, "a share or coin that is held or owed before the split")
    left = scaled(held, Decimal(ratio.after), Decimal(ratio.before))
    more = Movement(name, subtract(left, held), at)
    row = Other(f"split {ratio.after}:{ratio.before}", 1, (more,))
    _refuse_told(session, account, row)
    return _write(session, account, [row])


def split_ratio(text: str) -> SplitRatio:
    """Return the ratio that a person typed: 10, 0.1, 3:2; Invalid where it is none."""
    after, colon, before = text.partition(":")
    units = [typed_number(part) or ZERO for part in (after, before if colon else "1")]
    found = lowest(Fraction(units[0]), Fraction(units[1]))
    if found is not None:
        return SplitRatio(*found)
    raise Invalid("ratio", f"not {text!r}", "new units for old ones", example="10, 3:2 or 1:7")


def state_balance(
    session: Session, account: str | None, coin: str, balance: Decimal, at: datetime
) -> WrittenEntries:
    """Write how much of a coin the broker says is there at a time."""
    stated = StatedBalance(coin_named(coin), balance, at, EVERY_WALLET, 1)
    return _write(session, account, [stated])


def account_named(session: Session, name: str) -> Account:
    """Return the account of that name; NotFound where there is none."""
    found = accounts.accounts(session.connection, session.user.id)
    for one in found:
        if one.name == name:
            return one
    raise NotFound(kind="account", name=name)


def coin_named(text: str) -> str:
    """Return a coin by its name; Invalid where a text is none."""
    name = coin_name(text)
    if not name:
        raise Invalid("asset", f"not {text!r}", "a coin or currency such as BTC")
    return name


def _kind(text: str) -> EntryKind:
    for kind in ENTRY_KINDS:
        if kind == text.lower():
            return kind
    raise Invalid("kind", f"not {text!r}", f"one of {', '.join(ENTRY_KINDS)}")


def _account(session: Session, name: str | None) -> Account:
    """Return the account that is meant: the only one, where none is named."""
    if name is not None:
        return account_named(session, name)
    found = accounts.accounts(session.connection, session.user.id)
    if len(found) != 1:
        names = ", ".join(one.name for one in found) or "none yet"
        raise Invalid("account", "none named", f"one of your accounts: {names}")
    return found[0]


def _refuse_told(session: Session, name: str | None, row: Other) -> None:
    """Raise Refused where an import tells what is to be written; the very same may be repeated."""
    from coach.engine.imports.overlaps import told_twice

    own = _account(session, name)
    before = runs.find(session.connection, session.user.id, _run_id(session, own, [row]))
    if before is not None and before.state == "done":
        return
    coins = tuple(one.coin for one in row.movements)
    changes = tuple(one.quantity or ZERO for one in row.movements)
    wanted = told_twice.new_telling(coins, changes, row.movements[0].at, row.kind)
    first = told_twice.told_before(session.connection, session.user.id, own.id, wanted)
    if first is not None:
        what = f"{told_twice.name_of(first)} is told {told_twice.where_told(first)} already"
        raise Refused(remedy="undo_first_telling", what=what, run=first.run.run_id[:12])


def _run_id(session: Session, account: Account, rows: Sequence[Row]) -> RunId:
    return runs.run_id("entries", session.user.id, account.name, *map(repr, rows))


class _ByHand:
    """A source whose rows somebody typed."""

    def __init__(self, rows: Sequence[Row], account: Account) -> None:
        self._rows = rows
        self.info = replace(BY_HAND, broker=account.broker, account=account.name)

    def rows(self) -> Iterator[Row]:
        """Yield what was typed."""
        yield from self._rows

    def warnings(self) -> tuple[str, ...]:
        """Return nothing: who types knows."""
        return ()


def _write(
    session: Session, name: str | None, rows: Sequence[Other | StatedBalance]
) -> WrittenEntries:
    from coach.engine.imports.run import ImportOrder, run_import

    _refuse_unlikely(rows, session.clock())
    account = _account(session, name)
    run_id = _run_id(session, account, rows)
    with imports.bench(session):
        behind = imports.is_behind(session)
        before = runs.find(session.connection, session.user.id, run_id)
        known = before is not None and before.state == "done"
        order = ImportOrder(
            session.user,
            account,
            _ByHand(rows, account),
            run_id,
            BY_HAND_LABEL,
            analysis=sight.analysis_inputs(session),
            ticks=session.ticks,
        )
        run = run_import(session.connection, order, session.clock, lambda _: None)
    if behind and not run.conclusions_due:
        run = imports.caught_up(session, run)
    return WrittenEntries(run, known, _of_run(session, account, run_id))


def _refuse_unlikely(rows: Sequence[Other | StatedBalance], now: datetime) -> None:
    """Refuse amounts and times that no file may say either, and what is yet to come."""
    for row in rows:
        for told in row.movements if isinstance(row, Other) else (row,):
            for amount in _amounts_of(told):
                if not in_range(amount):
                    raise Invalid("quantity", f"not {amount:.3e}", f"amounts {RANGE}")
            if not EPOCH <= told.at <= now:
                raise Invalid("at", f"not {told.at:%Y-%m-%d}", "a time that is past, from 1970 on")


def _amounts_of(told: Movement | StatedBalance) -> tuple[Decimal, ...]:
    return (told.balance,) if isinstance(told, StatedBalance) else (told.quantity or ZERO, told.fee)


def _of_run(session: Session, account: Account, run_id: RunId) -> tuple[AccountEntry, ...]:
    found = ledger.entries(session.connection, session.user.id, account.name, None)
    return tuple(one for one in found if one.run == run_id)
