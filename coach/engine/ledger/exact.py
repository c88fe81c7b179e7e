"""Arithmetic that never rounds in silence.

Python's default context keeps 28 digits and drops the rest without a word. Here sums and
products are exact: should one ever need more than 2,000 digits it raises `decimal.Inexact`.
A quotient is kept to 100 digits, its last one sticky (`ROUND_05UP`), so that rounding it once
more, for a reader, gives what rounding the true quotient would have given.

The contexts are passed by hand: the thread's own context is neither read nor changed.
"""

from decimal import (
    ROUND_05UP,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

ZERO = Decimal(0)
SMALLEST_PRINTED = Decimal("1E-18")

_EXACT = Context(prec=2_000, traps=[Inexact, InvalidOperation, Overflow])
_QUOTIENT = Context(prec=100, rounding=ROUND_05UP, traps=[DivisionByZero, InvalidOperation])
_PRINTED = Context(prec=2_000, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])

add = _EXACT.add
subtract = _EXACT.subtract
negated = _EXACT.minus
multiply = _EXACT.multiply
quotient = _QUOTIENT.divide
_normalize = _EXACT.normalize
_quantize = _PRINTED.quantize


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return the part of the amount that falls to `part` of `whole`."""
    if part == whole or not amount:
        return amount
    return quotient(multiply(amount, part), whole)


def scaled(amount: Decimal, to: Decimal, of: Decimal) -> Decimal:
    """Return amount x to / of: exactly where that has an end, else rounded to 18 decimals."""
    whole = multiply(amount, to)
    found = quotient(whole, of)
    return plain(found) if multiply(found, of) == whole else rounded(found)


def plain(value: Decimal) -> Decimal:
    """Return the value unchanged, written shortest and without a positive exponent."""
    return add(_normalize(value), ZERO)


def rounded(value: Decimal) -> Decimal:
    """Return the value rounded half-even to 18 decimals, written as `plain` does."""
    return add(_normalize(_quantize(value, SMALLEST_PRINTED)), ZERO)
