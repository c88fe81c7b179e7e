"""What happened and may be told: one dataclass per type of event; its fields are the payload.

The first line of a docstring says when the event is written. `.ci/schemas.py` publishes a JSON
Schema of each, and the table of `docs/events.md` comes from here. A field may be added; one that
changes its meaning or goes away raises `v`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

from coach.model.accounts import RunId
from coach.model.bookkeeping.events import FILL_EVENTS
from coach.model.events import BOOKS, CONCLUSIONS, RULES, EventType, Json, NewEvent, Stale
from coach.model.insights import Fact
from coach.model.journal.note_events import NoteAdded, NoteEdited, NoteRemoved, NoteRestored
from coach.model.labels import Answer
from coach.model.notifications.events import ChannelChanged, DigestSent
from coach.model.plans import PlanKind, QuestionReply
from coach.model.promises.events import PROMISE_EVENTS
from coach.model.promises.words import SettingName
from coach.model.proposals import ProposalKind
from coach.model.reasons import Level, ReasonKind
from coach.model.reflections.event import CoachReflected
from coach.model.rules import Actor, RuleChange, RuleId
from coach.model.trades import TradeId
from coach.model.traits import WithdrawalReason

AccountChange = Literal[
    "connected",
    "disconnected",
    "reauth_required",
    "removed",
    "shorts",
    "equity",
    "sync_hours",
    "pairs",
]
ExperimentChange = Literal["started", "week", "stopped", "ended"]
PlanChange = Literal["added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(NewEvent):
    """An account was connected, left, removed or needs you, or what you declared has changed."""

    type: ClassVar[EventType] = "account.changed"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    account: str
    what: AccountChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress(NewEvent):
    """An import goes on, at most once a second; `of` is the number of rows where it is known."""

    type: ClassVar[EventType] = "import.progress"
    stale: ClassVar[tuple[Stale, ...]] = ("imports", "jobs")
    run_id: RunId
    rows: int
    of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDone(NewEvent):
    """An import is done: how many rows it read and what became of them."""

    type: ClassVar[EventType] = "import.done"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    run_id: RunId
    account: str
    source: str
    fetched: int
    new: int
    known: int
    changed: int
    skipped: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(NewEvent):
    """An import was taken back, and so many fills with it."""

    type: ClassVar[EventType] = "import.undone"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    run_id: RunId
    account: str
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandlesStored(NewEvent):
    """Candles came, and all conclusions were drawn again."""

    type: ClassVar[EventType] = "candles.stored"
    stale: ClassVar[tuple[Stale, ...]] = ("candles", "checks", "profit", *CONCLUSIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasTagged(NewEvent):
    """Trades were tagged with a habit: how many, and the newest twenty of them."""

    type: ClassVar[EventType] = "bias.tagged"
    stale: ClassVar[tuple[Stale, ...]] = ("findings", "status", "tags", "trades")
    bias: str
    formula: str
    count: int
    trade_ids: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _TraitEvent(NewEvent):
    bias: str
    level: Level
    score: float | None
    effect: float | None
    interval: tuple[float, float] | None
    unit: str
    n: int
    evidence: str | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitAnnounced(_TraitEvent):
    """The evidence of a habit stands and no rule explains it: it is announced, once."""

    type: ClassVar[EventType] = "trait.announced"
    stale: ClassVar[tuple[Stale, ...]] = ("findings",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitWithdrawn(_TraitEvent):
    """A habit that was announced no longer stands, for a reason."""

    type: ClassVar[EventType] = "trait.withdrawn"
    stale: ClassVar[tuple[Stale, ...]] = ("findings",)
    reason: WithdrawalReason
    announced: datetime


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
class _ProposalEvent(NewEvent):
    rule_id: RuleId
    proposal_id: str
    kind: ProposalKind
    param: str
    was: Json
    now: Json
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposed(_ProposalEvent):
    """Your answers speak for a change of a rule that waits for you."""

    type: ClassVar[EventType] = "rule.proposed"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDismissed(_ProposalEvent):
    """You left a rule as it is, against a proposal."""

    type: ClassVar[EventType] = "rule.dismissed"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class _DecidedEvent(_ProposalEvent):
    actor: Actor
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMoved(_DecidedEvent):
    """A threshold moved: accepted by you, or by coach where you let it."""

    type: ClassVar[EventType] = "rule.moved"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMuted(_DecidedEvent):
    """You accepted that a rule be paused."""

    type: ClassVar[EventType] = "rule.muted"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRolledBack(_DecidedEvent):
    """Newer answers turned against a move, and coach took it back."""

    type: ClassVar[EventType] = "rule.rolled_back"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWaiting(NewEvent):
    """A change of a rule that you asked for, or accepted, waits for its lock `until` then."""

    type: ClassVar[EventType] = "rule.waiting"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "proposals", "rules", "status")
    rule_id: RuleId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentChanged(NewEvent):
    """An experiment was started, stopped or ended, or another of its weeks began or was counted."""

    type: ClassVar[EventType] = "experiment.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("experiments", "rules")
    experiment_id: str
    rule_id: RuleId
    what: ExperimentChange


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGiven(NewEvent):
    """You said whether a trade was that habit."""

    type: ClassVar[EventType] = "label.given"
    stale: ClassVar[tuple[Stale, ...]] = ("labels",)
    trade_id: TradeId
    bias: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRemoved(NewEvent):
    """You took back what you said of a trade, so that nothing is said of it."""

    type: ClassVar[EventType] = "label.removed"
    stale: ClassVar[tuple[Stale, ...]] = ("labels",)
    trade_id: TradeId
    bias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(NewEvent):
    """You declared a plan, or dropped one; all conclusions were drawn again."""

    type: ClassVar[EventType] = "plan.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("plans", *CONCLUSIONS)
    plan_id: str
    kind: PlanKind
    what: PlanChange


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(NewEvent):
    """A habit has evidence and a rule of yours may explain it: coach asks, and claims nothing."""

    type: ClassVar[EventType] = "question.asked"
    stale: ClassVar[tuple[Stale, ...]] = ("questions", "status")
    question_id: str
    bias: str
    reason: ReasonKind
    sentence: str
    n: int
    share: float
    typical: float | None
    quartiles: tuple[float, float] | None
    unit: str
    facts: Mapping[str, Fact]
    times: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(NewEvent):
    """You answered whether a rule is yours, or took the answer back (`undone`)."""

    type: ClassVar[EventType] = "question.answered"
    stale: ClassVar[tuple[Stale, ...]] = ("findings", "questions", "status")
    question_id: str
    bias: str
    reason: ReasonKind
    answer: QuestionReply
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReady(NewEvent):
    """The digest of a week was written; the hash is that of its pack."""

    type: ClassVar[EventType] = "digest.ready"
    stale: ClassVar[tuple[Stale, ...]] = ("digests", "jobs")
    week: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWaiting(NewEvent):
    """A change of the zone or of an equity waits for locked rules, or (`until` null) no more."""

    type: ClassVar[EventType] = "setting.waiting"
    stale: ClassVar[tuple[Stale, ...]] = ("accounts", "rules", "status")
    setting: SettingName
    account: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChanged(NewEvent):
    """You set your time zone, so that your days and weeks are cut elsewhere."""

    type: ClassVar[EventType] = "zone.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("coverage", "digests", "findings", *RULES, "zone")
    was: str
    now: str


_EVERY: Final[tuple[type[NewEvent], ...]] = (
    AccountChanged,
    ChannelChanged,
    ImportProgress,
    ImportDone,
    ImportUndone,
    *FILL_EVENTS,
    CandlesStored,
    BiasTagged,
    TraitAnnounced,
    TraitWithdrawn,
    RuleChanged,
    RuleBreached,
    RuleProposed,
    RuleDismissed,
    RuleMoved,
    RuleMuted,
    RuleRolledBack,
    RuleWaiting,
    *PROMISE_EVENTS,
    ExperimentChanged,
    LabelGiven,
    LabelRemoved,
    PlanChanged,
    QuestionAsked,
    QuestionAnswered,
    DigestReady,
    DigestSent,
    CoachReflected,
    NoteAdded,
    NoteEdited,
    NoteRemoved,
    NoteRestored,
    SettingWaiting,
    ZoneChanged,
)
EVENT_TYPES: Final[Mapping[str, type[NewEvent]]] = {one.type: one for one in _EVERY}
"""Every type of event by its name."""
