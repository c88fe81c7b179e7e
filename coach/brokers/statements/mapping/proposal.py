"""What the columns of an unknown file probably mean: by their names, then by what they hold.

A proposal is shown and proved, never used unseen. A column whose cells are not what the name says
(a `date` without dates, a `type` that neither buys nor sells) is not proposed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.mapping.doubts import NOT_TRADES, are_surely_glued
from coach.brokers.statements.mapping.guesses import (
    MOST_OF_THEM,
    are_few_words,
    by_content,
    holds,
    is_currency,
    is_date,
    is_figure,
    is_side,
)
from coach.brokers.statements.mapping.header_words import likely_places, plain, unit_in, words_of
from coach.brokers.statements.mapping.layout import (
    ColumnRef,
    Columns,
    FeeSign,
    RowKind,
    StatementMapping,
    place_of,
)
from coach.brokers.statements.mapping.proof import PROVED_ROWS, first_rows, prove, trades
from coach.brokers.statements.mapping.synonyms import CLOSED_SYNONYMS, SWAP_SYNONYMS, SYNONYMS
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.unreadable import Unreadable
from coach.model.fills import Fill

FIRST_ROWS = 50
LOTS = frozenset(("lot", "lots"))
"""Words of a quantity that counts something whose size the file does not say."""
TELLING_HEADERS = frozenset(("side", "direction", "b/s", "buy/sell", "way", "order side"))
"""Headers that name a side whatever the words below are: what those mean is asked."""
Fits = Callable[[str], bool]
_MEANINGS: Mapping[str, tuple[Any, ...]] = {
    "total": ("unproved", "value", "moved"),
    "profit": ("", "gross", "net"),
}
"""What a column may repeat: nothing that is checked, then what is tried in turn."""


def propose(sheet: StatementSheet) -> StatementMapping:
    """Return the mapping that coach would propose; fields that it did not find are missing."""
    rows = list(trades(sheet, StatementMapping("", {}), FIRST_ROWS))
    swap = _columns(sheet, rows, SWAP_SYNONYMS)
    if set(SWAP_SYNONYMS) <= set(swap):
        further = {name: SYNONYMS[name] for name in ("time", "fee", "fee_currency", "id")}
        swap |= _columns(sheet, rows, further, taken=set(swap.values()))
        return completed(sheet, _with_split_time(_refs(sheet, swap), sheet, rows))
    closed = _columns(sheet, rows, CLOSED_SYNONYMS)
    is_closed = {"price", "exit_price"} <= set(closed)
    columns = closed if is_closed else {}
    columns = {**_columns(sheet, rows, SYNONYMS, taken=set(columns.values())), **columns}
    columns = _by_words(sheet, rows, columns, is_closed=is_closed)
    columns = dict(by_content(rows, len(sheet.names), columns))
    refs = _with_split_time(_refs(sheet, columns), sheet, rows)
    return completed(sheet, _with_currency(refs, sheet, rows))


def _refs(sheet: StatementSheet, columns: Mapping[str, int]) -> Columns:
    return {name: (ColumnRef((_reference(sheet, at),)),) for name, at in columns.items()}


def completed(sheet: StatementSheet, columns: Columns) -> StatementMapping:
    """Return the mapping of these columns, with the signs and totals that the file proves.

    Where the side's column is that of the quantity, its sign is the side.
    """
    rows = list(trades(sheet, StatementMapping("", {}), FIRST_ROWS))
    by_sign = "side" in columns and columns["side"] == columns.get("quantity")
    if by_sign:
        columns = {name: refs for name, refs in columns.items() if name != "side"}
    mapping = StatementMapping(
        "",
        columns,
        kind=_kind_of(columns),
        header=tuple(sheet.names),
        total="value",
    )
    places = {name: at[0] for name, at in (mapping.places(sheet.names) or {}).items()}
    symbols = [row[places["symbol"]] for row in rows] if "symbol" in places else []
    mapping = replace(
        mapping,
        signed=by_sign or _is_signed(rows, places),
        fee_sign=_fee_sign(rows, places),
        fee_currency=_unit_of(sheet, places, "fee", "fee_currency"),
        quote=_unit_of(sheet, places, "price", "quote"),
        form="glued" if are_surely_glued(symbols) else "either",
        lots="quantity" in places and bool(LOTS & words_of(sheet.labels[places["quantity"]])),
    )
    return _proved(mapping, sheet) if is_complete(mapping) else mapping


def _unit_of(sheet: StatementSheet, places: Mapping[str, int], field: str, named_by: str) -> str:
    """Return the currency that a field's header names, where no column does."""
    if field not in places or named_by in places:
        return ""
    return unit_in(sheet.labels[places[field]])


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
    labels = list(map(plain, _labels(sheet)))
    for field, names in table.items():
        for name in map(plain, names.split("|")):
            places = (at for at, label in enumerate(labels) if label == name and at not in used)
            at = next((at for at in places if _fits(sheet, rows, at, field)), -1)
            if at >= 0:
                found[field] = at
                used.add(at)
                break
    return found


def _labels(sheet: StatementSheet) -> list[str]:
    """Return the headers as printed, but for a clock that one names."""
    both = zip(sheet.labels, sheet.names, strict=True)
    return [label if tidy(label) == name else name for label, name in both]


