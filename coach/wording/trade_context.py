"""Sentences about the moment of an entry."""

from collections.abc import Iterator

from coach.model.journal.trade_context import TradeContext
from coach.model.times import MINUTE_S
from coach.wording import numbers


def describe_context(context: TradeContext) -> Iterator[str]:
    """Yield what stood around an entry, a line for each thing that is known."""
    if context.sessions:
        yield f"in the hours of {' and '.join(context.sessions)}"
    if context.since_loss_s is not None:
        yield f"{numbers.span(context.since_loss_s / MINUTE_S)} after the last loss"
    if context.open_trades:
        cost = ", ".join(numbers.money(one, name) for name, one in context.open_notional.items())
        yield f"{numbers.counted(context.open_trades, 'other trade')} open, entered for {cost}"
    if context.run_up is not None:
        sigmas = ""
        if context.run_up_sigma is not None:
            sigmas = f" ({numbers.measure(context.run_up_sigma)}{numbers.SIGMA})"
        yield f"price {numbers.percent(context.run_up)} over the hour before{sigmas}"
    if context.volatility is not None:
        yield f"volatility {numbers.percent(context.volatility)} an hour"
    for one in context.rules:
        yield f"rule in force: {one}"
