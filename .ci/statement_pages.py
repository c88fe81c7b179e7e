"""Writes the tables of docs/statements/*.md, one for each format, from what reads it.

python .ci/statement_pages.py

A table stands below each heading that ends in a format's name, as in (`binance-futures`).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from coach.brokers.statements import clocks
from coach.brokers.statements.mapping.dates import ORDER_WORDS
from coach.brokers.statements.mapping.layout import ColumnRef, StatementMapping
from coach.brokers.statements.mapping.shelf import shipped
from coach.brokers.statements.sniffer import every
from coach.brokers.statements.statement import Format

PAGES = Path(__file__).parents[1] / "docs" / "statements"
HEAD = "| what | in the file |\n|---|---|\n"
NAMED = re.compile(r"^## .*\(`(?P<name>[a-z0-9-]+)`\)$", re.MULTILINE)
TABLE = re.compile(r"\| what \| in the file \|\n(?:\|.*\n)+")
OF_ROWS = {"fill": "an execution", "closed": "a closed trade", "swap": "an exchange of two coins"}
CLOCK = "of the cells, the header, the lines above it or the file's name; else asked"
ASKED = ": asked where the file leaves it open"
FEES = {
    "charge": "above zero is a charge, below zero a rebate",
    "credit": "below zero is a charge, above zero a rebate",
    "absolute": "a charge, whatever its sign",
}
COINS = {
    "received": "in the coin that was received",
    "received of pairs": "for pairs in the coin that was received, else in the quote",
    "quote": "in the quote",
    "base": "in the base",
}
TOTALS = {
    "value": "price times quantity",
    "moved": "price times quantity with the fee",
    "either": "price times quantity, with or without the fee",
}
SEEN = {"real": "real files", "parser": "another program", "example": "made-up examples"}
SYMBOLS = {
    "pair": "pairs, `BTC-EUR`",
    "pair reversed": "pairs with the quote first",
    "glued": "pairs without a sign, `BTCEUR`",
    "glued reversed": "pairs without a sign, the quote first",
    "instrument": "one thing's name, `AAPL` or `ESZ25`",
    "either": "pairs, or one thing's name",
}


def page(text: str) -> str:
    """Return a page with the table of each format that it names."""
    parts = re.split(r"(?m)^(?=## )", text)
    return "".join(map(_with_table, parts))


def _with_table(part: str) -> str:
    named = NAMED.match(part)
    if named is None:
        return part
    table = HEAD + "".join(f"| {what} | {said} |\n" for what, said in rows(named["name"]))
    body = TABLE.sub("", part[named.end() :]).strip()
    return f"{named[0]}\n\n{body}\n\n{table}\n" if body else f"{named[0]}\n\n{table}\n"


def rows(name: str) -> Iterator[tuple[str, str]]:
    """Yield what a table says of a format."""
    if name in every():
        yield from _rows_of_format(every()[name])
    else:
        (mapping,) = (one for one in shipped() if one.name == name)
        yield from _rows_of_mapping(mapping)


def _rows_of_format(format_: Format) -> Iterator[tuple[str, str]]:
    yield "columns", ", ".join(f"`{name}`" for name in format_.required)
    zone = format_.documented_zone
    yield "clock", clocks.name_of(zone) if zone else CLOCK
    held = ", ".join(f"`{one.column}`" for one in format_.redundant)
    yield "held against the others", held or format_.nothing_redundant


def _rows_of_mapping(mapping: StatementMapping) -> Iterator[tuple[str, str]]:
    yield "a row is", OF_ROWS[mapping.kind]
    for field, refs in mapping.columns.items():
        yield field.replace("_", " "), " and ".join(map(_column, refs))
    if further := [f"`{name}`" for name in mapping.requires]:
        yield "known by", ", ".join(further)
    yield "clock", mapping.zone or _clock(mapping)
    words = " or ".join(ORDER_WORDS[order] for order in mapping.orders)
    yield "dates", words + (ASKED if len(mapping.orders) > 1 else "")
    if mapping.kind != "swap":
        yield "symbols", "an ISIN" if "isin" in _names(mapping) else SYMBOLS[mapping.form]
        yield "prices", _prices(mapping)
        yield "side", _side(mapping)
    yield "fees", _fees(mapping)
    for rule in mapping.rules:
        listed = ", ".join(f"`{word}`" if word else "nothing" for word in rule.words)
        yield ("rows read" if rule.keep else "rows left out"), f"{_column(rule.column)}: {listed}"
    if "total" in mapping.columns and mapping.kind == "fill" and mapping.total in TOTALS:
        yield "held against the total", TOTALS[mapping.total]
    if mapping.profit:
        yield "held against the profit", f"the two prices, {mapping.profit} of fees"
    if mapping.note:
        yield "coach says", mapping.note
    yield "seen in", SEEN[mapping.seen]


def _clock(mapping: StatementMapping) -> str:
    if "zone" in mapping.columns:
        return "of each row"
    return CLOCK


def _names(mapping: StatementMapping) -> set[str]:
    return {name for ref in mapping.columns.get("symbol", ()) for name in ref.names}


def _prices(mapping: StatementMapping) -> str:
    if "quote" in mapping.columns:
        return "in the currency of its column"
    if mapping.quote:
        return f"in the pair's quote; of a name alone in {mapping.quote}"
    return "in the pair's quote; asked where a symbol has none"


def _side(mapping: StatementMapping) -> str:
    if mapping.signed:
        return "the sign of the quantity: below zero is a sale"
    if mapping.buy:
        words = (", ".join(f"`{word}`" for word in group) for group in (mapping.buy, mapping.sell))
        return "{} buy; {} sell".format(*words)
    return "long or short, of the entry" if mapping.kind == "closed" else "the usual words"


def _fees(mapping: StatementMapping) -> str:
    if "fee" not in mapping.columns:
        return "none in the file"
    named = "in the coin of its column" if "fee_currency" in mapping.columns else ""
    rule = mapping.fee_currency
    coin = named or COINS.get(rule, f"in {rule}" if rule else "in the quote, or a coin behind them")
    return f"{FEES[mapping.fee_sign]}; {coin}"


def _column(ref: ColumnRef) -> str:
    return " or ".join(map(_named, ref.names)) + (" (may be missing)" if ref.optional else "")


def _named(name: str) -> str:
    stem, sign, number = name.rpartition("+")
    if sign and number.isdigit():
        return f"the one behind `{stem}`"
    stem, sign, number = name.rpartition("#")
    if sign and number.isdigit():
        return f"column {number} called `{stem}`"
    return f"`{name}`"


if __name__ == "__main__":
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
