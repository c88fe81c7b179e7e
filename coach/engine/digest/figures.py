"""Figures: numbers as they are shown, each beside its exact value and its evidence."""

from datetime import UTC, datetime
from decimal import Decimal

from coach.engine.digest.shape import Figure
from coach.engine.ledger.exact import plain
from coach.model.insights import Fact
from coach.wording import numbers


def count(number: int, one: str, evidence: str, many: str = "") -> Figure:
    """Show `1 trade`, `2 trades`."""
    shown = numbers.counted(number, one, many)
    return {"shown": shown, "value": str(number), "evidence": evidence}


def number(value: int, evidence: str) -> Figure:
    """Show a bare whole number."""
    return {"shown": numbers.limit(value), "value": str(value), "evidence": evidence}


def phrase(words: str, evidence: str) -> Figure:
    """Show words that hold numbers: a date, a rule read aloud."""
    return {"shown": words, "value": words, "evidence": evidence}


def result(amount: Decimal, currency: str, evidence: str) -> Figure:
    """Show money that may be won or lost, with its sign."""
    shown = numbers.money(amount, currency, sign=True)
    return {"shown": shown, "value": exact(amount), "evidence": evidence}


def amount(amount: Decimal, currency: str, evidence: str) -> Figure:
    """Show an amount of money."""
    shown = numbers.money(amount, currency)
    return {"shown": shown, "value": exact(amount), "evidence": evidence}


def between(low: Decimal, high: Decimal, currency: str, evidence: str) -> Figure:
    """Show a range of money."""
    return {
        "shown": f"{numbers.amount(low, currency)} and {numbers.money(high, currency)}",
        "value": f"{exact(low)}..{exact(high)}",
        "evidence": evidence,
    }


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
