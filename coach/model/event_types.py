"""What happened and may be told: the types of events of all areas, by their names.

Each is a dataclass of its area whose fields are the payload; the first line of its docstring says
when the event is written. `.ci/schemas.py` publishes a JSON Schema of each, and the table of
`docs/events.md` comes from here. A field may be added; one that changes its meaning or goes away
raises `v`. A command imports the events of its area and not this table: to define a dataclass takes
half a millisecond.
"""

from collections.abc import Mapping
from typing import Final

from coach.model.bookkeeping.events import FILL_EVENTS
from coach.model.bookkeeping.import_events import (
    AccountChanged,
    CandlesStored,
    ImportDone,
    ImportProgress,
    ImportUndone,
)
from coach.model.conclusions.answer_events import LabelGiven, LabelRemoved, PlanChanged, ZoneChanged
from coach.model.conclusions.habit_events import (
    BiasTagged,
    QuestionAnswered,
    QuestionAsked,
    TraitAnnounced,
    TraitWithdrawn,
)
from coach.model.events import NewEvent
from coach.model.journal.note_events import NoteAdded, NoteEdited, NoteRemoved, NoteRestored
from coach.model.notifications.events import ChannelChanged, DigestReady, DigestSent
from coach.model.promises.commitment_events import (
    CommitmentRemoved,
    CommitmentRestored,
    CommitmentSigned,
)
from coach.model.promises.events import CheckAsked, ConfidenceGiven
from coach.model.promises.proposal_events import (
    RuleDismissed,
    RuleMoved,
    RuleMuted,
    RuleProposed,
    RuleRolledBack,
)
from coach.model.promises.rule_events import (
    ExperimentChanged,
    RuleBreached,
    RuleChanged,
    RuleWaiting,
    SettingWaiting,
)
from coach.model.reflections.event import CoachReflected

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
    CheckAsked,
    CommitmentSigned,
    CommitmentRemoved,
    CommitmentRestored,
    ConfidenceGiven,
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
