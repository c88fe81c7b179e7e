"""What happens to rules and to what stands beside them and may be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from coach.model.events import RULES, EventType, NewEvent, Stale
from coach.model.insights import Fact
from coach.model.promises.words import SettingName
from coach.model.rules import RuleChange, RuleId
from coach.values import dataclass

ExperimentChange = Literal["started", "week", "stopped", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged(NewEvent):
    """A rule was added, changed (also back to an earlier revision), paused, resumed or removed."""

    type: ClassVar[EventType] = "rule.changed"
    stale: ClassVar[tuple[Stale, ...]] = (
        "accounts",
        "breaches",
        "experiments",
        "findings",
        "revisions",
        "rules",
        "status",
    )
    rule_id: RuleId
    what: RuleChange


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBreached(NewEvent):
    """Trades broke a rule: how many, the newest twenty, and the facts of the last.

    `commitments` are the texts that you signed for a breach of this rule.
    """

    type: ClassVar[EventType] = "rule.breached"
    stale: ClassVar[tuple[Stale, ...]] = RULES
    rule_id: RuleId
    count: int
    trade_ids: tuple[str, ...]
    last: datetime
    facts: Mapping[str, Fact]
    commitments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWaiting(NewEvent):
    """A change of a rule that you asked for, or accepted, waits for its lock `until` then."""

    type: ClassVar[EventType] = "rule.waiting"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals", "rules", "status")
    rule_id: RuleId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWaiting(NewEvent):
    """A change of the zone or of an equity waits for locked rules, or (`until` null) no more."""

    type: ClassVar[EventType] = "setting.waiting"
    stale: ClassVar[tuple[Stale, ...]] = ("accounts", "rules", "status")
    setting: SettingName
    account: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentChanged(NewEvent):
    """An experiment was started, stopped or ended, or another of its weeks began or was counted."""

    type: ClassVar[EventType] = "experiment.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("experiments", "rules")
    experiment_id: str
    rule_id: RuleId
    what: ExperimentChange
