"""The facts of a limit on losses, in money or in percent, which two kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, final

from coach.engine.rules.kinds.wording import limit, measure, money

if TYPE_CHECKING:
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.kinds.params import Params
    from coach.engine.rules.kinds.wording import FactText


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
        lost, unit = money(facts["lost"], facts["quote"]), f" {facts['quote']}"
    else:
        lost, unit = measure(facts["lost_percent"], " %"), " %"
    return {"lost": lost, "limit": limit(facts["limit"], unit)}


def loss_needs(params: Params) -> frozenset[Need]:
    """Return equity for a limit in percent."""
    return frozenset({"equity"} if "percent" in params else ())
