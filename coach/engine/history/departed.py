"""Positions followed by their coins: what is left of each, and when the last of it left.

A position that left by a convert, a send, a withdrawal or a sale under another quote is open in
its book alone. This is the one definition that `trades --open`, digests and rules go by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.engine.ledger.exact import ZERO
from coach.engine.store.entries.open_positions import may_have_left, open_longs
from coach.model.times import microseconds
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.ledger.doubts import Departure, OpenPosition
    from coach.engine.ledger.holdings import ClosedLater, ClosedTrade, HeldPart
    from coach.engine.store.entries.open_positions import OpenTrade
    from coach.model.accounts import UserId
    from coach.model.movements import AccountMovement
    from coach.model.trades import TradeId, UnknownBasis


@dataclass(frozen=True, slots=True)
class FollowedPosition:
    """A position that is open in its book, by which ways its coins may have left, what is held."""

    trade: OpenTrade
    ways: tuple[Departure, ...]
    held: HeldPart

    @property
    def is_doubtful(self) -> bool:
        """Return whether not all of it may be held any more."""
        less = self.held.left < self.trade.position.quantity
        return bool(self.ways) and (less or any(way.quantity is None for way in self.ways))


def followed(
    connection: Connection[Any], user_id: UserId, until: datetime | None = None
) -> list[FollowedPosition]:
    """Return every open position with what is left of it, by what was known before `until`.

    With `until` the caller holds a transaction.
    """
    opened = _opened(connection, user_id, until)
    if not opened:
        return []
    from coach.engine.ledger.doubts import departures, is_sale, without_inner_transfers
    from coach.engine.ledger.holdings import still_held
    from coach.engine.store import movements, trades

    unknown = [line for line in trades.unknown_basis(connection, user_id) if is_sale(line)]
    told = movements.movements(connection, user_id)
    if until is not None:
        unknown = [line for line in unknown if line.at < until]
        told = [one for one in told if one.at < until]
    unknown, told = in_units_of_today(connection, user_id, unknown, told, until)
    positions = [one.position for one in opened]
    moved = without_inner_transfers(told)
    moved += _left_behind(connection, user_id, positions, until)
    ways: dict[TradeId, tuple[Departure, ...]] = {}
    spent: dict[tuple[str, str, str], AccountMovement] = {}
    for one in opened:
        own = movements.spent(connection, user_id, one.position, until)
        ways[one.id] = tuple(departures(one.position, unknown, [*moved, *own]))
        for each in own:  # the position that was opened first was there for all of it
            way = each.account, each.coin, each.kind
            spent[way] = min(each, spent.get(way, each), key=lambda two: two.quantity or ZERO)
    closed = _closed_trades(connection, user_id, until)
    held = still_held(positions, unknown, [*moved, *spent.values()], closed)
    parts = [held[one.account, one.symbol] for one in positions]
    return [
        FollowedPosition(one, (*ways[one.id], *_sold_elsewhere(part)), part)
        for one, part in zip(opened, parts, strict=True)
    ]


def _sold_elsewhere(part: HeldPart) -> Iterator[Departure]:
    """Yield how trades of other books sold coins of a position, as their own had left before."""
    from coach.engine.ledger.doubts import Departure
    from coach.model.fills import base_of

    for symbol, quantity, at in part.sold_elsewhere:
        yield Departure(base_of(symbol), symbol, True, quantity, 1, at)


def _closed_trades(
    connection: Connection[Any], user_id: UserId, until: datetime | None
) -> ClosedLater:
    """Return how to ask which trades of a coin are over, under its names and in units of today."""

    def closed(account: str, coin: str, moments: Sequence[datetime]) -> list[ClosedTrade]:
        from coach.engine.ledger.renamed.renames import concerning
        from coach.engine.store.entries.open_positions import closed_later
        from coach.engine.store.entries.renames import renames_by_account_name
        from coach.model.fills import base_of
        from coach.model.movements import AccountMovement

        renames = renames_by_account_name(connection, user_id, until).get(account, ())
        known = concerning(renames, coin)
        names = {coin, *(name for one in known for name in (one.old, one.new))}
        found = closed_later(connection, user_id, (account, names), moments, until)
        sold = [
            AccountMovement(account, "", base_of(one.symbol), one.quantity, one.until)
            for one in found
        ]
        _, restated = in_units_of_today(connection, user_id, [], sold, until)
        return [
            one._replace(quantity=moved.quantity or ZERO)
            for one, moved in zip(found, restated, strict=True)
            if moved.coin == coin
        ]

    return closed


def _left_behind(
    connection: Connection[Any],
    user_id: UserId,
    positions: Sequence[OpenPosition],
    until: datetime | None,
) -> list[AccountMovement]:
    from coach.engine.ledger.renamed.restated import left_behind
    from coach.engine.store.entries.renames import renames_by_account_name

    found = left_behind(positions, renames_by_account_name(connection, user_id, until))
    return [one for one in found if until is None or one.at < until]


def _opened(
    connection: Connection[Any], user_id: UserId, until: datetime | None
) -> list[OpenTrade]:
    """Return the trades that are open, with what was open of them just before `until`."""
    if until is None:
        return open_longs(connection, user_id)
    from coach.engine.history.renamed_sizes import sizes_of_renamed
    from coach.engine.ledger.splits import before
    from coach.engine.store.entries.splits import by_account_name

    told = by_account_name(connection, user_id)
    splits = {name: before(own, until) for name, own in told.items()}
    sizes = sizes_of_renamed(connection, user_id, until)
    return open_longs(connection, user_id, until, splits, sizes)


def in_units_of_today(
    connection: Connection[Any],
    user_id: UserId,
    unknown: Sequence[UnknownBasis],
    told: Sequence[AccountMovement],
    until: datetime | None = None,
) -> tuple[list[UnknownBasis], list[AccountMovement]]:
    """Return sales and movements in the names and units after all splits and new names.

    With `until`, units are those then; names are those of today.
    """
    from coach.engine.ledger.renamed.restated import sales_under_last_names, under_last_names
    from coach.engine.ledger.splits import before, restated, restated_sales
    from coach.engine.store.entries.renames import renames_by_account_name
    from coach.engine.store.entries.splits import by_account_name

    splits = by_account_name(connection, user_id)
    if until is not None:
        splits = {name: before(own, until) for name, own in splits.items()}
    renames = renames_by_account_name(connection, user_id, until)
    return (
        sales_under_last_names(restated_sales(unknown, splits), renames),
        under_last_names(restated(told, splits), renames),
    )


def gone(every: Iterable[FollowedPosition]) -> tuple[tuple[TradeId, int], ...]:
    """Return those of which nothing is left, each with the microsecond it was over."""
    return tuple(
        (one.trade.id, microseconds(one.held.over_at))
        for one in every
        if one.held.over_at is not None
    )


def departed(connection: Connection[Any], user_id: UserId) -> tuple[tuple[TradeId, int], ...]:
    """Return the open trades of which nothing is left, each with the microsecond it was over."""
    if not may_have_left(connection, user_id):
        return ()
    return gone(followed(connection, user_id))
