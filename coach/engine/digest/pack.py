"""The evidence pack: a week as plain JSON, and its canonical bytes.

The same inputs give the same bytes, in any order and on any machine: every number is a
string, keys are sorted, no clock and no version of the program is read. What may change the
bytes of an old week is told apart: `inputs` holds a hash of each input and `engine_version`
the version of each formula.
"""

import hashlib
import json
from datetime import timedelta

from coach.engine.digest import (
    asked,
    changes,
    cost,
    days,
    figures,
    flags,
    highlight,
    patterns,
    promises,
    proposals,
    unknowns,
    wins,
)
from coach.engine.digest.conversion.week_sums import converted_part
from coach.engine.digest.evidence import Citations
from coach.engine.digest.fingerprint import fingerprints
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.scene import Scene, scene_of
from coach.engine.digest.shape import AskedPart, Guests, Pack, Period
from coach.engine.digest.week import monday
from coach.engine.rules.kinds.catalogue import kind_of
from coach.model.canonical import canonical_json

SCHEMA_VERSION = 1
DIGEST_FORMULA = "digest@11"
WEEK_FORMULA = "week@1"
TRADES_FORMULA = "round_trip@2"
FINDINGS = frozenset({"findings", "findings_before"})
FOLLOWS = {
    "trades": frozenset({"trades", "unknown", "breaches", "confidence", "tags"}) | FINDINGS,
    "rules": frozenset({"breaches", "tags"}) | FINDINGS,
    "biases": FINDINGS | {"tags"},
    "digest": frozenset({"tags"}),
}
"""Which inputs of a digest are made, or first read, by the formulas of each part."""


def build(inputs: DigestInputs) -> Pack:
    """Build the pack of a week; UsageError for a week or a zone that does not exist."""
    scene, citations = scene_of(inputs), Citations()
    pack: Pack = {
        "schema_version": SCHEMA_VERSION,
        "engine_version": _versions(scene),
        "week": inputs.week,
        "period": _period(scene, citations),
        "highlight": highlight.choose(scene, citations),
        "cost": cost.cost_statements(scene, citations),
        "proposal": proposals.proposal_statements(scene, citations),
        "win": wins.win_statements(scene, citations),
        "flags": flags.flag_statements(scene, citations),
        "patterns": patterns.pattern_statements(scene, citations),
        "changes": changes.compare_weeks(scene, citations),
        "days": days.week_days(scene, citations),
        "unknowns": unknowns.unknown_statements(scene, citations),
        "rules": promises.rule_statements(scene, citations),
        "habits": _guests(scene),
        **_asked(scene, citations),
        **converted_part(scene),
        "evidence": citations.records(),
        "inputs": fingerprints(scene),
    }
    return read(canonical_json(pack))


def read(stored: bytes | str) -> Pack:
    """Read a pack back from its bytes; its keys come sorted."""
    pack: Pack = json.loads(stored)
    return pack


def sha256(pack: Pack) -> str:
    """Return the hash of the canonical bytes, in hex."""
    return hashlib.sha256(canonical_json(pack)).hexdigest()


def input_sha256(pack: Pack) -> str:
    """Return one hash of everything the pack was made from, in hex."""
    return hashlib.sha256(canonical_json(pack["inputs"], "spaced")).hexdigest()


def differences(stored: Pack, recomputed: Pack) -> list[str]:
    """Name what differs between two packs of a week: inputs, formulas, or only the wording."""
    if canonical_json(stored) == canonical_json(recomputed):
        return []
    before, now = stored["inputs"], recomputed["inputs"]
    names = [name for name in before | now if before.get(name) != now.get(name)]
    if stored["period"]["zone"] != recomputed["period"]["zone"]:
        names.append("zone")
    if stored.get("base_currency") != recomputed.get("base_currency"):
        names.append("base currency")
    if stored["engine_version"] != recomputed["engine_version"]:
        names.append("formulas")
    return sorted(names) or ["wording"]


def newer_formulas(stored: Pack, recomputed: Pack) -> list[str]:
    """Name the formulas that have another version now: `digest@1, now digest@2`.

    And those of other packages' habits that are asked in one of the two alone.
    """
    before, now = _by_name(stored), _by_name(recomputed)
    changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
    gone, come = _guests_alone(stored, recomputed), _guests_alone(recomputed, stored)
    return [
        *(f"{before[name]}, now {now[name]}" for name in changed),
        *(f"{before[name]}, now not installed" for name in gone),
        *(f"{now[name]}, then not installed" for name in come),
    ]


def _guests_alone(pack: Pack, other: Pack) -> list[str]:
    """Return the habits of other packages that were asked for the one pack alone."""
    return sorted(pack.get("habits", {}).keys() - other.get("habits", {}).keys())


def unexplained(stored: Pack, recomputed: Pack) -> list[str]:
    """Name what differs though no newer formula can be the reason: inputs, or only the wording.

    A newer formula of trades changes all that is made from trades, one of a rule its breaches,
    one of a habit the findings, and any of them what the digest says. So does a habit of another
    package that came or went: all habits are tested together.
    """
    before, now = _by_name(stored), _by_name(recomputed)
    changed = {name for name in before.keys() & now.keys() if before[name] != now[name]}
    changed |= {*_guests_alone(stored, recomputed), *_guests_alone(recomputed, stored)}
    explained = {"wording", "formulas"} if changed else set()
    for part, follows in FOLLOWS.items():
        formulas = (*stored["engine_version"][part], *recomputed["engine_version"][part])
        names = {_name(one) for one in formulas}
        explained |= follows if names & changed else set()
    return [name for name in differences(stored, recomputed) if name not in explained]


def _by_name(pack: Pack) -> dict[str, str]:
    return {_name(one): one for part in pack["engine_version"].values() for one in part}


def _name(formula: str) -> str:
    return formula.partition("@")[0]


def _versions(scene: Scene) -> dict[str, list[str]]:
    evidence = [one for finding in scene.findings for one in finding.evidence]
    return {
        "biases": sorted({one.formula for one in evidence}),
        "digest": [DIGEST_FORMULA],
        "rules": sorted({kind_of(rule.kind).formula for rule in scene.rules}),
        "trades": [TRADES_FORMULA],
    }


def _guests(scene: Scene) -> Guests:
    """Return the words of the other packages' habits that were asked."""
    asked = {finding.bias for finding in (*scene.findings, *scene.inputs.findings_before)}
    return {
        bias: {"name": words.name, "claim": words.claim}
        for bias, words in scene.inputs.guests.items()
        if bias in asked
    }


def _asked(scene: Scene, citations: Citations) -> AskedPart:
    """Return what was asked before trading, nothing where nobody asked."""
    told = asked.asked_statements(scene, citations)
    return {"asked": told} if told else {}


def _period(scene: Scene, citations: Citations) -> Period:
    week, zone = scene.inputs.week, scene.inputs.zone
    first = monday(week)
    last = first + timedelta(days=6)
    start, end = figures.utc(scene.start), figures.utc(scene.end)
    evidence = citations.cite(WEEK_FORMULA, {"zone": zone, "start": start, "end": end})
    return {
        "zone": zone,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "start": start,
        "end": end,
        "title": figures.phrase(f"{week}, {first} to {last}, {zone}", evidence),
    }
