"""Checks that were asked, what was done after each, and how sure and how right the trader was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.pages import WHOLE_LIST, part_of
from coach.engine.rules.kept_checks.brier import score
from coach.engine.rules.kept_checks.pairing import CheckIndex, pair
from coach.engine.rules.kept_checks.tally import tally
from coach.engine.store.promises import checks as store
from coach.engine.store.promises import experiments as store_experiments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from coach.engine.api.pages import ListPage
    from coach.engine.api.session import Session
    from coach.model.promises.checks import CheckedOrder, CheckTally
    from coach.model.promises.confidence import BrierScore


@dataclass(frozen=True, slots=True)
class CheckFilter:
    """Which checks: asked in [since, until), of one symbol."""

    since: datetime | None = None
    until: datetime | None = None
    symbol: str | None = None
    page: ListPage = WHOLE_LIST


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """Checks with what was done after each, oldest first, and what they amount to.

    `tally` counts all that the filter lets through, whatever page of them `orders` holds. Trades
    count from the first of these checks on. `confidence` is of all trades that have one.
    """

    orders: Sequence[CheckedOrder]
    tally: CheckTally
    confidence: BrierScore
    first_at: datetime | None


def history(session: Session, wanted: CheckFilter) -> CheckHistory:
    """Return the checks that were kept; NotFound where none of them is the one to go on after."""
    connection, user_id = session.connection, session.user.id
    index = CheckIndex(store.checks(connection, user_id))
    known_until = store_experiments.known_until(connection, user_id)
    paired = pair(index, store.fills_after(connection, user_id), known_until)
    orders = [one for one in paired if _fits(one, wanted)]
    first = min((one.check.asked_at for one in orders), default=None)
    given = store.confidences(connection, user_id)
    earliest = min(
        [*(one.asked_at for one in index.checks[:1]), *(one.opened_at for one in given)],
        default=None,
    )
    trades = [] if earliest is None else store.trades_since(connection, user_id, earliest)
    opened = [
        trade
        for trade in trades
        if first is not None
        and first <= trade.opened_at
        and (wanted.until is None or trade.opened_at < wanted.until)
        and wanted.symbol in {None, trade.symbol}
    ]
    return CheckHistory(
        orders=part_of(orders, wanted.page, lambda one: one.check.id),
        tally=tally(index, orders, opened),
        confidence=score(index, given, trades),
        first_at=first,
    )


def _fits(one: CheckedOrder, wanted: CheckFilter) -> bool:
    asked = one.check.asked_at
    return (
        (wanted.since is None or asked >= wanted.since)
        and (wanted.until is None or asked < wanted.until)
        and wanted.symbol in {None, one.check.symbol}
    )
