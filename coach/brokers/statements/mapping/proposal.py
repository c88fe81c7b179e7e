"""What the columns of an unknown file probably mean: by their names, then by what they hold.

A proposal is shown and proved, never used unseen. A column whose cells are not what the name says
(a `date` without dates, a `type` that neither buys nor sells) is not proposed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.mapping.layout import (
    ColumnRef,
    Columns,
    FeeSign,
    RowKind,
    StatementMapping,
    place_of,
)
from coach.brokers.statements.mapping.proof import PROVED_ROWS, first_rows, prove, trades
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.mapping.synonyms import CLOSED_SYNONYMS, SYNONYMS
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.unreadable import Unreadable
from coach.model.fills import Fill

MOST_OF_THEM = 0.8
FIRST_ROWS = 50
SIDE_WORDS = frozenset(("long", "short", "l", "buy long", "sell short", "buy short", "sell long"))
Fits = Callable[[str], bool]


def propose(sheet: StatementSheet) -> StatementMapping:
    """Return the mapping that coach would propose; fields that it did not find are missing."""
    rows = list(trades(sheet, StatementMapping("", {}), FIRST_ROWS))
    closed = _columns(sheet, rows, CLOSED_SYNONYMS)
    is_closed = {"time", "exit_time", "price", "exit_price"} <= set(closed)
    columns = closed if is_closed else {}
    columns = {**_columns(sheet, rows, SYNONYMS, taken=set(columns.values())), **columns}
    refs = {name: (ColumnRef((_reference(sheet, at),)),) for name, at in columns.items()}
    return completed(sheet, _with_split_time(refs, sheet, rows))


def completed(sheet: StatementSheet, columns: Columns) -> StatementMapping:
    """Return the mapping of these columns, with the signs and totals that the file proves."""
    rows = list(trades(sheet, StatementMapping("", {}), FIRST_ROWS))
    mapping = StatementMapping(
        "",
        columns,
        kind=_kind_of(columns),
        header=tuple(sheet.names),
        total="value",
    )
    places = {name: at[0] for name, at in (mapping.places(sheet.names) or {}).items()}
    mapping = replace(mapping, signed=_is_signed(rows, places), fee_sign=_fee_sign(rows, places))
    return _proved_total(mapping, sheet) if is_complete(mapping) else mapping


def _kind_of(columns: Columns) -> RowKind:
    if "received" in columns:
        return "swap"
    return "closed" if "exit_price" in columns else "fill"


def is_complete(mapping: StatementMapping) -> bool:
    """Return whether a mapping names what a trade needs."""
    return not missing(mapping)


def missing(mapping: StatementMapping) -> tuple[str, ...]:
    """Return the fields that a trade needs and the mapping has no column for."""
    have = set(mapping.columns)
    lacks = [name for name in ("time", "quantity") if name not in have]
    if not have & {"symbol", "base"}:
        lacks.append("symbol")
    if mapping.kind == "closed" and "exit_time" not in have:
        lacks.append("exit_time")
    if "side" not in have and not mapping.signed:
        lacks.append("side")
    if not have & {"price", "total"}:
        lacks.append("price")
    if mapping.kind == "swap":
        lacks = [name for name in ("time", "received", "sent") if name not in have]
    return tuple(lacks)


def _columns(
    sheet: StatementSheet,
    rows: Sequence[Sequence[str]],
    table: Mapping[str, str],
    taken: set[int] | None = None,
) -> dict[str, int]:
    """Return where each field of a table of names probably stands."""
    used = set(taken or ())
    found: dict[str, int] = {}
    for field, names in table.items():
        fits = _FITS.get(field, _anything)
        for name in names.split("|"):
            at = next(
                (
                    place
                    for place, one in enumerate(sheet.names)
                    if _same(one, name) and place not in used
                ),
                -1,
            )
            if at >= 0 and _holds(rows, at, fits):
                found[field] = at
                used.add(at)
                break
    return found


def _same(label: str, name: str) -> bool:
    return label.replace("_", " ").strip(" .:") == name.replace("_", " ").strip(" .:")


def _holds(rows: Sequence[Sequence[str]], at: int, fits: Fits) -> bool:
    cells = [row[at] for row in rows if at < len(row) and figures.bare(row[at])]
    if not cells:
        return fits is _anything or not rows
    return sum(map(fits, cells)) >= MOST_OF_THEM * len(cells)


def _anything(cell: str) -> bool:
    return bool(cell)


def _is_date(cell: str) -> bool:
    return bool(dates.orders_of(cell))


def _is_figure(cell: str) -> bool:
    try:
        figures.figure(cell, 0, "dot")
    except Unreadable:
        return False
    return True


def _is_side(cell: str) -> bool:
    word = " ".join(cell.lower().split())
    return known_side(word) is not None or word in SIDE_WORDS


def _is_symbol(cell: str) -> bool:
    try:
        instruments.market(cell, 0, "either", "USD")
    except Unreadable:
        return not _is_figure(cell) and len(cell) < 40  # noqa: PLR2004 -- a name, not a text
    return True


_FITS: dict[str, Fits] = {
    **dict.fromkeys(("time", "exit_time"), _is_date),
    **dict.fromkeys(("quantity", "price", "exit_price", "total", "fee", "profit"), _is_figure),
    "contract_size": _is_figure,
    "side": _is_side,
    "symbol": _is_symbol,
}


def _is_signed(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> bool:
    """Return whether the quantity's sign is the side: some are below zero, and no word says it."""
    if "side" in columns or "quantity" not in columns:
        return False
    return any(row[columns["quantity"]].strip().startswith(("-", "\u2212", "(")) for row in rows)


