"""Rules: what the trader promised, how it changed, and where it was broken."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.events import Json
from coach.model.insights import Fact
from coach.model.promises.words import RuleState
from coach.model.rules import Breach, Revision, RuleKind
from coach.model.times import HOUR_S
from coach.views.promises.commitments import CommitmentRow, commitment
from coach.views.promises.waiting import (
    WaitingChange,
    WaitingSetting,
    waiting_change,
    waiting_setting,
)
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.promises.presets import PresetView
    from coach.engine.api.promises.revisions import Difference
    from coach.engine.api.promises.rules import RuleView

RULES = (
    Column("id", "rule"),
    Column("kind"),
    Column("params"),
    Column("active", "active"),
    Column("breaches", "broken", "number"),
    Column("last_breach", "last broken", "time"),
    Column("sentence", "promise"),
    Column("note"),
    Column("expires"),
    Column("expired"),
    Column("lock_hours"),
    Column("revision"),
    Column("badge"),
    Column("waiting"),
    Column("waiting_settings"),
    Column("lacks"),
    Column("commitments"),
)
STANDINGS = (
    Column("rule_id", "rule"),
    Column("state", "state"),
    Column("breaches", "broken", "number"),
    Column("last_breach", "last broken", "time"),
    Column("sentence", "promise"),
    Column("note", "your words"),
    Column("commitments"),
)
PRESETS = (
    Column("name", "preset"),
    Column("title", "for"),
    Column("source_date", "as of"),
    Column("source", "source"),
    Column("sizes"),
    Column("rules"),
    Column("notes"),
)
BREACHES = (
    Column("at", "at", "time"),
    Column("rule_id", "rule"),
    Column("trade_id", "trade", "key"),
    Column("fill_ids"),
    Column("facts", "facts"),
    Column("revision"),
)
REVISIONS = (
    Column("at", "at", "time"),
    Column("rule_id", "rule"),
    Column("revision", "rev", "number"),
    Column("parent"),
    Column("state", "state"),
    Column("params", "says"),
    Column("actor", "by"),
    Column("reason", "why"),
    Column("note"),
    Column("expires"),
    Column("lock_hours"),
    Column("kind"),
    Column("evidence"),
    Column("engine_version"),
    Column("input_sha256"),
)
BREACH_KEY = "rule_id:trade_id"
REVISION_KEY = "rule_id:revision"
DIFFERENCES = (Column("field", "field"), Column("was", "was"), Column("now", "now"))


class ThresholdChange(TypedDict):
    """The last change of a rule's threshold: from what to what, when, by whom and why."""

    was: Mapping[str, Json]
    now: Mapping[str, Json]
    at: datetime
    actor: str
    reason: str
    revision: int


class RuleRow(TypedDict):
    """A rule and how often it was broken; `lacks` is what is missing to judge it.

    `commitments` were signed for its breach, or for that of any rule.
    """

    id: str
    kind: RuleKind
    params: Mapping[str, Json]
    active: bool
    sentence: str
    breaches: int
    last_breach: datetime | None
    note: str
    expires: datetime | None
    expired: bool
    lock_hours: float
    revision: int
    badge: ThresholdChange | None
    waiting: WaitingChange | None
    waiting_settings: Sequence[WaitingSetting]
    lacks: Sequence[str]
    commitments: list[CommitmentRow]


class StandingRow(TypedDict):
    """A rule, its state, and how often it was broken in the time that was asked for."""

    rule_id: str
    state: Literal["active", "paused", "expired"]
    sentence: str
    note: str
    breaches: int
    last_breach: datetime | None
    commitments: list[CommitmentRow]


class PresetRuleRow(TypedDict):
    """A rule of a preset."""

    kind: RuleKind
    params: Mapping[str, Json]
    sentence: str


class PresetRow(TypedDict):
    """A preset; one of coach's own has no `source`. Without `sizes` it takes any account."""

    name: str
    title: str
    source: str
    source_date: date | None
    sizes: Sequence[int]
    notes: Sequence[str]
    rules: list[PresetRuleRow]


