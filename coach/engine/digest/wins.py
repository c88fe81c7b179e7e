"""The one win of the week: a rule that was kept again, evidence that weakened, a rule kept.

A win is something that the trader did. A profit is none: it may be luck.
"""

from collections.abc import Callable

from coach.engine.digest import changes, figures, habits
from coach.engine.digest.evidence import Citations
from coach.engine.digest.promises import cite_rule
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Figure, statement
from coach.engine.rules.schema import sentence
from coach.model.rules import Rule

Candidate = Callable[[Scene, Citations], DigestStatement | None]


def win_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """Return the first win that the week has, or that it has none."""
    candidates: tuple[Candidate, ...] = (_kept_again, _weaker_evidence, _fewer_breaches, _kept)
    for candidate in candidates:
        win = candidate(scene, citations)
        if win is not None:
            return [win]
    return [statement("win.none")]


def _kept_again(scene: Scene, citations: Citations) -> DigestStatement | None:
    rules = [rule for rule in _kept_rules(scene) if scene.before.breaches_of(rule)]
    if not rules:
        return None
    best = min(rules, key=lambda rule: (-len(scene.before.breaches_of(rule)), rule.id))
    broken = len(scene.before.breaches_of(best))
    evidence = cite_rule(best, [], scene, citations)
    told = {
        **_rule_and_entries(best, scene, evidence),
        "times": figures.count(broken, "time", changes.cite_broken(scene.before, citations)),
    }
    return statement("win.again", told)


def _weaker_evidence(scene: Scene, citations: Citations) -> DigestStatement | None:
    levels = habits.CERTAINTY
    down = [
        move
        for move in changes.moved_levels(scene)
        if levels.index("none") <= levels.index(move.finding.level) < levels.index(move.was)
    ]
    if not down:
        return None
    farthest = min(down, key=lambda move: (-move.distance, move.finding.bias))
    return {**changes.moved(farthest, scene, citations), "say": "win.weaker"}


def _fewer_breaches(scene: Scene, citations: Citations) -> DigestStatement | None:
    now, before = len(scene.now.breaches), len(scene.before.breaches)
    if now >= before or not scene.now.entries:
        return None
    told = {
        "now": figures.count(now, "time", changes.cite_broken(scene.now, citations)),
        "before": figures.number(before, changes.cite_broken(scene.before, citations)),
    }
    return statement("win.fewer", told)


def _kept(scene: Scene, citations: Citations) -> DigestStatement | None:
    rules = _kept_rules(scene)
    if not rules:
        return None
    best = min(rules, key=lambda rule: (-len(scene.held_against(rule)), rule.id))
    evidence = cite_rule(best, [], scene, citations)
    return statement("win.kept", _rule_and_entries(best, scene, evidence))


def _kept_rules(scene: Scene) -> list[Rule]:
    """Return the rules that entries of the week were held against, and that none of them broke."""
    return [
        rule
        for rule in scene.rules
        if rule.active and scene.held_against(rule) and not scene.now.breaches_of(rule)
    ]


def _rule_and_entries(rule: Rule, scene: Scene, evidence: str) -> dict[str, Figure]:
    entries = len(scene.held_against(rule))
    return {
        "rule": figures.phrase(sentence(rule), evidence),
        "entries": figures.count(entries, "entry", evidence, "entries"),
    }
