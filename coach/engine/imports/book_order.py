"""The stored fills of a book, instant by instant, and the order in which the ledger takes them.

What tells their order is gathered here; `ledger.instants` decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from coach.engine.ledger.direction import direction_of
from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.ledger.instants import FillInInstant, counting_id, order_instant
from coach.engine.ledger.restate import in_quote
from coach.engine.ledger.row_order import MOST_IN_INSTANT, NEWEST, OLDEST
from coach.engine.ledger.splits import DueSplits, after_split
from coach.engine.ledger.symbol_books import on_margin
from coach.engine.store import fills as store
from coach.engine.store.imports import row_order

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from psycopg import Connection

    from coach.engine.store.fills import StoredFill
    from coach.engine.store.imports.row_order import OrderedRow
    from coach.model.accounts import Account, UserId
    from coach.model.entries.splits import Split
    from coach.model.fills import BookFill, Symbol

IDS_BEFORE = 30
"""Fills before an instant whose ids tell whether the ids of the book count."""


class Instant(NamedTuple):
    """The fills of one time and book, in the order of their content.

    `rows` are those of the imports that hold them, `ids_before` the ids of the fills before.
    """

    fills: Sequence[StoredFill]
    rows: Sequence[OrderedRow] = ()
    ids_before: Sequence[str] = ()


class Turn(NamedTuple):
    """A fill, in which turn of its instant the ledger takes it, and whether that is a guess."""

    stored: StoredFill
    turn: int
    guessed: bool = False


def instants(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    after: datetime | None = None,
) -> Generator[Instant]:
    """Yield the instants of a book after a moment (None: all), oldest first.

    Streams within the transaction.
    """
    before: deque[str] = deque(maxlen=IDS_BEFORE)
    book = (connection, user_id, account.id, symbol)
    if after is not None:
        before.extend(store.ids_until(*book, after, IDS_BEFORE))
    with (
        closing(row_order.in_book(*book, after)) as found,
        closing(store.to_match(*book, after)) as stored_fills,
    ):
        rows = _RowsByTime(found)
        for group in _by_time(stored_fills):
            if len(group) == 1 or _has_one_side(group):
                yield Instant(group)
            else:
                first = group[0]
                yield Instant(group, rows.of(first.fill.at, first.nanos), tuple(before))
            before.extend(stored.native_id for stored in group[-IDS_BEFORE:])


def _by_time(fills: Iterable[StoredFill]) -> Iterator[list[StoredFill]]:
    group: list[StoredFill] = []
    at: datetime | None = None
    for stored in fills:
        if group and (stored.fill.at != at or stored.nanos != group[0].nanos):
            yield group
            group = []
        group.append(stored)
        at = stored.fill.at
    if group:
        yield group


def _has_one_side(fills: Iterable[StoredFill]) -> bool:
    return len({stored.fill.side for stored in fills}) == 1


class _RowsByTime:
    """The stored rows of a book, asked for instant by instant in the order of time."""

    def __init__(self, rows: Iterator[OrderedRow]) -> None:
        self._groups = groupby(rows, key=lambda row: row[:2])
        self._next: tuple[tuple[object, ...], list[OrderedRow]] | None = None
        self._ended = False

    def of(self, at: datetime, nanos: int) -> list[OrderedRow]:
        """Return the rows of an instant, by run and place."""
        wanted: tuple[Any, ...] = (at, nanos)
        while not self._ended and (self._next is None or self._next[0] < wanted):
            found = next(self._groups, None)
            self._ended = found is None
            self._next = found and (found[0], [*found[1]])
        return self._next[1] if self._next and self._next[0] == wanted else []


class Positions(Protocol):
    """Whatever knows the signed positions of a symbol: of owned coins, and on margin."""

    def held(self, *, margin: bool) -> Decimal:
        """Return the signed position."""


def in_turn(instant: Instant, books: Positions, account: Account, symbol: Symbol) -> list[Turn]:
    """Return the fills of an instant in the order in which the ledger takes them.

    `books` hold what was taken before. Owned coins and margin are two books.
    """
    fills = instant.fills
    if len(fills) == 1 or len(fills) > MOST_IN_INSTANT:
        return [Turn(stored, 0) for stored in fills]
    turns: list[Turn] = []
    for whose, margin in ((account, False), (on_margin(account), True)):
        group = [stored for stored in fills if bool(stored.fill.margin) is margin]
        if _has_one_side(group):
            turns += [Turn(stored, 0) for stored in group]
        elif group:
            turns += _put_in_order(group, instant, books.held(margin=margin), whose, symbol)
    return sorted(turns, key=lambda one: one.turn)


def in_spot_order(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    splits: Iterable[Split] = (),
) -> Iterator[BookFill]:
    """Yield a book's fills of owned coins as an account without shorts takes them.

    `splits` are those of its coin, oldest first.
    """
    spot, position = replace(account, shorts=False), _SpotPosition(symbol)
    due = DueSplits(splits)
    for instant in instants(connection, user_id, account, symbol):
        for split in due.until(instant.fills[0].fill.at):
            position.split(split)
        for turn in in_turn(instant, position, spot, symbol):
            if not turn.stored.fill.margin:
                position.take(turn.stored.fill)
                yield turn.stored.fill


class _SpotPosition:
    """The owned coins of an account without shorts; what it sells beyond them is forgotten."""

    def __init__(self, symbol: Symbol) -> None:
        self._base, _, self._quote = symbol.rpartition("-")
        self._held = ZERO

    def take(self, fill: BookFill) -> None:
        move = in_quote(fill, self._base, self._quote)
        if move.side == "buy":
            self._held = add(self._held, move.quantity)
        else:
            self._held = max(ZERO, subtract(self._held, move.quantity))

    def split(self, split: Split) -> None:
        self._held = after_split(self._held, split)

    def held(self, *, margin: bool) -> Decimal:
        return ZERO if margin else self._held


def _put_in_order(
    group: Sequence[StoredFill], instant: Instant, held: Decimal, account: Account, symbol: Symbol
) -> list[Turn]:
    base, _, quote = symbol.rpartition("-")
    moves = [in_quote(stored.fill, base, quote) for stored in group]
    order = order_instant(
        [
            FillInInstant(move.side, move.quantity, stored.native_id)
            for move, stored in zip(moves, group, strict=True)
        ],
        held,
        shorts=account.shorts,
        files=_files(group, instant.rows),
        ids_count=_ids_rise(instant.ids_before, group),
    )
    return [Turn(group[place], turn, order.guessed) for turn, place in enumerate(order.places, 1)]


def _files(group: Sequence[StoredFill], source_rows: Iterable[OrderedRow]) -> list[list[int]]:
    """Return the rows of each file as positions in the group; a fill that is gone is left out.

    A file that ends with this instant comes before one that begins with it.
    """
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, (fill, _, native_id, _) in enumerate(group):
        places[fill.side, fill.quantity, fill.price, fill.fee, native_id].append(place)
    files: dict[tuple[int, int], list[int]] = {}
    for key, rows in groupby(source_rows, key=lambda row: (row.run_n, row.edge)):
        copies: Counter[tuple[object, ...]] = Counter()
        file = files.setdefault(key, [])
        for row in rows:
            content = row[4:]
            copy = copies[content]
            file += places.get(content, [])[copy : copy + 1]
            copies[content] += 1
    ended = [file for (_, edge), file in files.items() if edge == NEWEST]
    begun = [file for (_, edge), file in files.items() if edge == OLDEST]
    joined = [_joined(one, other) for one in ended for other in begun]
    return [*files.values(), *joined]


def _joined(older: Sequence[int], newer: Iterable[int]) -> list[int]:
    known = set(older)
    return [*older, *(place for place in newer if place not in known)]


def _ids_rise(before: Iterable[str], group: Iterable[StoredFill]) -> bool:
    """Return whether the ids of a book rise with time, as far as those before the group tell."""
    ids = [one for stored in group if (one := counting_id(stored.native_id))]
    if not ids:
        return False
    earlier = [one.number for id_ in before if (one := counting_id(id_)) and one[0] == ids[0][0]]
    numbers = [*earlier, min(one.number for one in ids)]
    return len(set(numbers)) == 1 or direction_of(numbers) == 1
