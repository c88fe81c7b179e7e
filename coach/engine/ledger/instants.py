"""Fills of one instant: in which order they happened, when buys and sells carry the same time.

Many exports print whole seconds, so a scalp's buy and sell, or a close and the next entry, may
share one. Their order decides where a trade ends. It follows from, in this turn:

1. ids that count: one prefix and a number (`8`, `9`, `10`; `n1`, `n2`), the smaller first;
2. the order of the file that told them, turned round where the file runs from new to old
   (`FillInInstant.place`); not where it sells what an account that cannot be short does not hold;
3. what is possible: no sale before its purchase in an account that cannot be short, and the
   position returns to flat before it is opened anew. Where two orders are possible and end trades
   differently, this is a guess and is told as one.

Fills of one side change nothing by their order and stay in the book's.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, subtract
from coach.model.fills import BookFill

_COUNTED = re.compile(r"(?P<prefix>.*?)(?P<number>[0-9]{1,19})", re.ASCII | re.DOTALL)


class FillInInstant(NamedTuple):
    """A fill with what tells its order among fills of its instant.

    `place` counts from the oldest to the newest row of the instant in a file; equal places say
    nothing. `native_id` is the source's own id, or empty.
    """

    fill: BookFill
    native_id: str
    place: int


class OrderedInstant(NamedTuple):
    """The fills of an instant in the order in which the ledger takes them."""

    fills: list[BookFill]
    guessed: bool


def order_instant(fills: Sequence[FillInInstant], held: Decimal, *, shorts: bool) -> OrderedInstant:
    """Return the fills of one instant and book in their order.

    `held` is the signed position before the instant, in the base coin. `fills` come in the book's
    own order, which decides among fills that nothing else tells apart.
    """
    if len({one.fill.side for one in fills}) == 1:
        return OrderedInstant([one.fill for one in fills], guessed=False)
    counted = _by_counting_id(fills)
    if counted is not None:
        return OrderedInstant(counted, guessed=False)
    filed = _by_place(fills)
    if filed is not None and (shorts or not _oversells(filed, held)):
        return OrderedInstant(filed, guessed=False)
    return _as_possible([one.fill for one in fills], held, shorts=shorts)


def _by_counting_id(fills: Sequence[FillInInstant]) -> list[BookFill] | None:
    numbered: dict[int, BookFill] = {}
    prefixes = set()
    for one in fills:
        match = _COUNTED.fullmatch(one.native_id)
        if match is None:
            return None
        prefixes.add(match["prefix"])
        numbered[int(match["number"])] = one.fill
    if len(prefixes) > 1 or len(numbered) < len(fills):
        return None
    return [numbered[number] for number in sorted(numbered)]


def _by_place(fills: Sequence[FillInInstant]) -> list[BookFill] | None:
    sides: dict[int, str] = {}
    for one in fills:
        if sides.setdefault(one.place, one.fill.side) != one.fill.side:
            return None
    return [one.fill for one in sorted(fills, key=lambda one: one.place)]


def _oversells(fills: Sequence[BookFill], held: Decimal) -> bool:
    for fill in fills:
        held = add(held, fill.quantity) if fill.side == "buy" else subtract(held, fill.quantity)
        if held < ZERO:
            return True
    return False


def _as_possible(fills: list[BookFill], held: Decimal, *, shorts: bool) -> OrderedInstant:
    buys = [fill for fill in fills if fill.side == "buy"]
    sells = [fill for fill in fills if fill.side == "sell"]
    bought, sold = _total(buys), _total(sells)
    if held > ZERO and sold <= held:
        return OrderedInstant(sells + buys, guessed=sold == held)
    if held < ZERO and bought <= held.copy_negate():
        return OrderedInstant(buys + sells, guessed=bought == held.copy_negate())
    return OrderedInstant(buys + sells, guessed=shorts)


def _total(fills: Sequence[BookFill]) -> Decimal:
    total = ZERO
    for fill in fills:
        total = add(total, fill.quantity)
    return total
