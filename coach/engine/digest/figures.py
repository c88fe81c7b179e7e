"""Numbers as they are shown, each rounded once, half to even, from an exact value.

Money has two decimals in fiat and stablecoins, else up to eight; an amount too small for
those shows eight significant digits.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from coach.engine.digest.shape import Figure
from coach.engine.ledger.exact import multiply, plain
from coach.model.currencies import TWO_DECIMALS
from coach.model.insights import Fact

CENT = Decimal("0.01")
ONE = Decimal(1)
TENTH = Decimal("0.1")
HUNDRED = Decimal(100)
SATOSHI = Decimal("0.00000001")

_SHOWN = Context(prec=2_000, rounding=ROUND_HALF_EVEN)
_SMALL = Context(prec=8, rounding=ROUND_HALF_EVEN)


def count(number: int, one: str, evidence: str, many: str = "") -> Figure:
    """Show `1 trade`, `2 trades`."""
    noun = one if number == 1 else many or f"{one}s"
    return {"shown": f"{number} {noun}", "value": str(number), "evidence": evidence}


def number(value: int, evidence: str) -> Figure:
    """Show a bare whole number."""
    return {"shown": str(value), "value": str(value), "evidence": evidence}


def phrase(words: str, evidence: str) -> Figure:
    """Show words that hold numbers: a date, a rule read aloud."""
    return {"shown": words, "value": words, "evidence": evidence}


def result(amount: Decimal, currency: str, evidence: str) -> Figure:
    """Show money that may be won or lost, with its sign."""
    sign = "+" if rounded(amount, currency) > 0 else ""
    return {
        "shown": f"{sign}{money(amount, currency)}",
        "value": exact(amount),
        "evidence": evidence,
    }


def amount(amount: Decimal, currency: str, evidence: str) -> Figure:
    """Show an amount of money."""
    return {"shown": money(amount, currency), "value": exact(amount), "evidence": evidence}


def between(low: Decimal, high: Decimal, currency: str, evidence: str) -> Figure:
    """Show a range of money."""
    return {
        "shown": f"{written(low, currency)} and {money(high, currency)}",
        "value": f"{exact(low)}..{exact(high)}",
        "evidence": evidence,
    }


def money(amount: Decimal, currency: str) -> str:
    """Write an amount with its currency."""
    return f"{written(amount, currency)} {currency}"


def written(amount: Decimal, currency: str) -> str:
    """Write an amount as the currency is written."""
    shown = rounded(amount, currency)
    return f"{shown:f}" if currency in TWO_DECIMALS else exact(shown)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to what the currency shows; zero has no sign."""
    step = CENT if currency in TWO_DECIMALS else SATOSHI
    shown = _SHOWN.quantize(amount, step)
    if not shown:
        return abs(shown) if step == CENT or not amount else _SMALL.plus(amount)
    return shown


def whole_percent(share: Decimal) -> str:
    """Write a share of one, an exact one, in whole percent."""
    return f"{_SHOWN.quantize(multiply(share, HUNDRED), ONE):f}"


def percent(share: float) -> str:
    """Write a share of one, a statistic, in percent with one decimal."""
    return f"{_SHOWN.quantize(multiply(from_float(share), HUNDRED), TENTH) + 0:f}"


def measure(value: float) -> str:
    """Write a statistic with two decimals."""
    return f"{_SHOWN.quantize(from_float(value), CENT) + 0:f}"


def exact(value: Decimal) -> str:
    """Write a decimal in full, without trailing zeros or exponent; zero has no sign."""
    return f"{plain(value) if value else Decimal(0):f}"


def from_float(value: float) -> Decimal:
    """Take over a statistic as the decimal it prints as."""
    return Decimal(repr(value))


def utc(moment: datetime) -> str:
    """Write a moment in RFC 3339, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def stated(fact: Fact) -> str:
    """Write a fact of the engine without a binary fraction."""
    if fact is None:
        return "unknown"
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return exact(from_float(fact)) if isinstance(fact, float) else str(fact)
