"""A mapping is proved on every file before anything of it is stored.

All dates are read under one order; where day first and month first both fit, a person is asked.
Price x quantity against the total tells the sign before the fraction and whether the columns are
what the mapping says. What the file leaves open is returned as questions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import islice
from typing import NamedTuple

from coach.brokers.base import Row
from coach.brokers.statements.mapping import dates, doubts, figures, instruments
from coach.brokers.statements.mapping.dates import ORDER_WORDS, ORDERS, DateOrder
from coach.brokers.statements.mapping.layout import StatementMapping, place_of
from coach.brokers.statements.mapping.questions import MappingQuestion
from coach.brokers.statements.mapping.rows import no_row_of_a_table, read_mapped
from coach.brokers.statements.mapping.side_words import side_in
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.records import ENDLESS
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.unreadable import Unreadable, shown
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

PROVED_ROWS = 400
FEWEST_THAT_PROVE = 3
MOST_DATES = 20_000
"""Different days; a column with more is no column of dates."""


class Proof(NamedTuple):
    """A mapping settled for one file, what is left to ask, and why it does not fit, if so."""

    mapping: StatementMapping
    questions: tuple[MappingQuestion, ...] = ()
    refusal: str = ""


def prove(mapping: StatementMapping, sheet: StatementSheet) -> Proof:
    """Return a mapping as it reads this file."""
    orders, refusal = _orders(mapping, sheet)
    if refusal:
        return Proof(mapping, refusal=refusal)
    questions: list[MappingQuestion] = []
    if len(orders) > 1:
        choices = tuple(order for order in ORDERS if order in orders)
        words = " or ".join(ORDER_WORDS[order] for order in choices)
        questions.append(MappingQuestion("date_order", f"its dates can be read {words}", choices))
    settled = replace(mapping, orders=(_first(orders),))
    settled, unclear = _decimal_settled(settled, sheet)
    questions += unclear
    questions += _words_to_ask(settled, sheet)
    if not questions and (trouble := _disagreement(settled, sheet)):
        return Proof(settled, refusal=trouble)
    return Proof(settled, tuple(questions))


def trades(sheet: StatementSheet, mapping: StatementMapping, most: int) -> Iterator[list[str]]:
    """Yield the first rows that are no blank lines, no totals, and that the mapping keeps."""
    rules = [(place_of(rule.column, sheet.names), rule) for rule in mapping.rules]
    found = 0
    for _, row in sheet.records():
        if row is ENDLESS or no_row_of_a_table(row, sheet) is not None:
            continue
        if len(row) > len(sheet.names) + 1:
            continue
        if all(place < 0 or rule.takes(row[place]) for place, rule in rules):
            yield row
            found += 1
            if found == most:
                return


def first_rows(mapping: StatementMapping, sheet: StatementSheet, most: int) -> list[Row]:
    """Return the first rows as they would be read; times without a zone as if they were UTC."""
    on_utc = replace(sheet, zone=sheet.zone or UTC)
    return list(islice(read_mapped(mapping, on_utc, Notices()), most))


def _first(orders: Sequence[DateOrder] | frozenset[DateOrder]) -> DateOrder:
    return next((order for order in ORDERS if order in orders), "ymd")


def _orders(mapping: StatementMapping, sheet: StatementSheet) -> tuple[frozenset[DateOrder], str]:
    """Return the orders that all dates of the file allow, or why none does."""
    allowed = frozenset(mapping.orders or ORDERS)
    places = mapping.places(sheet.names) or {}
    columns = [places[name] for name in ("time", "exit_time") if name in places]
    known: dict[str, frozenset[DateOrder]] = {}
    misread, looked_at = "", 0
    whole = len(allowed) > 1 or mapping.seen == "own"
    for row in trades(sheet, mapping, -1 if whole else PROVED_ROWS):
        for column in columns:
            text = " ".join(figures.bare(row[place]) for place in column).strip()
            day = dates.day_of(text)
            if not known.get(day) and len(known) < MOST_DATES:
                known[day] = dates.orders_of(text)
                looked_at += 1
                if not known[day]:
                    misread = misread or text
                elif allowed & known[day]:
                    allowed = _narrowed(allowed, known[day], mapping)
                elif known[day] == _YEAR_FIRST and "ymd" in mapping.orders:
                    continue
                else:
                    what = f"no one form of date fits all rows: {shown(text)} is another"
                    return allowed, what
    if looked_at and misread and all(not one for one in known.values()):
        return allowed, f"{shown(misread)} is no date"
    if not looked_at:
        return frozenset((_first(allowed),)), ""
    if all(one == _YEAR_FIRST for one in known.values() if one):
        return _YEAR_FIRST, ""
    return _told_apart(allowed, known), ""


_YEAR_FIRST: frozenset[DateOrder] = frozenset(("ymd",))


def _narrowed(
    allowed: frozenset[DateOrder], of_cell: frozenset[DateOrder], mapping: StatementMapping
) -> frozenset[DateOrder]:
    """Return what a cell leaves of the orders.

    A product that writes both `2024-05-16` and `16.05.2024` says so by its orders, and the former
    cannot be misread.
    """
    both = of_cell == _YEAR_FIRST and "ymd" in mapping.orders and len(allowed) > 1
    return allowed if both else allowed & of_cell


def _told_apart(
    allowed: frozenset[DateOrder], known: dict[str, frozenset[DateOrder]]
) -> frozenset[DateOrder]:
    """Return one order where the names of months make all the same."""
    if any(sign.isalpha() for day in known for sign in day.replace("T", "")):
        return frozenset((_first(allowed),))
    return allowed


def _decimal_settled(
    mapping: StatementMapping, sheet: StatementSheet
) -> tuple[StatementMapping, list[MappingQuestion]]:
    """Return the mapping with the sign before the fraction, or the question which it is."""
    if mapping.decimal or not _has_unclear_figure(mapping, sheet):
        return mapping, []
    score = {mark: _counts(replace(mapping, decimal=mark), sheet) for mark in (".", ",")}  # type: dict[str, tuple[int, int]]
    provable = "total" in (mapping.places(sheet.names) or {}) and mapping.total != "unproved"
    best = max(score, key=lambda mark: score[mark][0])
    other = "," if best == "." else "."
    if provable and score[best][0] > score[other][0]:
        return replace(mapping, decimal="." if best == "." else ","), []
    text = "1,234 or 1.234 in it can mean two numbers: is its decimal sign a dot or a comma?"
    return mapping, [MappingQuestion("decimal", text, (".", ","))]


def _has_unclear_figure(mapping: StatementMapping, sheet: StatementSheet) -> bool:
    """Return whether nothing in the file says what its lone separators before three digits are."""
    rows = first_rows(mapping, sheet, PROVED_ROWS)
    return any(isinstance(row, SkippedRow) and "clear decimal sign" in row.reason for row in rows)


def _counts(mapping: StatementMapping, sheet: StatementSheet) -> tuple[int, int]:
    """Return how many of the first rows are read, and how many contradict themselves."""
    rows = first_rows(mapping, sheet, PROVED_ROWS)
    read = sum(isinstance(row, Fill) for row in rows)
    return read, sum(isinstance(row, SkippedRow) and "x quantity" in row.reason for row in rows)


def _disagreement(mapping: StatementMapping, sheet: StatementSheet) -> str:
    """Return why the mapping cannot be right for this file, or nothing."""
    read, wrong = _counts(mapping, sheet)
    if wrong < FEWEST_THAT_PROVE or wrong <= read:
        return ""
    return f"price x quantity does not give the total in {wrong} of {read + wrong} rows"


def _words_to_ask(mapping: StatementMapping, sheet: StatementSheet) -> list[MappingQuestion]:
    rows = list(trades(sheet, mapping, PROVED_ROWS))
    if mapping.kind == "swap":
        return _currency_to_ask(mapping, sheet, rows)
    places = mapping.places(sheet.names) or {}
    questions = list(doubts.doubts(mapping, sheet, rows)) if mapping.seen == "own" else []
    if all(question.kind != "symbol_form" for question in questions):
        questions += _currency_to_ask(mapping, sheet, rows)
    if mapping.seen == "own" and "side" in places and not mapping.signed:
        questions += _sides_to_ask(mapping, {row[places["side"][0]] for row in rows})
    if "symbol" in places and "contract_size" not in places:
        symbols = {figures.bare(row[places["symbol"][0]]) for row in rows}
        questions += _sizes_to_ask(mapping, symbols)
    return questions


def _sizes_to_ask(mapping: StatementMapping, symbols: set[str]) -> list[MappingQuestion]:
    if mapping.lots:
        lots = [one for one in symbols if not instruments.size_of_lot(one, mapping.contracts)]
        return [
            MappingQuestion("contract_size", f"how many units is one lot of {name}?", about=name)
            for name in sorted(lots)
        ]
    unknown = (one for one in symbols if instruments.size_of(one, mapping.contracts) is None)
    return [
        MappingQuestion("contract_size", f"how many units is one contract of {root}?", about=root)
        for root in sorted(set(map(instruments.root_of, unknown)))
    ]


def _sides_to_ask(mapping: StatementMapping, cells: set[str]) -> list[MappingQuestion]:
    positions = ("long", "short") if mapping.kind == "closed" else ()
    cleaned = {" ".join(cell.lower().split()) for cell in cells if cell.strip()}
    words = sorted(cleaned - doubts.NOT_TRADES)
    unknown = [word for word in words if side_in(mapping, word) is None and word not in positions]
    return [
        MappingQuestion("side_words", f"does {word!r} buy or sell?", ("buy", "sell"), word)
        for word in unknown[:10]
    ]


def _currency_to_ask(
    mapping: StatementMapping, sheet: StatementSheet, rows: list[list[str]]
) -> list[MappingQuestion]:
    places = mapping.places(sheet.names) or {}
    if mapping.kind == "swap" or mapping.quote or "quote" in places or "symbol" not in places:
        return []
    place = places["symbol"][0]
    for row in rows:
        try:
            instruments.market(row[place], place, mapping.form, "")
        except Unreadable:
            name = figures.bare(row[place])
            text = f"in which currency are the prices of {shown(name)} and the like?"
            return [MappingQuestion("quote", text)]
    return []
