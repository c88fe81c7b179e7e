"""Fills one by one: which there are, what was reported of each, leaving one out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.imports import bench, is_behind
from coach.engine.api.pages import WHOLE_LIST, no_such_row
from coach.engine.api.trades import require_symbol
from coach.engine.store import accounts, conclusions
from coach.engine.store.fills import RunTarget
from coach.engine.store.keys import LENGTH
from coach.engine.store.single_fills import left_out, listing, reports
from coach.engine.store.single_fills.listing import FillSearch
from coach.engine.store.single_fills.reports import FillName
from coach.errors import AmbiguousId, NotFound
from coach.model.bookkeeping.events import FillLeftOut, FillTakenBack
from coach.model.bookkeeping.fill_reports import FillHistory, StoredFillRow
from coach.model.bookkeeping.left_out import checked_reason
from coach.model.fills import Fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from coach.engine.api.pages import ListPage
    from coach.engine.api.session import Session
    from coach.engine.imports.left_out.decide import FillDecider
    from coach.model.accounts import Account
    from coach.model.bookkeeping.events import FillEvent
    from coach.model.bookkeeping.left_out import LeftOutFill
    from coach.model.fills import FillKey

HEXADECIMAL = frozenset("0123456789abcdef")
DIGITS = 2 * LENGTH


@dataclass(frozen=True, slots=True)
class FillFilter:
    """Which fills; None holds of every one. With `trade` those of that round trip.

    With `left_out` those that are left out, also what no import holds now.
    """

    account: str | None = None
    symbol: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    trade: str | None = None
    left_out: bool | None = None
    page: ListPage = WHOLE_LIST


@dataclass(frozen=True, slots=True)
class FillChange:
    """A fill as it stands after a request; `changed` is False where it stood so already."""

    history: FillHistory
    changed: bool


def fills(session: Session, wanted: FillFilter) -> Sequence[StoredFillRow]:
    """Return the fills that fit, oldest first; NotFound for what there is not."""
    keys = None if wanted.trade is None else _keys_of_trade(session, wanted.trade)
    account = None if wanted.account is None else _account_named(session, wanted.account)
    page = wanted.page
    after = None if page.after is None else _after(session, page.after)
    search = FillSearch(
        account=None if account is None else account.id,
        symbol=wanted.symbol,
        since=wanted.since,
        until=wanted.until,
        left_out=wanted.left_out,
        keys=keys,
        after=None if after is None else after.key,
        after_account=None if after is None else after.account_id,
        limit=page.limit if page.newest is None else page.newest,
        newest=page.newest is not None,
    )
    found = listing.fills(session.connection, session.user.id, search)
    if wanted.symbol is not None and not found:
        require_symbol(session, wanted.symbol)
    return found


def fills_not_held(session: Session) -> list[StoredFillRow]:
    """Return the fills that are left out and that no import holds now, by their decision."""
    connection, user_id = session.connection, session.user.id
    standing = [one for one in left_out.decisions(connection, user_id) if not one.taken_back_at]
    held = left_out.in_use(connection, user_id)
    return [_not_held(one) for one in standing if one.n not in held]


def history(session: Session, text: str, account: str | None = None) -> FillHistory:
    """Return all that is known of the fill whose id begins so; NotFound, or AmbiguousId.

    Two accounts may hold one fill each of one id: `account` says which is meant.
    """
    name = _find(session, text, account)
    if name is None:
        decision = _decision_about(session, text, account)
        if decision is None:
            raise NotFound(kind="fill", name=text)
        return FillHistory(_not_held(decision), (), (decision,))
    return _history(session, name)


def reported_otherwise(session: Session, trade: str) -> list[FillHistory]:
    """Return the fills of a round trip of which there is more than one report."""
    from coach.engine.api import own_fills
    from coach.engine.api.promises.labels import trade_named

    trip = trade_named(session, trade)
    keys = [one.key for one in own_fills.of_trip(session, trip)]
    found = reports.reports(session.connection, session.user.id, trip.account_id, keys)
    return [
        _history(session, FillName(trip.account_id, key)) for key in keys if len(found[key]) > 1
    ]


def leave_out(session: Session, text: str, reason: str, account: str | None = None) -> FillChange:
    """Leave a fill out for good, with a reason; one that is left out already stays as it is."""
    kept = checked_reason(reason)
    with bench(session):
        behind = is_behind(session)
        with sight.change(session) as events:
            name = _find(session, text, account)
            if name is None:
                raise NotFound(kind="fill", name=text)
            before = _history(session, name)
            if before.row.left_out:
                return FillChange(before, changed=False)
            followed = _decider(session, name).leave_out(name.key, kept)
            after = _history(session, name)
            events.append(_event(FillLeftOut, after.row))
            events.extend(followed)
    _catch_up(session, behind=behind)
    return FillChange(after, changed=True)


def take_back(session: Session, text: str, account: str | None = None) -> FillChange:
    """Let a fill count again; one that was not left out stays as it is."""
    with bench(session):
        behind = is_behind(session)
        with sight.change(session) as events:
            before = history(session, text, account)
            if not before.row.left_out:
                return FillChange(before, changed=False)
            name = _find(session, text, account)
            if name is None:
                after = _end_unheld(session, before)
            else:
                followed = _decider(session, name).take_back(name.key)
                after = _history(session, name)
                events.extend(followed)
            events.insert(0, _event(FillTakenBack, before.row))
    _catch_up(session, behind=behind)
    return FillChange(after, changed=True)


def _end_unheld(session: Session, before: FillHistory) -> FillHistory:
    """End the decision about a fill that no import holds; no book changes."""
    [decision] = before.decisions
    left_out.take_back(session.connection, session.user.id, [decision.n], session.clock())
    row = replace(before.row, left_out=False, reason="")
    ended = replace(decision, taken_back_at=session.clock())
    return FillHistory(row, (), (ended,))


def _catch_up(session: Session, *, behind: bool) -> None:
    if behind and not conclusions.are_due(session.connection, session.user.id):
        from coach.engine.api.insights import conclude_anew

        conclude_anew(session)


def _decider(session: Session, name: FillName) -> FillDecider:
    from coach.engine.imports.left_out.decide import FillDecider

    [account] = [
        one
        for one in accounts.accounts(session.connection, session.user.id)
        if one.id == name.account_id
    ]
    inputs = sight.analysis_inputs(session)
    return FillDecider(session.connection, session.user, account, session.clock, inputs)


def _history(session: Session, name: FillName) -> FillHistory:
    from coach.engine.imports.left_out.marks import decisions_about

    connection, user_id = session.connection, session.user.id
    search = FillSearch(account=name.account_id, keys=[name.key])
    [row] = listing.fills(connection, user_id, search)
    found = reports.reports(connection, user_id, name.account_id, [name.key])
    numbers = decisions_about(connection, RunTarget(user_id, name.account_id, 0, 0), name.key)
    about = tuple(one for one in left_out.decisions(connection, user_id) if one.n in numbers)
    return FillHistory(row, tuple(found[name.key]), about)


def _find(session: Session, text: str, account: str | None = None) -> FillName | None:
    """Return the stored fill whose id begins so, None where there is none; AmbiguousId else."""
    bounds = _bounds(text)
    if bounds is None:
        return None
    found = reports.find(session.connection, session.user.id, *bounds)
    if account is not None:
        wanted = _account_named(session, account).id
        found = [one for one in found if one.account_id == wanted]
    if not found:
        return None
    if len(found) > 1:
        raise AmbiguousId("fill", text)
    return found[0]


def _bounds(text: str) -> tuple[bytes, bytes] | None:
    """Return the lowest and the highest key that begins so; None where no key does."""
    begin = text.lower()
    if not begin or len(begin) > DIGITS or not set(begin) <= HEXADECIMAL:
        return None
    return bytes.fromhex(begin.ljust(DIGITS, "0")), bytes.fromhex(begin.ljust(DIGITS, "f"))


def _after(session: Session, text: str) -> FillName:
    found = _find(session, text)
    if found is None:
        raise no_such_row(text)
    return found


def _keys_of_trade(session: Session, text: str) -> list[FillKey]:
    from coach.engine.api import own_fills
    from coach.engine.api.promises.labels import trade_named

    return [one.key for one in own_fills.of_trip(session, trade_named(session, text))]


def _account_named(session: Session, name: str) -> Account:
    found = accounts.account_named(session.connection, session.user.id, name)
    if found is None:
        raise NotFound(kind="account", name=name)
    return found


def _decision_about(session: Session, text: str, account: str | None) -> LeftOutFill | None:
    """Return the standing decision about a fill that is not held, by the beginning of its id."""
    bounds = _bounds(text)
    if bounds is None:
        return None
    found = [
        one
        for one in left_out.decisions(session.connection, session.user.id)
        if one.taken_back_at is None
        and bounds[0] <= one.key <= bounds[1]
        and account in {None, one.account}
    ]
    if len(found) > 1:
        raise AmbiguousId("fill", text)
    return found[0] if found else None


def _not_held(one: LeftOutFill) -> StoredFillRow:
    """Return a left-out fill that no import holds, as it was when it was left out."""
    zero = Decimal(0)
    fill = Fill(one.symbol, one.side, one.quantity, one.price, zero, "", one.at, 0, "", "", 0)
    return StoredFillRow(
        one.key,
        one.account,
        fill,
        source="",
        run_id="",
        held=False,
        corrected=False,
        left_out=True,
        reason=one.reason,
    )


def _event(kind: type[FillEvent], row: StoredFillRow) -> FillEvent:
    return kind(
        fill_id=row.key.hex(),
        account=row.account,
        symbol=row.fill.symbol,
        side=row.fill.side,
        quantity=row.fill.quantity,
        at=row.fill.at,
        reason=row.reason,
    )
