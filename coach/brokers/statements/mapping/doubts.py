"""What the rows of a person's file may mean and nothing in it says, each a question.

Rows that are probably no trades (`Funding` beside `Trade`), pairs that are probably written
backwards (`USDT-BTC`), fees that are probably in the coin that was bought.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.statements import pairs
from coach.brokers.statements.mapping import figures, instruments
from coach.brokers.statements.mapping.closed_trades import STATE_MONEY, money_rank
from coach.brokers.statements.mapping.layout import StatementMapping
from coach.brokers.statements.mapping.questions import MappingQuestion
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.unreadable import Unreadable

Rows = Sequence[Sequence[str]]

_NOT_TRADES = (
    "deposit|deposits|withdrawal|withdrawals|withdraw|transfer|transfers|transfer in"
    "|transfer out|funding|funding fee|funding_fee|settlement|interest|dividend|dividends"
    "|reward|rewards|staking|staking reward|airdrop|rebate|rollover|balance|credit|send|sent"
    "|receive|received|fee|fees|tax|withholding tax|cancelled|canceled|rejected|expired"
    "|pending|failed|unfilled|closedlot|closed lot|closed_lot|symbol_summary|subtotal|total"
)
NOT_TRADES = frozenset(_NOT_TRADES.split("|"))
"""Words for rows that are no trades, wherever an export has them."""
_EXECUTIONS = frozenset(("trade", "trades", "execution", "executions", "fill"))
NOTHING_LEFT_OUT = "none"
MOST_WORDS = 12
_LEAST_RATE, _LARGEST_RATE = Decimal("0.00005"), Decimal("0.02")
_MOST_APART = 3
_SHORTEST_PAIR, _LONGEST_PAIR, _SHORTEST_BASE = 6, 14, 3
_STABLE_PAIR = re.compile(r"[A-Z0-9$]{1,12}(?:USDT|USDC|FDUSD|BUSD|TUSD)(?:[._-]?P(?:ERP)?)?")


class _FeeRates(NamedTuple):
    """A fee as a share of the quantity and of the money of its row."""

    is_buy: bool
    of_quantity: Decimal
    of_value: Decimal


def doubts(
    mapping: StatementMapping, sheet: StatementSheet, rows: Rows
) -> Iterator[MappingQuestion]:
    """Yield what is to ask about the rows of a person's file."""
    yield from _rows_to_ask(mapping, sheet, rows)
    yield from _fee_to_ask(mapping, sheet, rows)
    symbol = (mapping.places(sheet.names) or {}).get("symbol")
    if symbol:
        yield from _form_to_ask(mapping, [figures.bare(row[symbol[0]]) for row in rows])


def _rows_to_ask(
    mapping: StatementMapping, sheet: StatementSheet, rows: Rows
) -> Iterator[MappingQuestion]:
    """Yield a question for each column whose words say that some rows are no trades."""
    places = mapping.places(sheet.names) or {}
    read = {at for field, several in places.items() for at in several if field != "side"}
    for at, name in enumerate(sheet.names):
        if at in read or not name:
            continue
        words = {" ".join(figures.bare(row[at]).lower().split()) for row in rows} - {""}
        known = {word for rule in mapping.rules if name in rule.column.names for word in rule.words}
        if len(words) > MOST_WORDS or NOTHING_LEFT_OUT in known:
            continue
        strange = words & NOT_TRADES
        if words & _EXECUTIONS:
            strange |= words & {"order", "orders"}
        if strange := strange - known:
            listed = ",".join(sorted(strange))
            text = f"rows say {listed!r} under {sheet.label(at)!r}: which of them are no trades?"
            yield MappingQuestion("rows", text, (listed, NOTHING_LEFT_OUT), name)


def _form_to_ask(mapping: StatementMapping, symbols: Sequence[str]) -> Iterator[MappingQuestion]:
    """Yield the question how pairs are written, where that is not clear from them."""
    if mapping.form != "either":
        return
    for text in symbols:
        if glued := _glued(text):
            base, quote = glued
            words = f"is {text!r} {base} priced in {quote} (glued), or one thing's name (name)?"
            yield MappingQuestion("symbol_form", words, ("glued", "name"))
            return
        try:
            base, quote = instruments.market(text, 0, "pair", "")
        except Unreadable:
            continue
        if money_rank(base) < money_rank(quote) and quote not in STATE_MONEY:
            words = f"is {text!r} {quote} priced in {base} (reversed), or {base} priced in {quote}?"
            yield MappingQuestion("symbol_form", words, ("reversed", "pair"))
            return


def are_surely_glued(symbols: Sequence[str]) -> bool:
    """Return whether all symbols end in a coin that stands for dollars, as no share's name does."""
    named = [figures.bare(symbol).upper() for symbol in symbols if symbol.strip()]
    return bool(named) and all(map(_STABLE_PAIR.fullmatch, named))


def _glued(text: str) -> tuple[str, str] | None:
    """Return what a name without a sign would be as a pair (`BTCEUR`), or None."""
    name = figures.bare(text).upper()
    if not _SHORTEST_PAIR <= len(name) <= _LONGEST_PAIR or not name.isalnum():
        return None
    quote = next((one for one in pairs.QUOTES if name.endswith(one)), "")
    base = name.removesuffix(quote)
    return (base, quote) if quote and len(base) >= _SHORTEST_BASE else None


def _fee_to_ask(
    mapping: StatementMapping, sheet: StatementSheet, rows: Rows
) -> Iterator[MappingQuestion]:
    """Yield the question in which coin fees are, where they look like a share of what was bought.

    A total that holds the fee has proved that it is in the quote; a coin behind the fee says it.
    """
    places = mapping.places(sheet.names) or {}
    needed = {"fee", "quantity", "price", "side", "symbol"} <= set(places)
    if not needed or "fee_currency" in places or mapping.fee_currency or mapping.total == "moved":
        return
    found = [one for row in rows if (one := _rates(mapping, places, row)) is not None]
    sold = [one.of_value for one in found if not one.is_buy]
    bought = [one for one in found if one.is_buy]
    if bought and _are_alike([one.of_quantity for one in bought], sold):
        text = "in which coin are its fees? they fit a share of what was received"
        yield MappingQuestion("fee_currency", text, ("received", "quote", "base"))


def _rates(
    mapping: StatementMapping, places: dict[str, tuple[int, ...]], row: Sequence[str]
) -> _FeeRates | None:
    """Return the fee of a row as shares; None where it has none or names its own coin."""
    try:
        pairs.joined(figures.bare(row[places["symbol"][0]]), 0)
        cells = (
            figures.figure(row[places[name][0]], 0, "dot") for name in ("quantity", "price", "fee")
        )
        (size, _), (price, _), (fee, coin) = cells
    except Unreadable:
        return None
    word = figures.bare(row[places["side"][0]])
    side = mapping.side_of(word) or known_side(word)
    if not size or not price or not fee or coin or side is None:
        return None
    paid, quantity = abs(fee), abs(size)
    return _FeeRates(side == "buy", paid / quantity, paid / (quantity * abs(price)))


def _are_alike(bought: Sequence[Decimal], sold: Sequence[Decimal]) -> bool:
    """Return whether all rates are such as exchanges charge, and of one size."""
    rates = [*bought, *sold]
    usual = all(_LEAST_RATE <= rate <= _LARGEST_RATE for rate in rates)
    return usual and max(rates) <= _MOST_APART * min(rates)
