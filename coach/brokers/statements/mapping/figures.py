"""Figures of any export: with a sign in front, a ticker glued behind, a dash for nothing."""

import re
from decimal import Decimal

from coach.brokers.statements import amounts, pairs
from coach.brokers.statements.amounts import EXACT, Mark
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.coins import coin_name, folded

Figure = tuple[Decimal | None, str]
"""A number and the ticker that was glued to it; None where the cell says that there is none."""

JUNK = "\t '\"=\ufeff"
"""What exports put around cells: tabs, apostrophes, a spreadsheet's `="..."`."""

_NOTHING = frozenset(("n/a", "null", "none"))
_DASHES = frozenset("-\u2014")
_SIGN = re.compile(r"(?P<sign>[-+\u2212]?)\s*@?(?P<rest>.*)", re.DOTALL)
_BRACKETED = re.compile(r"(?P<unit>[^\d.,()+-]{0,5})\((?P<inside>[^()]*)\)")
_CODE_FIRST = re.compile(r"(?P<code>[A-Za-z]{3,5})\s?(?P<number>[0-9].*)")
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₿": "BTC", "KČ": "CZK"}


def figure(text: str, where: int, mark: Mark, tickers: tuple[str, ...] = ()) -> Figure:
    """Read a figure; `tickers` are the coins that may be glued to it."""
    if mark != "comma" and (plain := _plain(text, tickers)):
        return plain
    cell = text.strip().strip(JUNK)
    if _is_nothing(cell):
        return None, ""
    if bracketed := _BRACKETED.fullmatch(cell):
        inside, unit = bracketed["inside"], bracketed["unit"].strip()
        value, ticker = figure(inside, where, mark, tickers)
        if value is None:
            raise expected(where, "an amount", text)
        return EXACT.minus(value.copy_abs()), ticker or SYMBOLS.get(unit.upper(), "")
    signed = _SIGN.fullmatch(cell)
    if signed is None:
        raise expected(where, "an amount", text)
    value, ticker = _unsigned(signed["rest"], text, where, (mark, tickers))
    return (EXACT.minus(value) if signed["sign"] in {"-", "\u2212"} else value), ticker


def _plain(text: str, tickers: tuple[str, ...]) -> Figure | None:
    """Read a number as a program prints it, perhaps with a coin behind; None for any other."""
    if amounts.is_plain(text):
        return Decimal(text), ""
    for ticker in tickers:
        number = text.removesuffix(ticker).rstrip(" ")
        if number != text and ticker and amounts.is_plain(number):
            return Decimal(number), ticker
    return None


def _unsigned(
    body: str, text: str, where: int, known: tuple[Mark, tuple[str, ...]]
) -> tuple[Decimal, str]:
    mark, tickers = known
    number, ticker = pairs.unglued(body, tickers) if body[:1].isdigit() else (body, "")
    if ticker not in tickers and amounts.is_magnitude(ticker):
        raise expected(where, "an exact amount", text)
    if coded := _CODE_FIRST.fullmatch(number):
        number, ticker = coded["number"], coded["code"].upper()
    value = amounts.money(number, where, mark)
    if value is None:
        raise expected(where, "an amount", text)
    return value, ticker or _sign_of_money(body)


def _sign_of_money(body: str) -> str:
    text = folded(body)
    return next((code for sign, code in SYMBOLS.items() if sign in text), "")


def _is_nothing(cell: str) -> bool:
    return set(cell) <= _DASHES or cell.lower() in _NOTHING


def bare(text: str) -> str:
    """Return a cell without what exports put around it."""
    return text.strip().strip(JUNK).strip()


def unit_of(text: str, where: int) -> str:
    """Read a coin's name, also where it is glued to an amount (`1.5 ETH`, `$20`)."""
    cell = bare(text)
    if not re.search(r"[0-9]", cell) or coin_name(cell):
        return currency(cell, where)
    try:
        return figure(cell, where, "dot")[1] or cell
    except Unreadable:
        return cell


def currency(text: str, where: int) -> str:
    """Read a currency's or coin's name, or its sign (`$`); empty where the cell is."""
    cell = bare(text)
    if _is_nothing(cell):
        return ""
    name = SYMBOLS.get(folded(cell)) or coin_name(re.split(r"[;(]", cell)[0])
    if not name:
        raise expected(where, "a currency such as EUR", text)
    return name
