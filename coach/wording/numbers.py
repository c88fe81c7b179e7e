"""Numbers as people read them, on every face: money, percent, measures, spans, counts, limits.

A value is rounded once, half to even. Thousands have commas. Zero has no sign. Money has the
decimals of its currency, a coin up to eight; an amount too small for those keeps up to eight
digits, within the 18 decimals that books keep. What was measured has three digits, all digits
before the point included, and six decimals at most. A limit is never rounded. Programs get exact
values, from the views.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from coach.model.currencies import DECIMALS_OF_A_COIN, fixed_decimals
from coach.model.times import MINUTE_S

DIGITS: Final = 3
MOST_DECIMALS: Final = 18
LEAST: Final = 0.000_001
THOUSAND: Final = 1_000
MOST_WRITTEN_OUT: Final = 1e15
"""From here on a float has no digit to spare for every place before its point."""
HUNDRED: Final = 100
SIGMA: Final = " \N{GREEK SMALL LETTER SIGMA}"
"""The unit of a move that is divided by the volatility of its horizon."""

HOUR_MIN, DAY_H = 60, 24
TWO_HOURS_MIN: Final = 120

_EXACT = Context(prec=2_000, rounding=ROUND_HALF_EVEN)
_SMALL = Context(prec=DECIMALS_OF_A_COIN, rounding=ROUND_HALF_EVEN)


def money(exact: Decimal, currency: str, *, sign: bool = False) -> str:
    """Return an amount with its currency: `1,234.50 USD`, `0.0001 BTC`, `1,234 JPY`."""
    return f"{amount(exact, currency, sign=sign)} {currency}".rstrip()


def amount(exact: Decimal, currency: str, *, sign: bool = False) -> str:
    """Return an amount of money without its currency; with `sign`, a gain carries a plus."""
    decimals = fixed_decimals(currency)
    shown = quantity(exact)
    if decimals is not None:
        fixed = _rounded(exact, decimals)
        if fixed or shown == "0":
            shown = f"{fixed or abs(fixed):,f}"
    return f"+{shown}" if sign and exact > 0 and shown.strip("0.") else shown


def quantity(exact: Decimal) -> str:
    """Return a quantity, a price or a fee in a coin, to eight decimals: `1,234.5`."""
    return _shortest(
        _rounded(exact, DECIMALS_OF_A_COIN) or _SMALL.plus(_rounded(exact, MOST_DECIMALS))
    )


def measure(value: float) -> str:
    """Return a measured value to three digits: `0.123`, `12,346`, `< 0.000001`, `2.50e+60`."""
    if abs(value) >= MOST_WRITTEN_OUT:
        return f"{value:.{DIGITS - 1}e}"
    if abs(value) >= THOUSAND:
        return f"{value:,.0f}"
    if value and abs(value) < LEAST:
        return f"< {LEAST:f}" if value > 0 else f"> {-LEAST:f}"
    return _shortest(Decimal(f"{value:.{DIGITS}g}"))


def percent(share: float, unit: str = " %") -> str:
    """Return a measured share of one in percent, to three digits: `19.2 %`."""
    return f"{measure(HUNDRED * share)}{unit}"


def whole_percent(share: Decimal | float, unit: str = " %") -> str:
    """Return a share of one in whole percent: `60 %`; for what a small sample says."""
    whole = _rounded(_EXACT.multiply(_exact(share), Decimal(HUNDRED)), 0)
    return f"{_shortest(whole)}{unit}"


def limit(value: Decimal | float, unit: str = "") -> str:
    """Return a limit as it was promised, every digit of it: `2 %`, `10,000 trades`."""
    return f"{_shortest(_exact(value))}{unit}"


def limit_of_money(value: Decimal | float, currency: str) -> str:
    """Return a limit in money as it was promised, in its currency's decimals: `5.00 USD`."""
    exact = _exact(value)
    decimals = fixed_decimals(currency) or 0
    shown = exact if -_exponent(exact) > decimals else _rounded(exact, decimals)
    return f"{shown:,f} {currency}"


def span(minutes: float) -> str:
    """Return minutes as people say them: `30 s`, `19 min`, `2 h 5 min`, `1 d 1 h`."""
    seconds = round(minutes * MINUTE_S)
    if seconds < MINUTE_S:
        return f"{seconds} s"
    whole = round(minutes)
    if whole < TWO_HOURS_MIN:
        return f"{whole} min"
    hours, rest = divmod(whole, HOUR_MIN)
    if hours < DAY_H:
        return _both(hours, "h", rest, "min")
    days, hours = divmod(round(minutes / HOUR_MIN), DAY_H)
    return _both(days, "d", hours, "h")


def promised_span(minutes: float) -> str:
    """Return minutes as they were promised, every digit of them: `22.5 min`, `4 h`."""
    return span(minutes) if minutes == int(minutes) else limit(minutes, " min")


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 trade`, `2 trades`, `1,234 losses`."""
    return f"{limit(number)} {one if number == 1 else many or f'{one}s'}"


def _both(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first} {unit} {second} {smaller}" if second else f"{first} {unit}"


def _rounded(exact: Decimal, decimals: int) -> Decimal:
    return _EXACT.quantize(exact, Decimal(1).scaleb(-decimals))


def _exact(value: Decimal | float) -> Decimal:
    return _EXACT.normalize(value if isinstance(value, Decimal) else Decimal(repr(value)))


def _exponent(exact: Decimal) -> int:
    exponent = exact.as_tuple().exponent
    assert isinstance(exponent, int), "a limit is a number"
    return exponent


def _shortest(exact: Decimal) -> str:
    """Write a decimal without exponent, trailing zeros or the sign of a zero."""
    text = f"{exact:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
