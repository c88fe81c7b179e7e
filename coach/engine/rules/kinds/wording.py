"""How rules and their breaches are worded: numbers with units, money in its currency's decimals.

A limit is shown as it was promised. What was measured is rounded once, half to even.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import plain
from coach.engine.rules.kinds.params import Params
from coach.model.currencies import TWO_DECIMALS
from coach.model.times import DAY_S, HOUR_S, MINUTE_S

CENT = Decimal("0.01")
SATOSHI = Decimal("0.00000001")
DIGITS = 3
THOUSAND = 1_000
TWO_HOURS = 120

_EXACT = Context(prec=2_000, rounding=ROUND_HALF_EVEN)
_SMALL = Context(prec=8, rounding=ROUND_HALF_EVEN)


class FactText(NamedTuple):
    """A fact in words: `shown` to a person, with its unit, and the exact `value` behind it."""

    shown: str
    value: str


def words(text: str) -> FactText:
    """Return words that are shown as they are."""
    return FactText(text, text)


def count(number: int, one: str = "", many: str = "") -> FactText:
    """Return a whole number: `6`, `1 loss`, `3 losses`."""
    return FactText(several(number, one, many) if one else str(number), str(number))


def measure(value: float, unit: str = "") -> FactText:
    """Return a measure to three digits, all digits before the point included: `2.02 %`."""
    short = f"{value:.0f}" if abs(value) >= THOUSAND else f"{Decimal(f'{value:.{DIGITS}g}'):f}"
    return FactText(f"{short}{unit}", _written(value))


def limit(value: float, unit: str = "") -> FactText:
    """Return a limit as it was promised: `2 %`."""
    return FactText(f"{_written(value)}{unit}", _written(value))


def money(amount: str, currency: str) -> FactText:
    """Return an amount in the decimals of its currency: `1,234.50 USD`, `0.0001 BTC`."""
    exact = Decimal(amount)
    return FactText(f"{_rounded(exact, currency)} {currency}", f"{plain(exact):f}")


def span(minutes: float) -> FactText:
    """Return minutes as people say them: `30 s`, `19 min`, `1d 1h`."""
    return FactText(_span(minutes), _written(minutes))


def pause(minutes: float) -> FactText:
    """Return minutes as they were promised: `22.5 min`, `4h 0m`."""
    shown = _span(minutes) if minutes == int(minutes) else f"{_written(minutes)} min"
    return FactText(shown, _written(minutes))


def several(amount: float, one: str, many: str = "") -> str:
    """Return `1 trade`, `2 trades`."""
    return f"{amount:g} {one if amount == 1 else many or f'{one}s'}"


def money_limit(params: Params, of: str) -> str:
    """Read aloud a limit in money or in percent."""
    if "percent" in params:
        return f"{params['percent']} % of {of}"
    currency = params.get("currency")
    return f"{params['amount']} {currency}" if currency else f"{params['amount']} of a currency"


def _rounded(exact: Decimal, currency: str) -> str:
    if currency in TWO_DECIMALS and (not exact or abs(exact) >= CENT):
        return f"{_EXACT.quantize(exact, CENT):,f}"
    shown = _EXACT.quantize(exact, SATOSHI) or _SMALL.plus(exact)
    return f"{plain(shown) if shown else Decimal(0):f}"


def _written(value: float) -> str:
    number = Decimal(repr(value))
    return f"{plain(number) if number else Decimal(0):f}"


def _span(minutes: float) -> str:
    if minutes < 1:
        return f"{round(minutes * MINUTE_S)} s"
    if minutes < TWO_HOURS:
        return f"{round(minutes)} min"
    whole = int(minutes * MINUTE_S)
    if whole >= DAY_S:
        return f"{whole // DAY_S}d {whole % DAY_S // HOUR_S}h"
    return f"{whole // HOUR_S}h {whole % HOUR_S // MINUTE_S}m"
