"""The one cost: the fees that are certain, and the surest estimate of what a habit cost."""

from coach.engine.digest import figures, habits
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import Statement, statement
from coach.model.insights import Cost, Finding


def tell(scene: Scene, citations: Citations) -> list[Statement]:
    """State the week's fees, most used currency first, then one estimate if there is one."""
    return [*_fees(scene, citations), *_estimate(scene, citations)]


def _fees(scene: Scene, citations: Citations) -> list[Statement]:
    closed = scene.now.closed
    if not closed.trades:
        return [statement("cost.none")]
    evidence = scene.now.cite_closed(citations)
    return [
        statement(
            "cost.fees",
            {
                "fees": figures.amount(closed.sums[quote].fees, quote, evidence),
                "gross": figures.result(closed.sums[quote].gross, quote, evidence),
            },
        )
        for quote in closed.quotes()
    ]


def _estimate(scene: Scene, citations: Citations) -> list[Statement]:
    quotes = scene.now.closed.quotes()

    def surest(priced: tuple[Finding, Cost]) -> tuple[object, ...]:
        finding, cost = priced
        level, _, bias = habits.surest_first(finding)
        foreign = quotes.index(cost.currency) if cost.currency in quotes else len(quotes)
        return level, foreign, -cost.estimate, bias, cost.currency

    traits = filter(habits.is_trait, scene.findings)
    priced = [(finding, cost) for finding in traits for cost in habits.priced(finding)]
    if not priced:
        return []
    finding, cost = min(priced, key=surest)
    return [
        habits.price(finding, cost, citations),
        *habits.window(finding, scene, citations),
    ]
