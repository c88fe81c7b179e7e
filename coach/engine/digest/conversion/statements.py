"""The sentences of a digest about money in the base currency."""

from coach.engine.digest import figures
from coach.engine.digest.conversion.week_sums import cite_conversion, week_in_base
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, statement
from coach.model.bookkeeping.base_currency import BaseSums
from coach.wording.rates import rate_uses


def cost_in_base(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State all of the week's money in the base currency, by which candles, and what is not in it.

    Nothing where there is none, or where all of it is in that currency already.
    """
    sums = week_in_base(scene, scene.now)
    if sums is None or not scene.now.closed.parts:
        return []
    evidence = cite_conversion(scene.now, sums, citations)
    if not sums.sums.closes:
        return _left(sums, evidence)
    told = [
        statement(
            "cost.in_base_partly" if sums.left else "cost.in_base",
            {
                "currency": figures.phrase(sums.currency, evidence),
                "fees": figures.amount(sums.sums.fees, sums.currency, evidence),
                "gross": figures.result(sums.sums.gross, sums.currency, evidence),
                "net": figures.result(sums.sums.net, sums.currency, evidence),
            },
        )
    ]
    if sums.rates:
        by = figures.phrase(rate_uses(sums.rates), evidence)
        told.append(statement("cost.rates", {"rates": by}))
    return [*told, *_left(sums, evidence)]


def result_in_base(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State the week's result in the base currency in one sentence."""
    sums = week_in_base(scene, scene.now)
    if sums is None or not sums.sums.closes:
        return []
    evidence = cite_conversion(scene.now, sums, citations)
    net = figures.result(sums.sums.net, sums.currency, evidence)
    say = "week.in_base_partly" if sums.left else "week.in_base"
    left = {"left": figures.phrase(", ".join(sums.left), evidence)} if sums.left else {}
    return [statement(say, {"net": net, **left})]


def _left(sums: BaseSums, evidence: str) -> list[DigestStatement]:
    return [
        statement(
            "cost.not_converted",
            {
                "currency": figures.phrase(sums.currency, evidence),
                "net": figures.result(left.net, quote, evidence),
                "closes": figures.count(left.closes, "close", evidence),
            },
        )
        for quote, left in sums.left.items()
    ]
