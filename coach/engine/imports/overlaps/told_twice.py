"""Counting a split or a new name once that several imports tell.

A file and a hand tell one, or two files of a broker, in other words and at other moments: a broker
dates a split to the evening before, which is a Friday for a Monday, and a hand to the day. So two
imports tell the same where coin and ratio are, and the times are at most `NEAR` apart. Nothing
splits twice by the same ratio within days. What one import tells several times are several.

A new name may be told again for more of the coin, as when it is wrapped day by day. So quantities
must be the same, and the times a day apart at most, unless a hand wrote all that was held; and one
format that tells it at two moments, or under two ids, tells two.

Which of the tellings counts never depends on which came first: a file's before a hand's, the better
source's, one that names its ratio, the earliest. The others stand aside, and count again when what
counts is undone.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.exact import ZERO, multiply, subtract
from coach.engine.ledger.splits import ratio_in, split_of
from coach.engine.store.entries.splits import balance_before
from coach.engine.store.entries.told_twice import BY_HAND, ToldEntry, set_aside, told_entries
from coach.model.accounts import AccountId, RunId, UserId

NEAR = timedelta(days=4)
"""A Friday evening and the Tuesday after a long weekend are less apart."""
A_DAY = timedelta(days=1)
ROUNDED = Decimal("1E-4")
"""The part of a quantity by which two files may print it differently."""
MOST_OF_IT = Decimal("0.5")
"""What a hand renamed was what the books held: maybe not all, but no small rest of it either."""
MOST_NAMED = 3
SEVERAL = 2
TEMPLATE = "entries"
"""The format that people fill in, who may say one thing in two ways."""
NO_RUN = 0


class Telling(NamedTuple):
    """What an import tells: that a coin was split, or that it has a new name.

    `coins` are the coin, or the old name and the new one; `changes` what each changed by. `held`
    is what the books held of a split coin without any other telling, where it names no ratio.
    """

    coins: tuple[str, ...]
    changes: tuple[Decimal | None, ...]
    at: datetime
    entries: tuple[ToldEntry, ...]
    held: Decimal = ZERO

    @property
    def run(self) -> ToldEntry:
        """Return a row of the import that tells it."""
        return self.entries[0]

    @property
    def named(self) -> tuple[int, int] | None:
        """Return the ratio of a split that its word names."""
        return ratio_in(self.run.word)

    @property
    def keys(self) -> list[bytes]:
        """Return the keys of its rows."""
        return [one.key for one in self.entries]


@dataclass(slots=True)
class _Counted:
    """A telling that counts, and those that stand aside for it."""

    telling: Telling
    aside: list[Telling] = field(default_factory=list)

    def has_run(self, run_n: int) -> bool:
        return any(one.run.run_n == run_n for one in (self.telling, *self.aside))

    def is_news(self, run_n: int, now_aside: Collection[bytes]) -> bool:
        """Return whether a run tells it again, or something stands aside only now."""
        again = bool(self.aside) and self.has_run(run_n)
        return again or any(key in now_aside for one in self.aside for key in one.keys)


def count_told_once(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, run_n: int = NO_RUN
) -> list[str]:
    """Let each split and new name of an account count once; return what to say of a run's."""
    rows = told_entries(connection, user_id, account_id)
    before = {one.key for one in rows if one.aside}
    if before:
        set_aside(connection, user_id, account_id, ())
        rows = [one._replace(aside=False) for one in rows]
    if len({one.run_n for one in rows}) < SEVERAL:
        return []
    counted = _counted(_with_held(connection, user_id, account_id, list(_tellings(rows))))
    standing = {key for one in counted for key in one.telling.keys}
    keys = {key for one in counted for each in one.aside for key in each.keys}
    keys -= standing
    set_aside(connection, user_id, account_id, keys)
    said = [_describe(one) for one in counted if one.is_news(run_n, keys - before)]
    more = len(said) - MOST_NAMED
    rest = (
        [f"{more} more splits and new names were told before, and count once"] if more > 0 else []
    )
    return [*said[:MOST_NAMED], *rest]


def told_before(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, wanted: Telling
) -> Telling | None:
    """Return what an account's imports tell that is the same as what is to be told."""
    every = list(_tellings(told_entries(connection, user_id, account_id)))
    own = _with_held(connection, user_id, account_id, every)
    found = [one for one in own if _is_same(one, wanted)]
    return min(found, key=_quality, default=None)


def new_telling(
    coins: tuple[str, ...], changes: tuple[Decimal, ...], at: datetime, word: str
) -> Telling:
    """Return what somebody is about to tell by hand."""
    run = (NO_RUN, RunId(""), TEMPLATE, BY_HAND, True, 0)
    row = ToldEntry(b"", *run, word, coins[0], changes[0], at)
    return Telling(coins, changes, at, (row,))


def name_of(one: Telling) -> str:
    """Return what is told, in a few words."""
    if len(one.coins) > 1:
        return f"the new name {one.coins[1]} of {one.coins[0]}"
    ratio = "" if one.named is None else f"{one.named[0]}:{one.named[1]} "
    return f"the {ratio}split of {one.coins[0]}"


def _tellings(rows: Sequence[ToldEntry]) -> Iterator[Telling]:
    """Yield what each import tells; two sides of one moment are a new name."""
    for one in rows:
        if one.kind == "split":
            yield Telling((one.coin,), (one.quantity,), one.at, (one,))
    sides = sorted(
        (one for one in rows if one.kind == "rename" and one.quantity),
        key=lambda one: (one.run_n, one.at, one.key),
    )
    for _, group in groupby(sides, lambda one: (one.run_n, one.at)):
        yield from _new_names(list(group))


