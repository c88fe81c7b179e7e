"""Counting an execution once that two sources report: one reading of it stands.

The better source's reading stands, else the more precise one. Where one source has an order in
one row and the other its executions, the executions stand.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from psycopg import Connection

from coach.engine.imports.overlaps.orders import orders_made_up
from coach.engine.ledger.identity import PREFIX
from coach.engine.ledger.twins import (
    is_rounded,
    is_sum,
    precision,
    quantities_add_up,
    same_execution,
)
from coach.engine.store import fills
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports.order_rows import ORDER_ROWS, parts_of_orders
from coach.engine.store.imports.twins import SourcedFill, SourcedPair, TwinFinder
from coach.engine.store.promises import labels
from coach.model.fills import FillKey, Symbol

NAMES_OF_A_QUOTE = {"coinbase": ("USD", "USDC")}
"""Two names of one market: Coinbase has one book for both, and labels its trades by either."""
MOST_PARTS = 50


@dataclass(slots=True)
class Twins:
    """Executions that two sources report.

    `winners` has the fill that stands by the one that stands aside for it, `parts` all that stand
    for a larger one, `symbols` the books that this changed, `known` how many fills of the run came
    before from another source, `notes` what to say of how many fills.
    """

    winners: dict[FillKey, FillKey] = field(default_factory=dict)
    parts: dict[FillKey, list[FillKey]] = field(default_factory=dict)
    symbols: set[Symbol] = field(default_factory=set)
    known: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def join(self, other: "Twins") -> None:
        """Add what was found after this, of other fills."""
        self.winners |= other.winners
        self.parts |= other.parts
        self.symbols |= other.symbols
        self.known += other.known
        self.notes += other.notes

    def warnings(self) -> list[str]:
        """Return a warning for each kind of pair, with its count."""
        return [f"{count} of these fills {what}" for what, count in sorted(self.notes.items())]


def count_once(
    connection: Connection[Any], shelf: RunTarget, broker: str, keys: Sequence[FillKey] = ()
) -> Twins:
    """Let one reading stand of each fill of the run, or of these keys, that another source has."""
    finder = TwinFinder(connection, shelf, NAMES_OF_A_QUOTE.get(broker))
    found = Twins()
    if not keys and not finder.has_fills_nearby():
        return found
    _pair(finder, keys, found)
    _supersede(connection, shelf, found.winners)
    summed = Twins()
    _sum_up(finder, keys, shelf.run_n, summed)
    _supersede(connection, shelf, summed.winners)
    found.join(summed)
    if broker == ORDER_ROWS:
        orders = Twins()
        for whole, parts in orders_made_up(parts_of_orders(connection, shelf, keys)):
            _note_sum(whole, parts, shelf.run_n, orders)
        _supersede(connection, shelf, orders.winners)
        found.join(orders)
    return found


def _supersede(
    connection: Connection[Any], shelf: RunTarget, winners: dict[FillKey, FillKey]
) -> None:
    if winners:
        labels.follow(connection, shelf.user_id, shelf.account_id, winners)
        fills.retire(connection, shelf, winners)


def _pair(finder: TwinFinder, keys: Sequence[FillKey], found: Twins) -> None:
    """Pair fills one to one, nearest first; with a fill that has a twin of the source, last."""
    taken: set[FillKey] = set()
    is_placeholder = lru_cache(None)(finder.is_placeholder)
    for one, other in _compatible_pairs(finder, finder.candidates(keys)):
        if one.key in taken or other.key in taken or not _tell_one_execution(one, other):
            continue
        if _have_two_ids(one, other) and not (
            is_placeholder(one.native_id) or is_placeholder(other.native_id)
        ):
            continue
        taken |= {one.key, other.key}
        better, worse = sorted((one, other), key=_quality, reverse=True)
        found.winners[worse.key] = better.key
        found.symbols |= {one.symbol, other.symbol}
        found.known += 1
        found.notes[_describe_pair(one, other, better)] += 1


def _compatible_pairs(
    finder: TwinFinder, batches: Iterator[list[SourcedPair]]
) -> Iterator[SourcedPair]:
    """Leave out pairs of which a reading that stands aside for the one excludes the other."""
    later: list[SourcedPair] = []
    has_superseded = finder.has_superseded()
    for batch in batches:
        aside = finder.superseded(batch) if has_superseded else {}
        for one, other in batch:
            beside, beside_other = aside.get(one.key, ()), aside.get(other.key, ())
            if any(reading.excludes(other) for reading in beside):
                continue
            if any(reading.excludes(one) for reading in beside_other):
                continue
            if any(reading.family == one.family for reading in beside_other):
                later.append((one, other))
            else:
                yield one, other
    yield from later


def _tell_one_execution(one: SourcedFill, other: SourcedFill) -> bool:
    printed, other_printed = one.printed, other.printed
    if one.family == other.family and not one.native_id and not other.native_id:
        return is_rounded(printed, other_printed) or is_rounded(other_printed, printed)
    return same_execution(printed, other_printed)


def _have_two_ids(one: SourcedFill, other: SourcedFill) -> bool:
    """Whether one source gave them two ids: they are two fills, unless one is a mere word."""
    return one.family == other.family and bool(
        one.native_id and other.native_id and one.native_id != other.native_id
    )


def _quality(fill: SourcedFill) -> tuple[object, ...]:
    """Return what decides which reading stands; never which one came first."""
    named = bool(fill.native_id)
    return fill.rank, *precision(fill.printed), named, fill.family, fill.key[:PREFIX]


def _describe_pair(ours: SourcedFill, theirs: SourcedFill, better: SourcedFill) -> str:
    if ours.symbol != theirs.symbol:
        return (
            f"came before from {theirs.source} in {theirs.symbol} and are here in {ours.symbol},"
            f" the same market: each is counted once, in {better.symbol}"
        )
    return f"came before from {theirs.source} under other ids: each is counted once"


def _sum_up(finder: TwinFinder, keys: Sequence[FillKey], run_n: int, found: Twins) -> None:
    """Find fills that are the sum of several of another source, which then stand for them."""
    taken: set[FillKey] = set()
    pairs = _compatible_pairs(finder, finder.wholes(keys))
    for (whole, _, _), group in groupby(pairs, key=_whole_and_source):
        parts = [part for _, part in group if part.key not in taken]
        if whole.key in taken:
            continue
        summed = _parts_of(whole, parts)
        if summed is None:
            _note_unequal_money(whole, parts, run_n, found)
            continue
        taken |= {whole.key, *(part.key for part in summed)}
        _note_sum(whole, summed, run_n, found)


def _note_sum(whole: SourcedFill, summed: Sequence[SourcedFill], run_n: int, found: Twins) -> None:
    """Note that smaller fills stand for a larger one."""
    found.winners[whole.key] = summed[0].key
    found.parts[whole.key] = [part.key for part in summed]
    found.symbols.add(whole.symbol)
    if whole.run_n == run_n:
        ours, what = 1, f"are sums of smaller ones that came before from {summed[0].source}"
    else:
        ours = sum(part.run_n == run_n for part in summed)
        what = f"are parts of larger ones that came before from {whole.source}"
    found.known += ours
    found.notes[f"{what}: each is counted once"] += ours


def _note_unequal_money(
    whole: SourcedFill, parts: Sequence[SourcedFill], run_n: int, found: Twins
) -> None:
    printed = [part.printed for part in parts]
    if len(parts) > 1 and quantities_add_up(whole.printed, printed):
        source = parts[0].source if whole.run_n == run_n else whole.source
        found.notes[
            f"and fills from {source} have the quantity of one order, but not the same money:"
            " all are counted, compare them with the broker"
        ] += sum(fill.run_n == run_n for fill in (whole, *parts))


def _whole_and_source(pair: SourcedPair) -> tuple[SourcedFill, str, bool]:
    whole, part = pair
    return whole, part.family, bool(part.native_id)


def _parts_of(whole: SourcedFill, parts: Sequence[SourcedFill]) -> Sequence[SourcedFill] | None:
    """Return the first run of neighbours that makes up the whole; None where there is none."""
    printed = [part.printed for part in parts[:MOST_PARTS]]
    for begin in range(len(printed)):
        for end in range(begin + 2, len(printed) + 1):
            if is_sum(whole.printed, printed[begin:end]):
                return parts[begin:end]
    return None
