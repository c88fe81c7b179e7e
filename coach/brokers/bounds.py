"""What a quantity, a price or a fee can be, whoever tells it and however it was worked out."""

import re
from decimal import Decimal

SMALLEST = Decimal("1e-30")
LARGEST = Decimal("1e24")
RANGE = "between 1e-30 and 1e24"
MOST_DIGITS = 60
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,2})?", re.ASCII)


def in_range(value: Decimal) -> bool:
    """Say whether a number is zero, or of a size that some market has; of any exponent."""
    return value == 0 or SMALLEST <= value.copy_abs() < LARGEST


def read_number(value: object) -> Decimal | None:
    """Return an exact number of a size that some market has, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value)
    if len(text) > MOST_DIGITS or not NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return (number or Decimal(0)) if in_range(number) else None
