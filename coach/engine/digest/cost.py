"""The one cost: the fees that are certain, and what the surest habit cost.

It is the habit of the highlight where that is one: two costs of two habits would overlap.
"""

from coach.engine.digest import figures, habits
from coach.engine.digest.conversion.statements import cost_in_base
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, statement
from coach.engine.digest.tally import Sums, WeekTally, quote_of
from coach.model.insights import Cost, Finding
from coach.model.trades import RoundTrip


def cost_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State the week's fees, most used currency first, then one estimate if there is one."""
    return [
        *_fees(scene, citations),
        *cost_in_base(scene, citations),
        *_estimate(scene, citations),
    ]


def _fees(scene: Scene, citations: Citations) -> list[DigestStatement]:
    closed = scene.now.closed
    if not closed.sums:
        return [statement("cost.none")]
    evidence = scene.now.cite_closed(citations)
    fees = [_fees_and_gross(closed.sums[quote], quote, evidence) for quote in closed.quotes()]
    return [
        *fees,
        *of_open_trades(closed, "cost.open", evidence),
        *_realised_earlier(closed, evidence),
    ]


def _fees_and_gross(sums: Sums, quote: str, evidence: str) -> DigestStatement:
    told = {
        "fees": figures.amount(sums.fees, quote, evidence),
        "gross": figures.result(sums.gross, quote, evidence),
    }
    if not sums.unvalued:
        return statement("cost.fees", told)
    coins = figures.phrase(", ".join(sums.unvalued), evidence)
    return statement("cost.valued_fees", {**told, "coins": coins})


def of_open_trades(closed: WeekTally, say: str, evidence: str) -> list[DigestStatement]:
    """State what was realised of trades that stayed open, for each currency."""
    return [
        statement(
            say,
            {
                "net": figures.result(sums.net, quote, evidence),
                "fees": figures.amount(sums.fees, quote, evidence),
                "open": figures.count(_trades_in(closed.left_open, quote), "open trade", evidence),
            },
        )
        for quote, sums in closed.of_open.items()
    ]


def _realised_earlier(closed: WeekTally, evidence: str) -> list[DigestStatement]:
    return [
        statement(
            "cost.earlier",
            {
                "net": figures.result(sums.net, quote, evidence),
                "fees": figures.amount(sums.fees, quote, evidence),
            },
        )
        for quote, sums in closed.earlier.items()
    ]


def _trades_in(trades: tuple[RoundTrip, ...], quote: str) -> int:
    return sum(quote_of(trip) == quote for trip in trades)


def _estimate(scene: Scene, citations: Citations) -> list[DigestStatement]:
    quotes = scene.now.closed.quotes()

    def surest(priced: tuple[Finding, Cost]) -> tuple[object, ...]:
        finding, cost = priced
        foreign = quotes.index(cost.currency) if cost.currency in quotes else len(quotes)
        return *habits.surest_first(finding), foreign, -cost.estimate, cost.currency

    traits = filter(habits.is_trait, scene.findings)
    priced = [(finding, cost) for finding in traits for cost in habits.priced(finding)]
    if not priced:
        return []
    finding, cost = min(priced, key=surest)
    return [
        habits.price(finding, cost, citations),
        *habits.window(finding, scene, citations),
    ]
