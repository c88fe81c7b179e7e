"""What a finding says in a digest: the habit, how sure, what it cost."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Figure, statement
from coach.model.insights import Cost, Finding
from coach.model.reasons import Level
from coach.model.times import MICROSECOND

if TYPE_CHECKING:
    from coach.model.insights import Fact

CERTAINTY: tuple[Level, ...] = ("insufficient", "none", "possible", "likely", "strong")
FINDING_FORMULA = "finding@1"


def is_trait(finding: Finding) -> bool:
    """Whether the finding is told as a habit: by the same rule as it is announced by."""
    return finding.standing == "told"


def surest_first(finding: Finding) -> tuple[int, float, str]:
    """Order findings by level, score and name."""
    return -CERTAINTY.index(finding.level), -(finding.score or 0), finding.bias


def priced(finding: Finding) -> list[Cost]:
    """Return the costs whose interval lies above zero, by currency."""
    costs = [cost for cost in finding.costs if cost.measurable and cost.interval[0] > 0]
    return sorted(costs, key=lambda cost: cost.currency)


def with_fees(finding: Finding) -> list[Cost]:
    """Return the costs whose fees are above zero, by currency."""
    costs = [cost for cost in finding.costs if Decimal(cost.fees) > 0]
    return sorted(costs, key=lambda cost: cost.currency)


def cite_finding(finding: Finding, citations: Citations) -> str:
    """Return the evidence of a finding; one that brings none stands for itself."""
    if finding.evidence:
        return citations.cite_finding(finding.evidence[0])
    sample: dict[str, Fact] = {"bias": finding.bias, "n": finding.n, "needed": finding.needed}
    return citations.cite(FINDING_FORMULA, sample)


def claim(finding: Finding, scene: Scene, citations: Citations) -> DigestStatement:
    """State the habit with its interval and its sample, in its own unit."""
    evidence = cite_finding(finding, citations)
    assert finding.effect is not None
    assert finding.interval is not None
    unit = scene.inputs.words(finding.bias).unit
    low, high = map(figures.stated, finding.interval)
    told: dict[str, Figure] = {
        "effect": {
            "shown": unit.text(finding.effect),
            "value": figures.stated(finding.effect),
            "evidence": evidence,
        },
        "interval": {
            "shown": " and ".join(unit.ends(finding.interval)),
            "value": f"{low}..{high}",
            "evidence": evidence,
        },
        "n": sample(finding, scene, evidence),
    }
    return statement(f"trait.{finding.bias}", told, level=finding.level)


def sample(finding: Finding, scene: Scene, evidence: str) -> Figure:
    """Show what a habit's sample counts: `46 closed trades`."""
    one, many = scene.inputs.words(finding.bias).counted
    return figures.count(finding.n, one, evidence, many)


def window(finding: Finding, scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State the days a finding looks back on, where its evidence tells them."""
    sample = finding.evidence[0].sample if finding.evidence else {}
    first, past = sample.get("window_start"), sample.get("window_end")
    if not isinstance(first, str) or not isinstance(past, str):
        return []
    evidence = cite_finding(finding, citations)
    last = datetime.fromisoformat(past) - MICROSECOND
    days = [scene.local(moment).date() for moment in (datetime.fromisoformat(first), last)]
    shown = " to ".join(day.isoformat() for day in days)
    return [statement("trait.window", {"days": figures.phrase(shown, evidence)})]


def price(finding: Finding, cost: Cost, citations: Citations) -> DigestStatement:
    """State what a habit cost: an estimate, and the range it likely lies in."""
    evidence = cite_finding(finding, citations)
    low, high = (figures.from_float(bound) for bound in cost.interval)
    estimate = figures.from_float(cost.estimate)
    told = {
        "estimate": figures.amount(estimate, cost.currency, evidence),
        "interval": figures.between(low, high, cost.currency, evidence),
    }
    return statement("trait.cost", told, bias=finding.bias)


def fees(finding: Finding, cost: Cost, citations: Citations) -> DigestStatement:
    """State the fees that went with a habit; they are certain."""
    evidence = cite_finding(finding, citations)
    figure = figures.amount(Decimal(cost.fees), cost.currency, evidence)
    return statement("trait.fees", {"fees": figure}, bias=finding.bias)
