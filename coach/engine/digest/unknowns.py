"""What is not known yet, said as plainly as what is."""

from collections import defaultdict

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.habits import cite_finding
from coach.engine.digest.patterns import is_machine
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, statement
from coach.model.insights import Finding
from coach.model.trades import RoundTrip, TradeId

LACKING_FORMULA = "lacking@1"
COVERAGE_FORMULA = "coverage@1"
UNKNOWN_FORMULA = "unknown_basis@1"
STILL_OPEN_FORMULA = "still_open@1"
DOUBTFUL_FORMULA = "doubtful@2"
DEPARTED_FORMULA = "departed@1"


def unknown_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State what is missing: evidence, open results, cost bases, coins' values, coverage."""
    return [
        *_habits(scene, citations),
        *_still_open(scene, citations),
        *_unknown_basis(scene, citations),
        *_other_fees(scene, citations),
        *_coverage(scene, citations),
    ]


def _habits(scene: Scene, citations: Citations) -> list[DigestStatement]:
    if is_machine(scene.findings):
        return []
    tested = [finding for finding in scene.findings if finding.standing != "style"]
    unsure = [finding for finding in tested if finding.level == "insufficient"]
    few = [one for one in unsure if one.needed and not one.lacks]
    told = [_habit(finding, cite_finding(finding, citations)) for finding in few]
    return [*told, *_lacking([one for one in unsure if one.lacks], citations)]


def _lacking(findings: list[Finding], citations: Citations) -> list[DigestStatement]:
    """State once what is missing, with all habits that nothing can be told of for it."""
    biases: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for finding in findings:
        biases[finding.lacks].append(finding.bias)
    return [_without(lacks, sorted(biases[lacks]), citations) for lacks in sorted(biases)]


def _without(lacks: tuple[str, ...], biases: list[str], citations: Citations) -> DigestStatement:
    told = ", ".join(lacks)
    evidence = citations.cite(LACKING_FORMULA, {"lacks": told, "habits": len(biases)})
    return statement(
        "unknown.lacks", {"lacks": figures.phrase(told, evidence)}, biases=",".join(biases)
    )


def _habit(finding: Finding, evidence: str) -> DigestStatement:
    needed = figures.count(finding.needed, "more trade", evidence)
    return statement("unknown.habit", {"needed": needed}, bias=finding.bias)


def _still_open(scene: Scene, citations: Citations) -> list[DigestStatement]:
    gone = set(scene.inputs.departed)
    opened = [trip.id for trip in scene.now.entries if _open_at_end(trip, scene)]
    waiting = [name for name in opened if name not in gone]
    return [
        *_departed([name for name in opened if name in gone], citations),
        *_waiting(waiting, scene, citations),
    ]


def _departed(gone: list[TradeId], citations: Citations) -> list[DigestStatement]:
    if not gone:
        return []
    evidence = citations.cite(DEPARTED_FORMULA, {"departed": len(gone)}, gone)
    figure = figures.count(len(gone), "trade", evidence)
    return [statement("unknown.departed", {"departed": figure})]


def _waiting(waiting: list[TradeId], scene: Scene, citations: Citations) -> list[DigestStatement]:
    if not waiting:
        return []
    evidence = citations.cite(STILL_OPEN_FORMULA, {"open": len(waiting)}, waiting)
    figure = figures.count(len(waiting), "trade", evidence)
    told = [statement("unknown.open", {"open": figure})]
    doubtful = sorted(set(waiting) & set(scene.inputs.doubtful))
    if doubtful:
        evidence = citations.cite(DOUBTFUL_FORMULA, {"doubtful": len(doubtful)}, doubtful)
        figure = figures.count(len(doubtful), "trade", evidence)
        told.append(statement("unknown.doubtful", {"doubtful": figure}))
    return told


def _open_at_end(trip: RoundTrip, scene: Scene) -> bool:
    return trip.closed_at is None or trip.closed_at >= scene.end


def _unknown_basis(scene: Scene, citations: Citations) -> list[DigestStatement]:
    sales = [sale for sale in scene.inputs.unknown if sale.at < scene.end]
    if not sales:
        return []
    of_the_week = sum(sale.at >= scene.start for sale in sales)
    evidence = citations.cite(
        UNKNOWN_FORMULA,
        {"sales": len(sales), "in_the_week": of_the_week},
        fills=[sale.key for sale in sales],
    )
    told = {
        "sales": figures.count(len(sales), "sale", evidence),
        "inside": figures.number(of_the_week, evidence),
    }
    return [statement("unknown.basis", told)]


def _other_fees(scene: Scene, citations: Citations) -> list[DigestStatement]:
    return [
        statement(
            "unknown.fees",
            {"fees": figures.amount(fee, coin, scene.now.cite_closed(citations))},
        )
        for coin, fee in scene.now.closed.other_fees.items()
    ]


def _coverage(scene: Scene, citations: Citations) -> list[DigestStatement]:
    coverage = scene.inputs.coverage
    if coverage.first is None or coverage.last is None:
        evidence = citations.cite(COVERAGE_FORMULA, {"fills": coverage.fills})
        told = statement("unknown.all")
    else:
        first, last = scene.local(coverage.first).date(), scene.local(coverage.last).date()
        evidence = citations.cite(
            COVERAGE_FORMULA,
            {
                "fills": coverage.fills,
                "first": figures.utc(coverage.first),
                "last": figures.utc(coverage.last),
            },
        )
        told = statement(
            "unknown.outside",
            {
                "fills": figures.count(coverage.fills, "fill", evidence),
                "first": figures.phrase(first.isoformat(), evidence),
                "last": figures.phrase(last.isoformat(), evidence),
            },
        )
    return [told, *(_note(note, evidence) for note in sorted(set(coverage.notes)))]


def _note(note: str, evidence: str) -> DigestStatement:
    return statement("unknown.note", {"note": figures.phrase(note, evidence)})
