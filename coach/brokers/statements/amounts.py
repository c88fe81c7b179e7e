"""Numbers as statements print them, read exactly or not at all.

`1,234.5`, `1.234,56 €`, `-€15.75`, `Kč16233.43`, `(12.50)`, `2.7535e-7`. A lone separator before
exactly three digits (`1,234`) can mean two numbers a thousandfold apart: which one, `Mark` says,
and where it cannot the cell is unreadable.
"""

import re
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Literal

from coach.brokers import bounds
from coach.brokers.bounds import RANGE, in_range
from coach.brokers.statements.unreadable import Unreadable, expected

Mark = Literal["dot", "comma", "strict"]
"""What a file writes: a decimal dot and perhaps thousands commas (`dot`), a decimal comma
(`comma`), or a decimal dot where `1,234` is refused because nobody said what it means (`strict`).
"""

ZERO = Decimal(0)
CENT = Decimal("0.01")
SMALLEST, LARGEST = bounds.SMALLEST, bounds.LARGEST
LONGEST = 64

EXACT = Context(prec=400, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])

_WORDS = "% K M B T MM BN MN MIO MRD MLN MLD TSD CR MILLION BILLION THOUSAND LAKH CRORE"
_SIGNS_OF_EAST = "\u5343\u4e07\u842c\u5104\u4ebf\ub9cc\uc5b5"
MAGNITUDES = frozenset((*_WORDS.split(), "\u2030", *_SIGNS_OF_EAST))
"""What behind a figure makes another amount of it: `1.5K` is not exact, and not 1.5."""

is_plain = re.compile(r"-?[0-9]{1,24}(?:\.[0-9]{1,30})?").fullmatch
"""Match a number as a program prints it: digits, perhaps with a dot."""
_SIGNED = re.compile(r"(-?)[^\d\s.,()+%\u2030-]{1,4}([0-9]{1,24}(?:\.[0-9]{1,30})?)")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?P<body>[0-9][0-9.,'\u2019 ]*|[.,][0-9]+)(?P<exponent>[eE][-+]?[0-9]{1,3})?"
)
_GROUPED = re.compile(r"[0-9]{1,3}([.,'\u2019 ])[0-9]{3}(?:\1[0-9]{3})*")
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_AFFIXES = re.compile(
    r"(?P<open>\(?)(?P<outer>[-+]?)\s*(?:[^\W\d_]{2,4}\.|[^\d.,()+-]{0,5}?)\s*"
    r"(?P<number>[-+]?(?:[0-9]|(?<![^\W\d_])[.,]).*?)\s*(?:[^\W\d_]{2,4}\.|[^\d.,()+-]{0,5})(?P<close>\)?)"
)
_LONE = {(".", "dot"): ".", (".", "strict"): ".", (",", "comma"): ",", (",", "dot"): ""}
_SIGNS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})


def number(text: str, where: int, mark: Mark = "dot") -> Decimal:
    """Read a bare number."""
    if mark != "comma" and is_plain(text):
        return Decimal(text)
    return _read(text.translate(_SIGNS).strip(), text, where, mark)


def money(text: str, where: int, mark: Mark = "dot") -> Decimal | None:
    """Read an amount that may carry a currency on either side; an empty cell is None."""
    text = text.strip()
    if not text:
        return None
    if mark != "comma":
        if is_plain(text):
            return Decimal(text)
        if match := _SIGNED.fullmatch(text):
            return Decimal(match[1] + match[2])
    match = _AFFIXES.fullmatch(text.translate(_SIGNS)) if len(text) <= LONGEST else None
    if not match or bool(match["open"]) != bool(match["close"]):
        raise expected(where, "an amount", text)
    if is_magnitude(text[: match.start("number")]) or is_magnitude(text[match.end("number") :]):
        raise expected(where, "an exact amount", text)
    value = _read(match["number"], text, where, mark)
    if match["outer"] and match["number"][0] in "+-":
        raise expected(where, "an amount", text)
    return EXACT.minus(value) if match["open"] or match["outer"] == "-" else value


def is_magnitude(word: str) -> bool:
    """Say whether a word beside a figure multiplies it, as `K`, `Mio.` and `%` do."""
    return any(part.strip("()+-.").upper() in MAGNITUDES for part in word.split())


def above_zero(value: Decimal, where: int, what: str) -> Decimal:
    """Return a quantity or price that a trade can have."""
    if value <= ZERO:
        raise Unreadable(where, f"expected a {what} above zero, found {value:f}")
    return bounded(value, where, what)


def bounded(value: Decimal, where: int, what: str) -> Decimal:
    """Return a number that some market has; what is worked out from good cells may be none."""
    if not in_range(value):
        raise Unreadable(where, f"expected a {what} {RANGE}, found {value:.3e}")
    return value


def _read(text: str, cell: str, where: int, mark: Mark) -> Decimal:
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if not match:
        raise expected(where, "a number", cell)
    body = _plain(match["body"], cell, where, mark)
    value = Decimal(match["sign"] + body + (match["exponent"] or ""))
    if not value:
        return ZERO
    if not SMALLEST <= abs(value) < LARGEST:
        raise expected(where, f"a number {RANGE}", cell)
    return value


def _plain(body: str, cell: str, where: int, mark: Mark) -> str:
    separator = _decimal_separator(body, cell, where, mark)
    whole, _, fraction = body.rpartition(separator) if separator else (body, "", "")
    if whole and not whole.isdigit():
        if not _GROUPED.fullmatch(whole) or (separator and separator in whole):
            raise expected(where, "a number", cell)
        whole = re.sub(r"[^0-9]", "", whole)
    if fraction and not fraction.isdigit():
        raise expected(where, "a number", cell)
    return f"{whole or '0'}.{fraction or '0'}" if separator else whole


def _decimal_separator(body: str, cell: str, where: int, mark: Mark) -> str:
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    if dots + commas != 1:
        return ""
    separator = "." if dots else ","
    if not _EITHER.fullmatch(body):
        return separator
    meaning = _LONE.get((separator, mark))
    if meaning is None:
        raise expected(where, "a number with a clear decimal sign", cell)
    return meaning
