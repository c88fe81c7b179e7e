"""What a habit cost, on one line."""

from decimal import Decimal

from coach.model.insights import Cost
from coach.wording import numbers


def describe_habit_cost(cost: Cost) -> str:
    """Return the estimate with its 90 % interval, and the fees, which are certain."""
    if not cost.measurable and not Decimal(cost.fees):
        return "no measurable price cost"
    fees = f"fees {numbers.money(Decimal(cost.fees), cost.currency)}"
    if not cost.measurable:
        return f"no measurable price cost; {fees}"
    low, high = (numbers.amount(_exact(end), cost.currency) for end in cost.interval)
    estimate = numbers.money(_exact(cost.estimate), cost.currency)
    return f"cost about {estimate} ({low} to {high}), {fees}"


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")
