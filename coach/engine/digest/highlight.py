"""The one thing of the week to read.

In this order, the first that there is: a habit with a cost in money, a broken rule, a level
that moved, a habit without a cost, a promise kept, the plain facts, a quiet week. Inside one
kind the surest or most frequent comes first, then the name decides; of habits, one with a cost
in prices comes before one that only cost fees.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from coach.engine.digest import changes, figures, habits
from coach.engine.digest.conversion.statements import result_in_base
from coach.engine.digest.cost import of_open_trades
from coach.engine.digest.evidence import Citations
from coach.engine.digest.promises import broken
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import Highlight, statement
from coach.engine.digest.tally import Sums

if TYPE_CHECKING:
    from coach.engine.digest.shape import DigestStatement

Candidate = Callable[[Scene, Citations], Highlight | None]


def choose(scene: Scene, citations: Citations) -> Highlight:
    """Return the first highlight that the week has."""
    candidates: tuple[Candidate, ...] = (_trait, _rule, _level, _unpriced, _process, _facts)
    for candidate in candidates:
        highlight = candidate(scene, citations)
        if highlight is not None:
            return highlight
    return {"reason": "quiet", "statements": [statement("week.quiet")]}


def _trait(scene: Scene, citations: Citations) -> Highlight | None:
    traits = sorted(filter(habits.is_trait, scene.findings), key=habits.surest_first)
    for finding in traits:
        if priced := habits.priced(finding):
            prices = [habits.price(finding, cost, citations) for cost in priced]
            told = [habits.claim(finding, scene, citations), *prices]
            return {"reason": "trait", "statements": told}
    for finding in traits:
        if certain := habits.with_fees(finding):
            fees = [habits.fees(finding, cost, citations) for cost in certain]
            told = [
                habits.claim(finding, scene, citations),
                statement("trait.no_price", bias=finding.bias),
                *fees,
                *habits.window(finding, scene, citations),
            ]
            return {"reason": "trait", "statements": told}
    return None


def _rule(scene: Scene, citations: Citations) -> Highlight | None:
    rules = [rule for rule in scene.rules if scene.now.breaches_of(rule)]
    if not rules:
        return None
    worst = min(rules, key=lambda rule: (-len(scene.now.breaches_of(rule)), rule.id))
    return {"reason": "rule", "statements": [broken(worst, scene, citations, "rule.highlight")]}


def _level(scene: Scene, citations: Citations) -> Highlight | None:
    moved = changes.moved_levels(scene)
    if not moved:
        return None
    farthest = min(moved, key=lambda move: (-move.distance, move.finding.bias))
    return {"reason": "level", "statements": [changes.moved(farthest, scene, citations)]}


def _unpriced(scene: Scene, citations: Citations) -> Highlight | None:
    traits = sorted(filter(habits.is_trait, scene.findings), key=habits.surest_first)
    if not traits:
        return None
    told = [habits.claim(traits[0], scene, citations), *habits.window(traits[0], scene, citations)]
    return {"reason": "unpriced", "statements": told}


def _process(scene: Scene, citations: Citations) -> Highlight | None:
    held = (scene.held_against(rule) for rule in scene.rules if rule.active)
    # the sentence is about all entries, so a rule held against all of them must stand behind it
    if not scene.now.entries or len(scene.now.entries) not in map(len, held):
        return None
    evidence = scene.now.cite_entries(citations)
    entries = figures.count(len(scene.now.entries), "entry", evidence, "entries")
    kept = statement("process.kept", {"entries": entries})
    return {"reason": "process", "statements": [kept]}


def _facts(scene: Scene, citations: Citations) -> Highlight | None:
    closed = scene.now.closed
    if not closed.trades:
        return _without_closed_trades(scene, citations)
    evidence = scene.now.cite_closed(citations)
    counts = {
        "closed": figures.count(len(closed.trades), "trade", evidence),
        "wins": figures.number(closed.outcomes["win"], evidence),
        "losses": figures.number(closed.outcomes["loss"], evidence),
        "even": figures.number(closed.outcomes["break_even"], evidence),
    }
    told = [statement("week.closed", counts)]
    if unknown := closed.outcomes["unknown"]:
        told.append(
            statement("week.unknown", {"unknown": figures.count(unknown, "trade", evidence)})
        )
    results = [_result(closed.sums[quote], quote, evidence) for quote in closed.quotes()]
    in_base = result_in_base(scene, citations)
    return {"reason": "facts", "statements": [*told, *results, *in_base]}


def _result(sums: Sums, quote: str, evidence: str) -> "DigestStatement":
    net = figures.result(sums.net, quote, evidence)
    if not sums.unvalued:
        return statement("week.net", {"net": net})
    coins = figures.phrase(", ".join(sums.unvalued), evidence)
    return statement("week.without_fees", {"net": net, "coins": coins})


def _without_closed_trades(scene: Scene, citations: Citations) -> Highlight | None:
    closed = scene.now.closed
    opened = _entries(scene, citations)["statements"] if scene.now.entries else []
    if closed.left_open:
        evidence = scene.now.cite_closed(citations)
        opened = [*opened, *of_open_trades(closed, "week.part", evidence)]
    return {"reason": "facts", "statements": opened} if opened else None


def _entries(scene: Scene, citations: Citations) -> Highlight:
    evidence = scene.now.cite_entries(citations)
    opened = figures.count(len(scene.now.entries), "trade", evidence)
    return {"reason": "facts", "statements": [statement("week.opened", {"opened": opened})]}
