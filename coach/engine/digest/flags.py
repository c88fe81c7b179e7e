"""Entries of the week that the trader alone can judge: each was flagged as a habit.

They are those of the history at the week's end. What the trader answered, then or later, is no
part of a digest: the same week is asked about in the same words for ever.
"""

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.habits import CERTAINTY
from coach.engine.digest.patterns import is_explained, is_machine
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, statement
from coach.model.insights import Bias, Finding, Tag

MOST_SHOWN = 3


def is_asked_about(finding: Finding) -> bool:
    """Say whether entries flagged as this habit are worth an answer: it shows, unexplained."""
    shows = CERTAINTY.index(finding.level) >= CERTAINTY.index("possible")
    return shows and not is_explained(finding)


def flag_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State how many entries were flagged, and the first of them one by one."""
    if is_machine(scene.findings):
        return []
    flagged = _flagged(scene)
    if not flagged:
        return [statement("flag.none")]
    told = [_flag(bias, tag, scene, citations) for (_, bias), tag in flagged[:MOST_SHOWN]]
    rest = flagged[MOST_SHOWN:]
    if rest:
        evidence = _cite([tag for _, tag in rest], citations)
        more = figures.count(len(rest), "more entry", evidence, "more entries")
        told.append(statement("flag.more", {"more": more}))
    return told


def _flagged(scene: Scene) -> list[tuple[tuple[str, Bias], Tag]]:
    """Return the first tag of each entry and habit in the week, oldest first."""
    asked = {one.bias for one in scene.findings if is_asked_about(one)}
    opened = {trip.id for trip in scene.now.entries}
    first: dict[tuple[str, Bias], Tag] = {}
    for tag in sorted(scene.inputs.tags, key=lambda one: (one.at, one.trade_id, one.bias)):
        if tag.bias in asked and tag.trade_id in opened:
            first.setdefault((tag.trade_id, tag.bias), tag)
    return list(first.items())


def _flag(bias: Bias, tag: Tag, scene: Scene, citations: Citations) -> DigestStatement:
    symbols = {trip.id: trip.symbol for trip in scene.now.entries}
    moment = scene.local(tag.at).strftime("%Y-%m-%d %H:%M")
    entry = figures.phrase(f"{moment} {symbols[tag.trade_id]}", _cite([tag], citations))
    return statement("flag.entry", {"entry": entry}, bias=bias)


def _cite(tags: list[Tag], citations: Citations) -> str:
    formulas = ", ".join(sorted({tag.formula for tag in tags}))
    if len(tags) == 1:
        [tag] = tags
        return citations.cite(tag.formula, tag.facts, [tag.trade_id], tag.fill_keys)
    return citations.cite(
        "flags@1",
        {"flagged": len(tags), "formulas": formulas},
        [tag.trade_id for tag in tags],
        [key for tag in tags for key in tag.fill_keys],
    )
