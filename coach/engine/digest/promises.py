"""The rules of the week: each one kept or broken, and where."""

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Figure, statement
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.schema import sentence
from coach.model.canonical import canonical_json
from coach.model.insights import Fact
from coach.model.rules import Breach, Rule

SHOWN_PER_RULE = 5


def rule_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State each rule: kept or broken in the week, or not held against it and why."""
    told: list[DigestStatement] = []
    for rule in scene.rules:
        breaches = scene.now.breaches_of(rule)
        if breaches:
            told.append(broken(rule, scene, citations, "rule.broken"))
            told += [
                _breach(breach, rule, scene, citations) for breach in breaches[:SHOWN_PER_RULE]
            ]
            told += _rest(rule, breaches, scene, citations)
        else:
            told.append(_unbroken(rule, scene, citations))
    return told or [statement("rule.none")]


def broken(rule: Rule, scene: Scene, citations: Citations, say: str) -> DigestStatement:
    """State how often a rule was broken."""
    breaches = scene.now.breaches_of(rule)
    evidence = cite_rule(rule, breaches, scene, citations)
    told = {
        "rule": figures.phrase(sentence(rule), evidence),
        "times": figures.count(len(breaches), "time", evidence),
    }
    return statement(say, told)


def _unbroken(rule: Rule, scene: Scene, citations: Citations) -> DigestStatement:
    evidence = cite_rule(rule, [], scene, citations)
    told = {"rule": figures.phrase(sentence(rule), evidence)}
    if not rule.active:
        return statement("rule.paused", told)
    entries = figures.count(len(scene.held_against(rule)), "entry", evidence, "entries")
    if rule.expires_at is None or rule.expires_at >= scene.end:
        return statement("rule.kept", {**told, "entries": entries})
    moment = scene.local(rule.expires_at).strftime("%Y-%m-%d %H:%M")
    expiry = {"expiry": figures.phrase(moment, evidence)}
    if rule.expires_at <= scene.start:
        return statement("rule.expired", {**told, **expiry})
    return statement("rule.kept_until", {**told, "entries": entries, **expiry})


def cite_rule(rule: Rule, breaches: list[Breach], scene: Scene, citations: Citations) -> str:
    """Return the evidence of how a rule fared in the week."""
    return citations.cite(
        kind_of(rule.kind).formula,
        {**_sample(rule), "entries": len(scene.held_against(rule)), "broken": len(breaches)},
        [breach.trade_id for breach in breaches],
        [key for breach in breaches for key in breach.fill_keys],
        source=rule.id,
    )


def _breach(breach: Breach, rule: Rule, scene: Scene, citations: Citations) -> DigestStatement:
    evidence = citations.cite(
        kind_of(rule.kind).formula,
        breach.facts,
        [breach.trade_id],
        breach.fill_keys,
        source=rule.id,
    )
    symbols = {trip.id: trip.symbol for trip in scene.now.entries}
    moment = scene.local(breach.at).strftime("%Y-%m-%d %H:%M")
    shown = f"{moment} {symbols.get(breach.trade_id, breach.trade_id)}"
    told = {"entry": figures.phrase(shown, evidence), **_facts(breach, rule, evidence)}
    return statement(f"breach.{rule.kind}", told)


def _facts(breach: Breach, rule: Rule, evidence: str) -> dict[str, Figure]:
    return {
        name: {"shown": text.shown, "value": text.value, "evidence": evidence}
        for name, text in kind_of(rule.kind).breach_texts(breach.facts).items()
    }


def _sample(rule: Rule) -> dict[str, Fact]:
    """Return the parameters as facts; a list or a group as its JSON."""
    return {
        name: canonical_json(value, "spaced").decode() if isinstance(value, list | dict) else value
        for name, value in rule.params.items()
    }


def _rest(
    rule: Rule, breaches: list[Breach], scene: Scene, citations: Citations
) -> list[DigestStatement]:
    rest = len(breaches) - SHOWN_PER_RULE
    if rest <= 0:
        return []
    evidence = cite_rule(rule, breaches, scene, citations)
    more = figures.count(rest, "more entry", evidence, "more entries")
    return [statement("breach.more", {"more": more})]