def _by_words(
    sheet: StatementSheet,
    rows: Sequence[Sequence[str]],
    found: dict[str, int],
    *,
    is_closed: bool,
) -> dict[str, int]:
    """Return the columns with those that single words of their headers tell."""
    columns = dict(found)
    for field, places in likely_places(_labels(sheet), columns):
        if field in columns or (field == "profit" and is_closed):
            continue
        used = set(columns.values())
        fit = (at for at in places if at not in used and _fits(sheet, rows, at, field))
        at = next(fit, -1)
        if at >= 0:
            columns[field] = at
    return columns


def _fits(sheet: StatementSheet, rows: Sequence[Sequence[str]], at: int, field: str) -> bool:
    """Return whether a column holds what a field does, as far as its rows say anything."""
    fits = _FITS.get(field)
    if fits is None or not rows:
        return True
    if field == "side":
        if sheet.names[at] in TELLING_HEADERS and are_few_words(rows, at):
            return True
        rows = [row for row in rows if row[at].strip().lower() not in NOT_TRADES]
    return holds(rows, at, fits)


def _is_symbol(cell: str) -> bool:
    try:
        instruments.market(cell, 0, "either", "USD")
    except Unreadable:
        return not is_figure(cell) and len(cell) < 40  # noqa: PLR2004 -- a name, not a text
    return True


_FITS: dict[str, Fits] = {
    **dict.fromkeys(("time", "exit_time"), is_date),
    **dict.fromkeys(("quantity", "price", "exit_price", "total", "fee", "profit"), is_figure),
    **dict.fromkeys(("contract_size", "received", "sent"), is_figure),
    "side": is_side,
    "symbol": _is_symbol,
    **dict.fromkeys(("fee_currency", "quote", "received_currency", "sent_currency"), is_currency),
}


def _is_signed(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> bool:
    """Return whether the quantity's sign is the side, where no word says it.

    Some quantities are below zero, or every total is and no quantity: what was bought is money
    that left.
    """
    if "side" in columns or "quantity" not in columns:
        return False
    if any(map(_is_below_zero, (row[columns["quantity"]] for row in rows))):
        return True
    totals = [row[columns["total"]] for row in rows] if "total" in columns else []
    return bool(totals) and all(map(_is_below_zero, totals))


def _is_below_zero(cell: str) -> bool:
    return cell.strip().startswith(("-", "\u2212", "("))


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
        if hours and at != place and holds(rows, at, dates.has_time):
            joined = (refs[0], ColumnRef((_reference(sheet, at),)))
            return {**columns, "time": joined}
    return columns


def _reference(sheet: StatementSheet, at: int) -> str:
    """Return how a column is named: with its number where its name stands more than once."""
    name = sheet.names[at]
    if sheet.names.count(name) < 2:  # noqa: PLR2004 -- more than once
        return name
    return f"{name}#{sheet.names[: at + 1].count(name)}"


def _with_currency(
    columns: Columns, sheet: StatementSheet, rows: Sequence[Sequence[str]]
) -> Columns:
    """Return the columns with the unnamed one behind a price or a fee that holds its currency."""
    found = dict(columns)
    for field, of in (("quote", "price"), ("fee_currency", "fee")):
        refs = columns.get(of)
        place = place_of(refs[0], sheet.names) + 1 if refs else len(sheet.names)
        unnamed = place < len(sheet.names) and not sheet.names[place]
        if refs and field not in found and unnamed and holds(rows, place, is_currency):
            found[field] = (ColumnRef((f"{refs[0].names[0]}+1",)),)
    return found


def _proved(mapping: StatementMapping, sheet: StatementSheet) -> StatementMapping:
    """Return the mapping with what its total or its profit repeats, as the most rows confirm it.

    Where fees are too small to be seen in most rows, several readings confirm those. Where `1,234`
    in the file can be two numbers, either reading may be the one that is confirmed.
    """
    field: Literal["total", "profit"] = "profit" if mapping.kind == "closed" else "total"
    if field not in mapping.columns or "price" not in mapping.columns:
        return mapping
    order = replace(mapping, orders=_one_order(mapping, sheet))
    for reading in (order, replace(order, decimal="."), replace(order, decimal=",")):
        blank, *meanings = _MEANINGS[field]
        all_rows = _read(replace(reading, **{field: blank}), sheet)
        if not all_rows:
            continue
        counts = {one: _read(replace(reading, **{field: one}), sheet) for one in meanings}
        best = max(meanings, key=counts.__getitem__)
        if counts[best] >= MOST_OF_THEM * all_rows:
            return replace(mapping, **{field: best})
    return replace(mapping, **{field: _MEANINGS[field][0]})


def _one_order(mapping: StatementMapping, sheet: StatementSheet) -> tuple[dates.DateOrder, ...]:
    return prove(replace(mapping, total="unproved"), sheet).mapping.orders


def _read(mapping: StatementMapping, sheet: StatementSheet) -> int:
    quoted = mapping if mapping.quote else replace(mapping, quote="USD")
    most = PROVED_ROWS if mapping.kind == "fill" else 2 * PROVED_ROWS
    return sum(isinstance(row, Fill) for row in first_rows(quoted, sheet, most))
