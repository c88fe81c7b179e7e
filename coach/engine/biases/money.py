"""A cost as it is told: rounded once, and measurable only when the interval leaves out 0."""

from decimal import Decimal

from coach.engine.statistics.words import significant
from coach.model.insights import Cost


def cost(currency: str, estimate: float, interval: tuple[float, float], fees: Decimal) -> Cost:
    """Return the cost in `currency`; above 0 is money lost, `interval` is the middle 90 %."""
    low, high = significant(interval[0]), significant(interval[1])
    return Cost(
        currency=currency,
        estimate=significant(estimate),
        interval=(low, high),
        fees=format(fees, "f"),
        measurable=low > 0 or high < 0,
    )