class BreachRow(TypedDict):
    """A broken rule: the trade that broke it, its fills, and by how much."""

    rule_id: str
    trade_id: str
    at: datetime
    fill_ids: Sequence[bytes]
    facts: Mapping[str, Fact]
    revision: int


class RevisionRow(TypedDict):
    """A change of a rule: all that it said from then on, who changed it and why."""

    rule_id: str
    revision: int
    parent: int | None
    kind: RuleKind
    params: Mapping[str, Json]
    state: RuleState
    note: str
    expires: datetime | None
    lock_hours: float
    reason: str
    evidence: Mapping[str, Json]
    actor: str
    at: datetime
    engine_version: str
    input_sha256: str


class DifferenceRow(TypedDict):
    """A field that two revisions of a rule say differently; None where one says nothing."""

    field: str
    was: Json
    now: Json


def rule(view: "RuleView") -> RuleRow:
    """Return a rule."""
    return {
        "id": view.rule.id,
        "kind": view.rule.kind,
        "params": view.rule.params,
        "active": view.rule.active,
        "sentence": view.sentence,
        "breaches": view.breaches,
        "last_breach": view.last_breach,
        "note": view.rule.note,
        "expires": view.rule.expires_at,
        "expired": view.expired,
        "lock_hours": view.rule.lock_s / HOUR_S,
        "revision": view.rule.revision,
        "badge": threshold_change(view),
        "waiting": None if view.waiting is None else waiting_change(view.waiting),
        "waiting_settings": [waiting_setting(one) for one in view.waiting_settings],
        "lacks": view.lacks,
        "commitments": [commitment(one) for one in view.commitments],
    }


def threshold_change(view: "RuleView") -> ThresholdChange | None:
    """Return the last change of the rule's threshold, None where it never changed."""
    badge = view.badge
    if badge is None:
        return None
    return {
        "was": badge.was,
        "now": badge.now,
        "at": badge.at,
        "actor": badge.actor,
        "reason": badge.reason,
        "revision": badge.revision,
    }


def rule_standing(view: "RuleView") -> StandingRow:
    """Return whether a rule is in force and how often it was broken."""
    return {
        "rule_id": view.rule.id,
        "state": view.state,
        "sentence": view.sentence,
        "note": view.rule.note,
        "breaches": view.breaches,
        "last_breach": view.last_breach,
        "commitments": [commitment(one) for one in view.commitments],
    }


def preset(view: "PresetView") -> PresetRow:
    """Return a preset."""
    return {
        "name": view.name,
        "title": view.title,
        "source": view.source,
        "source_date": view.source_date,
        "sizes": view.sizes,
        "notes": view.notes,
        "rules": [
            {"kind": one.kind, "params": one.params, "sentence": one.sentence} for one in view.rules
        ],
    }


def rule_breach(breach: Breach) -> BreachRow:
    """Return a breach."""
    return {
        "rule_id": breach.rule_id,
        "trade_id": breach.trade_id,
        "at": breach.at,
        "fill_ids": breach.fill_keys,
        "facts": breach.facts,
        "revision": breach.revision,
    }


def rule_revision(revision: Revision) -> RevisionRow:
    """Return a revision of a rule."""
    return {
        "rule_id": revision.rule.id,
        "revision": revision.rule.revision,
        "parent": revision.parent,
        "kind": revision.rule.kind,
        "params": revision.rule.params,
        "state": revision.state,
        "note": revision.rule.note,
        "expires": revision.rule.expires_at,
        "lock_hours": revision.rule.lock_s / HOUR_S,
        "reason": revision.reason,
        "evidence": revision.evidence,
        "actor": revision.actor,
        "at": revision.at,
        "engine_version": revision.engine_version,
        "input_sha256": revision.input_sha256,
    }


def difference(one: "Difference") -> DifferenceRow:
    """Return a field in which two revisions differ."""
    return {"field": one.field, "was": one.was, "now": one.now}
