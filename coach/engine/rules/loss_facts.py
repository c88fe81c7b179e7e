"""The facts of a limit on losses, in money or in percent, which two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict, final

from coach.engine.rules.params import number
from coach.engine.rules.programmes.params import HIGHEST, account_text, floor_of
from coach.wording import numbers
from coach.wording.facts import FactText, limit, limit_of_money, measure, money, tell_apart

if TYPE_CHECKING:
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.params import Params
    from coach.engine.rules.programmes.params import Floor


@final
class LossFacts(TypedDict):
    """What was lost and the limit, in the quote currency; `floor` where one was promised."""

    lost: str
    limit: float
    margin: str
    quote: str
    floor: NotRequired[Floor]


@final
class ShareFacts(TypedDict):
    """What was lost and the limit, in percent; `floor` where one was promised."""

    lost_percent: float
    limit: float
    margin: float
    quote: str
    floor: NotRequired[Floor]


def loss_facts(params: Params, lost: int, limit: int, quote: str) -> LossFacts:
    """Return the facts of a loss and its limit in units of 1e-18."""
    from coach.engine.rules.exactly import amount

    facts = LossFacts(
        lost=amount(lost),
        limit=number(params, "amount"),
        margin=amount(lost - limit),
        quote=quote,
    )
    floor = floor_of(params)
    return facts if floor is None else {**facts, "floor": floor}


def share_facts(params: Params, percent: float, quote: str) -> ShareFacts:
    """Return the facts of a loss in percent."""
    limit, rounded = number(params, "percent"), round(percent, 4)
    facts = ShareFacts(
        lost_percent=rounded, limit=limit, margin=round(rounded - limit, 4), quote=quote
    )
    floor = floor_of(params)
    return facts if floor is None else {**facts, "floor": floor}


def loss_texts(facts: LossFacts | ShareFacts) -> dict[str, FactText]:
    """Return the facts in words: the limit in the unit of what was lost."""
    if "lost" in facts:
        quote = facts["quote"]
        lost, most = money(facts["lost"], quote), limit_of_money(facts["limit"], quote)
    else:
        lost, most = measure(facts["lost_percent"], " %"), limit(facts["limit"], " %")
    floor = facts.get("floor")
    if floor is None:
        return {"lost": lost, "limit": most}
    apart = tell_apart({"lost": lost, "limit": most})["lost"]
    place = f" from {HIGHEST[floor]}".removesuffix(",")
    return {"lost": FactText(apart.shown + place, apart.value, apart.full + place), "limit": most}


def promised_loss(params: Params, of: str) -> str:
    """Read aloud a limit on losses, in money or in percent of something."""
    if "percent" in params:
        return f"{numbers.limit(number(params, 'percent'))} % of {of}{account_text(params)}"
    return promised_money(params, "amount")


def promised_money(params: Params, name: str) -> str:
    """Read aloud a limit in money, in the currency that the rule names or in each."""
    currency = params.get("currency")
    if currency:
        return numbers.limit_of_money(number(params, name), str(currency))
    return f"{numbers.limit(number(params, name))} in one currency"


def loss_needs(params: Params) -> frozenset[Need]:
    """Return equity for a limit in percent of what the trader declared."""
    declared = "percent" in params and "account_size" not in params
    return frozenset({"equity"} if declared else ())
