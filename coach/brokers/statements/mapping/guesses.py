"""What columns hold, where their names say nothing: dates, sides, pairs, and what multiplies.

Only what one column alone can be is proposed: two columns of dates, or two factors of one total,
are told apart by nobody but their owner.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from coach.brokers.statements import pairs
from coach.brokers.statements.amounts import EXACT
from coach.brokers.statements.mapping import dates, figures
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.redundancy import TradedQuantity, agree
from coach.brokers.statements.unreadable import Unreadable

Rows = Sequence[Sequence[str]]
Columns = Mapping[str, int]

MOST_OF_THEM = 0.8
MOST_WORDS = 8
LONGEST_WORD = 24
POSITION_WORDS = frozenset(
    ("long", "short", "l", "buy long", "sell short", "buy short", "sell long", "bid", "ask")
)
"""Words that are a side, of which nobody but the file's owner knows which."""
_PAIR = re.compile(r"[A-Za-z0-9$]{2,12}[-/_][A-Za-z0-9]{2,6}")


def by_content(rows: Rows, width: int, found: Columns) -> Columns:
    """Return the columns with those that are the only ones to hold what a field does."""
    columns = dict(found)
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("time", is_date),
        ("side", is_side),
        ("symbol", _is_pair),
    )
    for field, fits in tests:
        if field in columns or (field == "symbol" and "base" in columns):
            continue
        free = [at for at in range(width) if at not in columns.values()]
        places = [at for at in free if holds(rows, at, fits)]
        if field == "time" and len(places) > 1:
            places = [at for at in places if holds(rows, at, dates.has_time)]
        if len(places) == 1:
            columns[field] = places[0]
    return _by_product(rows, width, columns)


def holds(rows: Rows, at: int, fits: Callable[[str], bool]) -> bool:
    """Return whether most cells of a column that say something are what is looked for."""
    cells = [row[at] for row in rows if at < len(row) and says_something(row[at])]
    return bool(cells) and sum(map(fits, cells)) >= MOST_OF_THEM * len(cells)


def says_something(cell: str) -> bool:
    """Return whether a cell is neither empty nor a dash."""
    return bool(figures.bare(cell).strip("-\u2014"))


def is_date(cell: str) -> bool:
    """Return whether a cell is a date under some order."""
    return bool(dates.orders_of(cell))


def is_figure(cell: str) -> bool:
    """Return whether a cell is a number, also one with a unit."""
    try:
        figures.figure(cell, 0, "dot")
    except Unreadable:
        return False
    return True


def is_side(cell: str) -> bool:
    """Return whether a cell is a word for a side."""
    word = " ".join(cell.lower().split())
    return known_side(word) is not None or word in POSITION_WORDS


def is_currency(cell: str) -> bool:
    """Return whether a cell is the name or the sign of a currency or a coin."""
    try:
        return bool(figures.unit_of(cell, 0)) and not is_figure(cell)
    except Unreadable:
        return False


def are_few_words(rows: Rows, at: int) -> bool:
    """Return whether a column holds few different short words, as one of sides does."""
    words = {figures.bare(row[at]).lower() for row in rows if at < len(row)} - {""}
    short = all(len(word) <= LONGEST_WORD and not is_figure(word) for word in words)
    return 0 < len(words) <= MOST_WORDS and short and not any(map(is_date, words))


def _is_pair(cell: str) -> bool:
    name = figures.bare(cell)
    if not _PAIR.fullmatch(name):
        return False
    try:
        _, quote = pairs.joined(name, 0)
    except Unreadable:
        return False
    return quote in pairs.QUOTES


def _by_product(rows: Rows, width: int, columns: dict[str, int]) -> Columns:
    """Return the columns with the missing one or two of quantity, price and total.

    Where all three are missing, two columns that give a third are no help: which of them is the
    price, only names tell.
    """
    factors = ("quantity", "price", "total")
    missing = [field for field in factors if field not in columns]
    if not missing or len(missing) == len(factors) or "base" in missing:
        return columns
    table = {at: list(_numbers(rows, at)) for at in range(width)}
    free = [at for at in table if at not in columns.values()]
    fitting = []
    for places in permutations(free, len(missing)):
        tried = {**columns, **dict(zip(missing, places, strict=True))}
        if _is_product(*(table[tried[field]] for field in factors)):
            fitting.append(tried)
    return fitting[0] if len(fitting) == 1 else columns


def _numbers(rows: Rows, at: int) -> Iterator[Decimal | None]:
    for row in rows:
        try:
            value, _ = figures.figure(row[at], 0, "dot")
        except (Unreadable, IndexError):
            value = None
        yield None if value is None else value.copy_abs()


def _is_product(
    quantity: Sequence[Decimal | None],
    price: Sequence[Decimal | None],
    total: Sequence[Decimal | None],
) -> bool:
    read = [
        (size, one, money)
        for size, one, money in zip(quantity, price, total, strict=True)
        if size and one and money
    ]
    right = sum(
        agree(money, EXACT.multiply(size, one), TradedQuantity("", "", "buy", size, one))
        for size, one, money in read
    )
    telling = any(1 not in {size, one} for size, one, _ in read)
    return telling and right >= MOST_OF_THEM * len(quantity)
