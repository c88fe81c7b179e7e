"""Plans in words: what the trader declared, as one sentence."""

from decimal import Decimal
from typing import assert_never

from coach.model.plans import Plan
from coach.wording import numbers


def plan_text(plan: Plan) -> str:
    """Return what a plan says, as `You close at a fixed gain of 2 %, in BTC-USD`."""
    named = plan.params.get("symbols", ())
    symbols = ", ".join(named) if isinstance(named, tuple | list) else ""
    where = f", in {symbols}" if symbols and plan.kind != "only" else ""
    return f"{_what(plan, symbols)}{where}."


def _what(plan: Plan, symbols: str) -> str:
    match plan.kind:
        case "dca":
            return "You buy at a fixed pace, whatever the price does"
        case "momentum":
            return "You enter with a move, by rule"
        case "night_shift":
            return f"You trade at night, from {plan.params['start']} to {plan.params['end']}"
        case "stop":
            return f"You close at a fixed loss of {_percent(plan)}"
        case "target":
            return f"You close at a fixed gain of {_percent(plan)}"
        case "only":
            return f"You trade no other symbols than {symbols}, on purpose"
        case _:
            assert_never(plan.kind)


def _percent(plan: Plan) -> str:
    return numbers.limit(Decimal(str(plan.params["percent"])), " %")
