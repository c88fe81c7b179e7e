"""A fill as a person reads it before it is imported."""

from coach.model.fills import Fill


def fill_line(fill: Fill) -> str:
    """Return a fill as one line: when, what, at which price, for which fee."""
    fee = f", fee {fill.fee:f} {fill.fee_currency}" if fill.fee else ""
    return (
        f"  {fill.at:%Y-%m-%d %H:%M:%S} UTC  {fill.side:4} {fill.quantity:f} {fill.symbol}"
        f" at {fill.price:f}{fee}"
    )
