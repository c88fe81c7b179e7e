"""The rules of the week: each one kept or broken, and where."""

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Figure, statement
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.schema import sentence
from coach.model.canonical import canonical_json
from coach.model.insights import Fact
from coach.model.promises.commitments import in_short
from coach.model.rules import Breach, Rule, RuleId

SHOWN_PER_RULE = 5
COMMITMENT_FORMULA = "commitment@1"


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
            told += _signed(scene, citations, rule.id)
        else:
            told.append(_unbroken(rule, scene, citations))
    if any(scene.now.breaches_of(rule) for rule in scene.rules):
        told += _signed(scene, citations, None)
    return told or [statement("rule.none")]


def _signed(scene: Scene, citations: Citations, rule_id: RuleId | None) -> list[DigestStatement]:
    """State what was signed for the breach of a rule, or of any (None)."""
    told = []
    say = "commitment.for_all" if rule_id is None else "commitment.signed"
    for one in sorted(scene.inputs.commitments, key=lambda one: one.id):
        if one.rule_id == rule_id:
            day = f"{scene.local(one.signed_at):%Y-%m-%d}"
            evidence = citations.cite(COMMITMENT_FORMULA, {"number": one.id, "signed": day})
            text = figures.phrase(in_short(one.text), evidence)
            told.append(statement(say, {"day": figures.phrase(day, evidence), "text": text}))
    return told


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
