"""Facts in words: what a person is shown, with its unit, beside the exact value."""

from decimal import Decimal
from typing import NamedTuple

from coach.model.plain import amount
from coach.wording import numbers


class FactText(NamedTuple):
    """A fact in words: `shown` to a person, with its unit, and the exact `value` behind it."""

    shown: str
    value: str


def words(text: str) -> FactText:
    """Return words that are shown as they are."""
    return FactText(text, text)


def whole_number(number: int, one: str = "", many: str = "") -> FactText:
    """Return a whole number: `6`, `1 loss`, `3 losses`."""
    shown = numbers.counted(number, one, many) if one else numbers.limit(number)
    return FactText(shown, str(number))


def measure(value: float, unit: str = "") -> FactText:
    """Return a measure to three digits: `2.02 %`."""
    return FactText(f"{numbers.measure(value)}{unit}", _exact(value))


def limit(value: float, unit: str = "") -> FactText:
    """Return a limit as it was promised: `2 %`."""
    return FactText(numbers.limit(value, unit), _exact(value))


def limit_of_money(value: float, currency: str) -> FactText:
    """Return a limit in money as it was promised: `5.00 USD`."""
    return FactText(numbers.limit_of_money(value, currency), _exact(value))


def money(exact: str, currency: str) -> FactText:
    """Return an amount in the decimals of its currency: `1,234.50 USD`, `0.0001 BTC`."""
    value = Decimal(exact)
    return FactText(numbers.money(value, currency), amount(value))


def span(minutes: float) -> FactText:
    """Return minutes as people say them: `30 s`, `19 min`, `1 d 1 h`."""
    return FactText(numbers.span(minutes), _exact(minutes))


def pause(minutes: float) -> FactText:
    """Return minutes as they were promised: `22.5 min`, `4 h`."""
    return FactText(numbers.promised_span(minutes), _exact(minutes))


def _exact(value: float) -> str:
    return amount(Decimal(repr(value)))
