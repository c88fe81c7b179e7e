"""Patterns that a rule may explain, and rules that the trader confirmed: no habit, and no money."""

from collections.abc import Iterable, Iterator

from coach.engine.digest import figures, habits
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Figure, statement
from coach.model.insights import Finding
from coach.wording.reasons import question_text, statement_text

REASON_FORMULA = "reason@1"


def is_explained(finding: Finding) -> bool:
    """Whether a rule explains the finding or may: then it is no evidence of a habit."""
    return finding.standing in {"asked", "style"}


def is_machine(findings: Iterable[Finding]) -> bool:
    """Whether a bot may place the orders: then nothing is said of habits, nor of their lack."""
    explained = (finding for finding in findings if is_explained(finding))
    return any(finding.reasons[0].kind == "machine" for finding in explained)


def pattern_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State what a confirmed rule explains, then each pattern with what coach asks about it."""
    styles = [one for one in scene.findings if one.standing == "style"]
    asked = [one for one in scene.findings if one.standing == "asked"]
    by_question: dict[str, list[Finding]] = {}
    for finding in asked:
        by_question.setdefault(question_text(finding.reasons[0]), []).append(finding)
    return [
        *_styles(styles, citations),
        *(line for few in by_question.values() for line in _patterns(few, scene, citations)),
    ]


def _styles(findings: list[Finding], citations: Citations) -> list[DigestStatement]:
    """State each confirmed rule once, whichever habits it explains."""
    if is_machine(findings):
        return [statement("style.machine")]
    told: dict[str, DigestStatement] = {}
    for finding in findings:
        text = statement_text(finding.reasons[0])
        evidence = _cite(finding, citations)
        told.setdefault(text, statement("style.rule", {"rule": figures.phrase(text, evidence)}))
    return list(told.values())


def _patterns(
    findings: list[Finding], scene: Scene, citations: Citations
) -> Iterator[DigestStatement]:
    """Yield patterns that turn on one question, which is stated once, with the last of them."""
    *earlier, last = findings
    for finding in earlier:
        yield statement("pattern.seen", _seen(finding, scene, citations))
    text = question_text(last.reasons[0])
    told = _seen(last, scene, citations)
    question = figures.phrase(text, _cite(last, citations))
    kind = "pattern.asked" if not earlier else "pattern.asked_of_all"
    yield statement(kind, {**told, "question": question})


def _seen(finding: Finding, scene: Scene, citations: Citations) -> dict[str, Figure]:
    """Return what was found of a pattern, and over how many events."""
    evidence = habits.cite_finding(finding, citations)
    assert finding.effect is not None, "what has evidence was measured"
    words = scene.inputs.words(finding.bias)
    found = words.sentence(finding.effect, finding.interval)
    pattern = f"{found[:1].upper()}{found[1:]}"
    return {
        "pattern": figures.phrase(pattern, evidence),
        "n": habits.sample(finding, scene, evidence),
    }


def _cite(finding: Finding, citations: Citations) -> str:
    reason = finding.reasons[0]
    sample = {"kind": reason.kind, "n": reason.n, "share": reason.share, **reason.facts}
    return citations.cite(REASON_FORMULA, sample)
