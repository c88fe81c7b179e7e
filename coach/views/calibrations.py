"""Calibration: what the trader's answers say of a threshold, and the changes they speak for."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from coach.model.events import Json
from coach.model.proposals import Proposal, ProposalKind, ProposalState
from coach.model.rules import Actor
from coach.model.times import SECOND_US
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.promises.calibration import (
        Calibration,
        CredibleMean,
        DecisionEvidence,
        GridStep,
    )

CALIBRATIONS = (
    Column("rule_id", "rule"),
    Column("kind", "verdict"),
    Column("value", "now", "number"),
    Column("to", "proposed", "number"),
    Column("sentence", "why"),
    Column("proposal_id", "proposal"),
    Column("proposal_state"),
    Column("auto"),
    Column("param"),
    Column("reason"),
    Column("need"),
    Column("n"),
    Column("n_eff"),
    Column("mix"),
    Column("best"),
    Column("p_best"),
    Column("p_improve"),
    Column("bias"),
    Column("window_start"),
    Column("window_end"),
    Column("engine_version"),
    Column("input_sha256"),
)
PROPOSALS = (
    Column("id", "proposal"),
    Column("rule_id", "rule"),
    Column("kind", "what"),
    Column("was", "now", "number"),
    Column("now", "proposed", "number"),
    Column("sentence", "why"),
    Column("state", "state"),
    Column("made_at", "made", "time"),
    Column("decided_at"),
    Column("actor"),
    Column("waits"),
    Column("param"),
    Column("revision"),
)


class AnswerCounts(TypedDict):
    """How many answers of which kind were used; a proxy is an outcome in place of an answer."""

    yes: int
    no: int
    proxy_yes: int
    proxy_no: int


class CredibleShare(TypedDict):
    """A share in [0, 1] and its 90 % credible interval."""

    mean: float
    interval: list[float]


class ThresholdRow(TypedDict):
    """A threshold of the grid: how many judged events reach it, and how right it would be."""

    value: Json
    theta: float
    fired: int
    precision: CredibleShare | None
    recall: CredibleShare | None
    f: CredibleShare | None
    p_right: float


class CalibrationEvidence(TypedDict):
    """What a calibration rests on; all but `grid` is None where there was none."""

    reason: str | None
    need: int | None
    n: int | None
    n_eff: float | None
    mix: AnswerCounts | None
    p_best: float | None
    p_improve: float | None
    window_start: datetime | None
    window_end: datetime | None
    seed: str | None
    engine_version: str | None
    input_sha256: str | None
    grid: list[ThresholdRow]


class CalibrationRow(CalibrationEvidence):
    """What the answers say of a rule's threshold; `why_not` says why they say nothing."""

    rule_id: str
    param: str | None
    value: Json
    to: Json
    sentence: str
    why_not: str | None
    bias: str | None
    auto: bool
    proposal_id: str | None
    proposal_state: ProposalState | None
    best: Json
    kind: str | None


class ProposalEvidence(CalibrationEvidence):
    """What a proposal rests on, and what the calibration concluded from it."""

    verdict: str


class ShortProposal(TypedDict):
    """A proposal without what it rests on: `param` of a rule from `was` to `now`."""

    id: str
    rule_id: str
    kind: ProposalKind
    param: str
    was: Json
    now: Json
    sentence: str
    state: ProposalState
    made_at: datetime
    decided_at: datetime | None
    actor: Actor | None
    waits: bool
    revision: int


class ProposalRow(ShortProposal):
    """A proposal and what it rests on."""

    evidence: ProposalEvidence


NO_EVIDENCE: CalibrationEvidence = {
    "reason": None,
    "need": None,
    "n": None,
    "n_eff": None,
    "mix": None,
    "p_best": None,
    "p_improve": None,
    "window_start": None,
    "window_end": None,
    "seed": None,
    "engine_version": None,
    "input_sha256": None,
    "grid": [],
}


def calibration(one: "Calibration") -> CalibrationRow:
    """Return what the answers say of a rule's threshold."""
    found, wanted = one.evidence, one.proposal
    return {
        "rule_id": one.rule.id,
        "param": one.param or None,
        "value": one.value,
        "to": wanted.now if wanted else None,
        "sentence": one.sentence,
        "why_not": one.why_not or None,
        "bias": one.bias or None,
        "auto": one.auto,
        "proposal_id": wanted.id if wanted else None,
        "proposal_state": wanted.state if wanted else None,
        "best": one.better,
        "kind": found.decision.kind if found else None,
        **(calibration_evidence(found) if found else NO_EVIDENCE),
    }


def calibration_evidence(evidence: "DecisionEvidence") -> CalibrationEvidence:
    """Return what a calibration rests on."""
    decision = evidence.decision
    return {
        "reason": decision.reason,
        "need": decision.need,
        "n": decision.n,
        "n_eff": decision.n_eff,
        "mix": {
            "yes": decision.mix.yes,
            "no": decision.mix.no,
            "proxy_yes": decision.mix.proxy_yes,
            "proxy_no": decision.mix.proxy_no,
        },
        "p_best": decision.p_best,
        "p_improve": decision.p_improve,
        "window_start": datetime.fromtimestamp(decision.window_start_us / SECOND_US, UTC),
        "window_end": datetime.fromtimestamp(decision.window_end_us / SECOND_US, UTC),
        "seed": str(decision.seed),
        "engine_version": decision.engine_version,
        "input_sha256": decision.input_sha256,
        "grid": [threshold(step) for step in evidence.steps],
    }


def threshold(step: "GridStep") -> ThresholdRow:
    """Return a threshold of the grid."""
    row = step.row
    return {
        "value": step.value,
        "theta": row.theta,
        "fired": row.fired,
        "precision": credible_share(row.precision),
        "recall": credible_share(row.recall),
        "f": credible_share(row.f),
        "p_right": row.p_right,
    }


def credible_share(share: "CredibleMean | None") -> CredibleShare | None:
    """Return a share with its 90 % interval."""
    if share is None:
        return None
    return {"mean": share.mean, "interval": [share.low, share.high]}


def short_proposal(one: Proposal) -> ShortProposal:
    """Return a proposal without what it rests on."""
    return {
        "id": one.id,
        "rule_id": one.rule_id,
        "kind": one.kind,
        "param": one.param,
        "was": one.was,
        "now": one.now,
        "sentence": one.sentence,
        "state": one.state,
        "made_at": one.made_at,
        "decided_at": one.decided_at,
        "actor": one.actor,
        "waits": one.waits,
        "revision": one.revision,
    }


def proposal(one: Proposal, evidence: "DecisionEvidence") -> ProposalRow:
    """Return a proposal and what it rests on."""
    return {
        **short_proposal(one),
        "evidence": {**calibration_evidence(evidence), "verdict": evidence.decision.kind},
    }
