"""The one rule to consider: that which answers the habit of the page and is not in force yet.

Its numbers are those to begin with; where the tags of the habit carry the number that the rule
limits, it is the trader's own (`biases/answers`).
"""

from coach.engine.biases.answers import params_of
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest import figures, habits
from coach.engine.digest.evidence import Citations
from coach.engine.digest.patterns import is_machine
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, statement
from coach.engine.rules.schema import read_rule, sentence
from coach.model.canonical import canonical_json
from coach.model.insights import Finding
from coach.model.rules import Rule, RuleId

ANSWER_FORMULA = "rule_answer@1"


def proposal_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State the rule that answers the surest habit without one, or that none is proposed.

    A bot has no use for one.
    """
    if is_machine(scene.findings):
        return []
    told = sorted(filter(habits.is_trait, scene.findings), key=habits.surest_first)
    costly = [one for one in told if habits.priced(one)]
    for finding in (*costly, *told):
        rule = _answer(finding, scene)
        if rule is not None:
            return [_proposal(finding, rule, scene, citations)]
    return [statement("proposal.none")]


def _answer(finding: Finding, scene: Scene) -> Rule | None:
    """Return the rule to try first, None where one of its kind is in force already."""
    in_force = {rule.kind for rule in scene.rules if rule.active}
    answers = HABITS[finding.bias].answered_by if finding.bias in HABITS else ()
    if any(one.kind in in_force for one in answers):
        return None
    tags = [tag for tag in scene.inputs.tags if tag.bias == finding.bias]
    return next(
        (
            Rule(RuleId(one.kind), one.kind, read_rule(one.kind, params_of(one, tags)), active=True)
            for one in answers
        ),
        None,
    )


def _proposal(finding: Finding, rule: Rule, scene: Scene, citations: Citations) -> DigestStatement:
    tags = sum(tag.bias == finding.bias for tag in scene.inputs.tags)
    params = canonical_json(dict(rule.params), "spaced").decode()
    evidence = citations.cite(
        ANSWER_FORMULA, {"kind": rule.kind, "params": params, "tags": tags}, source=finding.bias
    )
    told = {"rule": figures.phrase(sentence(rule), evidence)}
    return statement("proposal.rule", told, bias=finding.bias)
