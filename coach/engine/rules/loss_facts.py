"""The facts of a limit on losses, in money or in percent, which two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, final

from coach.engine.rules.params import number
from coach.wording import numbers
from coach.wording.facts import limit, limit_of_money, measure, money

if TYPE_CHECKING:
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.params import Params
    from coach.wording.facts import FactText


@final
class LossFacts(TypedDict):
    """What was lost and the limit, in the quote currency."""

    lost: str
    limit: float
    margin: str
    quote: str


@final
class ShareFacts(TypedDict):
    """What was lost and the limit, in percent."""

    lost_percent: float
    limit: float
    margin: float
    quote: str


def loss_texts(facts: LossFacts | ShareFacts) -> dict[str, FactText]:
    """Return the facts in words: the limit in the unit of what was lost."""
    if "lost" in facts:
        quote = facts["quote"]
        lost, most = money(facts["lost"], quote), limit_of_money(facts["limit"], quote)
    else:
        lost, most = measure(facts["lost_percent"], " %"), limit(facts["limit"], " %")
    return {"lost": lost, "limit": most}


def promised_loss(params: Params, of: str) -> str:
    """Read aloud a limit on losses, in money or in percent of something."""
    if "percent" in params:
        return f"{numbers.limit(number(params, 'percent'))} % of {of}"
    return promised_money(params, "amount")


def promised_money(params: Params, name: str) -> str:
    """Read aloud a limit in money, in the currency that the rule names or in each."""
    currency = params.get("currency")
    if currency:
        return numbers.limit_of_money(number(params, name), str(currency))
    return f"{numbers.limit(number(params, name))} in one currency"


def loss_needs(params: Params) -> frozenset[Need]:
    """Return equity for a limit in percent."""
    return frozenset({"equity"} if "percent" in params else ())
