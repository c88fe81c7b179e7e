"""What a quantity, a price or a fee can be, whoever tells it and however it was worked out."""

from decimal import Decimal

SMALLEST = Decimal("1e-30")
LARGEST = Decimal("1e24")
RANGE = "between 1e-30 and 1e24"


def in_range(value: Decimal) -> bool:
    """Say whether a number is zero, or of a size that some market has; of any exponent."""
    return value == 0 or SMALLEST <= value.copy_abs() < LARGEST
