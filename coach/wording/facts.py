"""Facts in words: what a person is shown, with its unit, beside the exact value."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from coach.model.plain import amount
from coach.wording import numbers


class FactText(NamedTuple):
    """A fact in words: `shown` to a person, with its unit, and the exact `value` behind it.

    `full` is what is shown where rounding would hide the difference from another fact.
    """

    shown: str
    value: str
    full: str


def tell_apart(texts: Mapping[str, FactText]) -> dict[str, FactText]:
    """Return the facts of a sentence; two that look the same and differ are shown in full.

    So 29.917 minutes beside a limit of 30 are not `30 min (limit 30 min)`.
    """
    values: dict[str, set[str]] = {}
    for text in texts.values():
        values.setdefault(text.shown, set()).add(text.value)
    return {
        name: text._replace(shown=text.full) if len(values[text.shown]) > 1 else text
        for name, text in texts.items()
    }


def words(text: str) -> FactText:
    """Return words that are shown as they are."""
    return FactText(text, text, text)


def whole_number(number: int, one: str = "", many: str = "") -> FactText:
    """Return a whole number: `6`, `1 loss`, `3 losses`."""
    shown = numbers.counted(number, one, many) if one else numbers.limit(number)
    return FactText(shown, str(number), shown)


def measure(value: float, unit: str = "") -> FactText:
    """Return a measure to three digits: `2.02 %`."""
    return FactText(f"{numbers.measure(value)}{unit}", _exact(value), numbers.limit(value, unit))


def limit(value: float, unit: str = "") -> FactText:
    """Return a limit as it was promised: `2 %`."""
    shown = numbers.limit(value, unit)
    return FactText(shown, _exact(value), shown)


def limit_of_money(value: float, currency: str) -> FactText:
    """Return a limit in money as it was promised: `5.00 USD`."""
    shown = numbers.limit_of_money(value, currency)
    return FactText(shown, _exact(value), shown)


def money(exact: str, currency: str) -> FactText:
    """Return an amount in the decimals of its currency: `1,234.50 USD`, `0.0001 BTC`."""
    value = Decimal(exact)
    full = numbers.limit(value, f" {currency}")
    return FactText(numbers.money(value, currency), amount(value), full)


def span(minutes: float) -> FactText:
    """Return minutes as people say them: `30 s`, `19 min`, `1 d 1 h`."""
    return FactText(numbers.span(minutes), _exact(minutes), numbers.limit(minutes, " min"))


def pause(minutes: float) -> FactText:
    """Return minutes as they were promised: `22.5 min`, `4 h`."""
    shown = numbers.promised_span(minutes)
    return FactText(shown, _exact(minutes), shown)


def _exact(value: float) -> str:
    return amount(Decimal(repr(value)))