def _fee_sign(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> FeeSign:
    """Return credit where most fees are below zero: nobody is paid for most of his trades."""
    if "fee" not in columns:
        return "charge"
    values = []
    for row in rows:
        try:
            values.append(figures.figure(row[columns["fee"]], 0, "dot")[0])
        except Unreadable:
            continue
    below = sum(value < 0 for value in values if value is not None)
    above = sum(value > 0 for value in values if value is not None)
    return "credit" if below > above else "charge"


def _with_split_time(
    columns: Columns, sheet: StatementSheet, rows: Sequence[Sequence[str]]
) -> Columns:
    """Return the columns with that of hours beside one of days, where there are two."""
    refs = columns.get("time")
    place = place_of(refs[0], sheet.names) if refs else -1
    if refs is None or any(dates.has_time(row[place]) for row in rows):
        return columns
    for at, name in enumerate(sheet.names):
        hours = name in {"time", "zeit", "heure", "hora", "exec time", "open time", "trade time"}
        if hours and at != place and _holds(rows, at, dates.has_time):
            joined = (refs[0], ColumnRef((_reference(sheet, at),)))
            return {**columns, "time": joined}
    return columns


def _reference(sheet: StatementSheet, at: int) -> str:
    """Return how a column is named: with its number where its name stands more than once."""
    name = sheet.names[at]
    if sheet.names.count(name) < 2:  # noqa: PLR2004 -- more than once
        return name
    return f"{name}#{sheet.names[: at + 1].count(name)}"


def _proved_total(mapping: StatementMapping, sheet: StatementSheet) -> StatementMapping:
    """Return the mapping with what its total repeats: what the most rows confirm, or nothing.

    Where fees are too small to be seen in most rows, both readings confirm those.
    Where `1,234` in the file can be two numbers, either reading may be the one that is confirmed.
    """
    if "total" not in mapping.columns or "price" not in mapping.columns:
        return mapping
    order = replace(mapping, orders=_one_order(mapping, sheet))
    for reading in (order, replace(order, decimal="."), replace(order, decimal=",")):
        all_rows = _read(replace(reading, total="unproved"), sheet)
        if not all_rows:
            continue
        value = _read(replace(reading, total="value"), sheet)
        moved = _read(replace(reading, total="moved"), sheet)
        if max(value, moved) >= MOST_OF_THEM * all_rows:
            return replace(mapping, total="moved" if moved > value else "value")
    return replace(mapping, total="unproved")


def _one_order(mapping: StatementMapping, sheet: StatementSheet) -> tuple[dates.DateOrder, ...]:
    return prove(replace(mapping, total="unproved"), sheet).mapping.orders


def _read(mapping: StatementMapping, sheet: StatementSheet) -> int:
    quoted = mapping if mapping.quote else replace(mapping, quote="USD")
    return sum(isinstance(row, Fill) for row in first_rows(quoted, sheet, PROVED_ROWS))
