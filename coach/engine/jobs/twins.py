"""Counting an execution once that two sources told: one reading of it stands.

The better source's reading stands, else the more precise one. Where one source tells an order in
one row and the other its executions, the executions stand.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from psycopg import Connection

from coach.engine.ledger.identity import PREFIX
from coach.engine.ledger.twins import is_rounded, is_sum, precision, same_execution
from coach.engine.store import fills, labels
from coach.engine.store.fills import Shelf
from coach.engine.store.twins import Readers, ToldFill
from coach.model.fills import FillKey, Symbol

NAMES_OF_A_QUOTE = {"coinbase": ("USD", "USDC")}
"""Two names of one market: Coinbase has one book for both, and labels its trades by either."""
MOST_PARTS = 50


@dataclass(slots=True)
class Twins:
    """Executions that two sources told.

    `winners` has the fill that stands by the one that stands aside for it, `symbols` the books
    that this changed, `known` how many fills of the run were told before, `said` the warnings.
    """

    winners: dict[FillKey, FillKey] = field(default_factory=dict)
    symbols: set[Symbol] = field(default_factory=set)
    known: int = 0
    said: Counter[str] = field(default_factory=Counter)

    def warnings(self) -> list[str]:
        """Return what to say of each kind, with its number."""
        return [f"{count} of these fills {what}" for what, count in sorted(self.said.items())]


def count_once(
    connection: Connection[Any], shelf: Shelf, broker: str, keys: Sequence[FillKey] = ()
) -> Twins:
    """Let one reading stand of each fill of the run, or of these keys, that another source told."""
    readers = Readers(connection, shelf, NAMES_OF_A_QUOTE.get(broker))
    found = Twins()
    if not keys and not readers.others_near():
        return found
    _pair(readers.candidates(keys), found, lru_cache(None)(readers.is_a_word))
    _stand_aside(connection, shelf, found.winners)
    summed = Twins()
    _sum_up(readers.wholes(keys), summed)
    _stand_aside(connection, shelf, summed.winners)
    found.winners |= summed.winners
    found.symbols |= summed.symbols
    found.known += summed.known
    found.said += summed.said
    return found


def _stand_aside(
    connection: Connection[Any], shelf: Shelf, winners: dict[FillKey, FillKey]
) -> None:
    if winners:
        labels.follow(connection, shelf.user_id, shelf.account_id, winners)
        fills.retire(connection, shelf, winners)


def _pair(
    candidates: Iterator[tuple[ToldFill, ToldFill]],
    found: Twins,
    is_a_word: Callable[[str], bool],
) -> None:
    """Pair fills one to one, nearest first."""
    taken: set[FillKey] = set()
    for one, other in candidates:
        if one.key in taken or other.key in taken or not _tell_one_execution(one, other):
            continue
        if _have_two_ids(one, other) and not (
            is_a_word(one.native_id) or is_a_word(other.native_id)
        ):
            continue
        taken |= {one.key, other.key}
        better, worse = sorted((one, other), key=_quality, reverse=True)
        found.winners[worse.key] = better.key
        found.symbols |= {one.symbol, other.symbol}
        found.known += 1
        found.said[_told_before(one, other, better)] += 1


def _tell_one_execution(one: ToldFill, other: ToldFill) -> bool:
    printed, other_printed = one.printed, other.printed
    if one.family == other.family and not one.native_id and not other.native_id:
        return is_rounded(printed, other_printed) or is_rounded(other_printed, printed)
    return same_execution(printed, other_printed)


def _have_two_ids(one: ToldFill, other: ToldFill) -> bool:
    """Whether one source gave them two ids: they are two fills, unless one is a mere word."""
    return one.family == other.family and bool(
        one.native_id and other.native_id and one.native_id != other.native_id
    )


def _quality(fill: ToldFill) -> tuple[object, ...]:
    """Return what decides which reading stands; never which one came first."""
    named = bool(fill.native_id)
    return fill.rank, *precision(fill.printed), named, fill.family, fill.key[:PREFIX]


def _told_before(ours: ToldFill, theirs: ToldFill, better: ToldFill) -> str:
    if ours.symbol != theirs.symbol:
        return (
            f"came before from {theirs.source} in {theirs.symbol} and are here in {ours.symbol},"
            f" the same market: each is counted once, in {better.symbol}"
        )
    return f"came before from {theirs.source} under other ids: each is counted once"


def _sum_up(candidates: Iterator[tuple[ToldFill, ToldFill]], found: Twins) -> None:
    """Find fills that are the sum of several of another source, which then stand for them."""
    taken: set[FillKey] = set()
    for (whole, _, _), pairs in groupby(candidates, key=_whole_and_teller):
        parts = [part for _, part in pairs if part.key not in taken]
        summed = None if whole.key in taken else _parts_of(whole, parts)
        if summed is None:
            continue
        taken |= {whole.key, *(part.key for part in summed)}
        found.winners[whole.key] = summed[0].key
        found.symbols.add(whole.symbol)
        if whole.ours:
            found.known += 1
            what = f"are sums of smaller ones that came before from {summed[0].source}"
            found.said[f"{what}: each is counted once"] += 1
        else:
            ours = sum(part.ours for part in summed)
            found.known += ours
            what = f"are parts of larger ones that came before from {whole.source}"
            found.said[f"{what}: each is counted once"] += ours


def _whole_and_teller(pair: tuple[ToldFill, ToldFill]) -> tuple[ToldFill, str, bool]:
    whole, part = pair
    return whole, part.family, bool(part.native_id)


def _parts_of(whole: ToldFill, parts: Sequence[ToldFill]) -> Sequence[ToldFill] | None:
    """Return the first run of neighbours that makes up the whole; None where there is none."""
    printed = [part.printed for part in parts[:MOST_PARTS]]
    for begin in range(len(printed)):
        for end in range(begin + 2, len(printed) + 1):
            if is_sum(whole.printed, printed[begin:end]):
                return parts[begin:end]
    return None