def _new_names(sides: Sequence[ToldEntry]) -> Iterator[Telling]:
    """Yield the new names of a moment: one coin for another, or several of equal quantities."""
    left = [one for one in sides if _quantity(one) < ZERO]
    came = [one for one in sides if _quantity(one) > ZERO]
    for old in left:
        others = came if len(left) == len(came) == 1 else [o for o in came if _fits(old, o)]
        rivals = [one for one in left if _quantity(one) == _quantity(old)]
        if len(others) == 1 and len(rivals) == 1:
            (new,) = others
            changes = (old.quantity, new.quantity)
            yield Telling((old.coin, new.coin), changes, old.at, (old, new))


def _fits(old: ToldEntry, new: ToldEntry) -> bool:
    return _quantity(old) == -_quantity(new)


def _quantity(one: ToldEntry) -> Decimal:
    return one.quantity or ZERO


def _with_held(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, every: Sequence[Telling]
) -> list[Telling]:
    """Return tellings; splits without a ratio with what was held without the tellings near them."""
    found = []
    for one in every:
        if len(one.coins) > 1 or one.named is not None:
            found.append(one)
            continue
        held = balance_before(connection, user_id, account_id, one.coins[0], one.at)
        near = {
            other.keys[0]: other.changes[0] or ZERO
            for other in every
            if other.coins == one.coins and one.at - NEAR <= other.at < one.at
            if other.run.run_n != one.run.run_n and other.keys != one.keys and not other.run.aside
        }
        for change in near.values():
            held = subtract(held, change)
        found.append(one._replace(held=held))
    return found


def _counted(every: Iterable[Telling]) -> list[_Counted]:
    """Return the tellings that count, the best first, with those that stand aside for each."""
    counted: list[_Counted] = []
    for one in sorted(every, key=_quality):
        same = [
            own for own in counted if not own.has_run(one.run.run_n) and _is_same(one, own.telling)
        ]
        if same:
            min(same, key=lambda own: abs(own.telling.at - one.at)).aside.append(one)
        else:
            counted.append(_Counted(one))
    return counted


def _quality(one: Telling) -> tuple[object, ...]:
    run = one.run
    return run.by_hand, -run.rank, one.named is None, one.at, run.key, run.run_n


def _is_same(one: Telling, other: Telling) -> bool:
    """Return whether two imports tell one thing."""
    if one.coins != other.coins or abs(one.at - other.at) > NEAR:
        return False
    return _is_same_name(one, other) if len(one.coins) > 1 else _is_same_split(one, other)


def _is_same_split(one: Telling, other: Telling) -> bool:
    if one.named is not None and other.named is not None:
        return one.named == other.named
    if one.changes == other.changes and one.changes != (None,):
        return True
    return _gives(one, other) or _gives(other, one)


def _gives(one: Telling, other: Telling) -> bool:
    """Return whether the quantity of a split without a ratio is what another one's ratio gives."""
    own = split_of(one.at, one.run.word, one.changes[0], one.held)
    if one.named is not None or own is None:
        return False
    if other.named is None:
        its = split_of(other.at, other.run.word, other.changes[0], other.held)
        return its is not None and (its.after, its.before) == (own.after, own.before)
    by_ratio = split_of(one.at, other.run.word, one.changes[0], one.held)
    return by_ratio is not None and bool(by_ratio.held)


def _is_same_name(one: Telling, other: Telling) -> bool:
    """Return whether quantities are the same; of what a hand wrote, the ratio and most of it."""
    pairs = [(a or ZERO, b or ZERO) for a, b in zip(one.changes, other.changes, strict=True)]
    if one.run.by_hand or other.run.by_hand:
        return _ratio(one) == _ratio(other) and _agree(*pairs[0], MOST_OF_IT)
    if abs(one.at - other.at) > A_DAY or _are_two_rows(one.run, other.run):
        return False
    return all(_agree(*pair, ROUNDED) for pair in pairs)


def _are_two_rows(one: ToldEntry, other: ToldEntry) -> bool:
    """Return whether a format tells two rows: a program prints one row always in one way."""
    if one.key == other.key or one.source != other.source:
        return False
    return one.source != TEMPLATE or bool(one.reference and other.reference)


def _ratio(one: Telling) -> Fraction:
    old, new = (abs(Fraction(change or ZERO)) for change in one.changes)
    return new / old


def _agree(one: Decimal, other: Decimal, part: Decimal) -> bool:
    larger = max(one.copy_abs(), other.copy_abs())
    return subtract(one, other).copy_abs() <= multiply(larger, part)


def _describe(one: _Counted) -> str:
    tellings = (one.telling, *sorted(one.aside, key=_quality))
    told = " and ".join(dict.fromkeys(where_told(each) for each in tellings))
    return f"{name_of(one.telling)} is told {told}: it counts once, as told {_source(one.telling)}"


def where_told(one: Telling) -> str:
    """Return which import tells something, and the moment that it names."""
    return f"{_source(one)} ({one.at:%Y-%m-%d %H:%M} UTC)"


def _source(one: Telling) -> str:
    return BY_HAND if one.run.by_hand else f"in {one.run.label}"
