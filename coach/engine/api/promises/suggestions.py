"""The rules that answer a habit, with the numbers to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.conclusions.due import conclude_due
from coach.engine.biases.answers import own_number, params_of
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.store import insights
from coach.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coach.engine.api.session import Session
    from coach.engine.biases.answers import RuleAnswer
    from coach.model.events import Json
    from coach.model.insights import Tag
    from coach.model.rules import RuleKind


@dataclass(frozen=True, slots=True)
class RuleSuggestion:
    """A rule that answers a habit: its kind and its parameters.

    `own` names the parameter that is of the trader's own trades, empty where all are round numbers.
    """

    kind: RuleKind
    params: Mapping[str, Json]
    own: str = ""


def is_habit(name: str) -> bool:
    """Say whether the name is one of coach's own habits."""
    return name in HABITS


def suggestions(session: Session, bias: str) -> tuple[RuleSuggestion, ...]:
    """Return the rules that answer a habit, the one to try first at the head."""
    answers = HABITS[bias].answered_by if bias in HABITS else ()
    conclude_due(session)
    tags = insights.tags(session.connection, session.user.id, bias)
    return tuple(_suggestion(one, tags) for one in answers)


def _suggestion(answer: RuleAnswer, tags: Sequence[Tag]) -> RuleSuggestion:
    own = answer.own is not None and own_number(answer, tags) is not None
    param = answer.own.param if own and answer.own is not None else ""
    return RuleSuggestion(answer.kind, params_of(answer, tags), param)


def first_suggestion(session: Session, bias: str) -> RuleSuggestion:
    """Return the rule to try first; Invalid where no kind of rule answers the habit."""
    found = suggestions(session, bias)
    if not found:
        allowed = "a habit that a rule answers"
        raise Invalid("source", f"not {bias}", allowed, remedy="lock_rule")
    return found[0]


def refuse_habit(bias: str) -> Invalid:
    """Return the error for a habit where a kind of rule is asked for; it names those that answer.

    The names are those of kinds, in the order in which to try them.
    """
    kinds = ", ".join(one.kind for one in HABITS[bias].answered_by)
    if not kinds:
        return Invalid("kind", f"not the habit {bias}", "a kind of rule", remedy="lock_rule")
    allowed = f"a rule that answers it: {kinds}"
    return Invalid("kind", f"not the habit {bias}", allowed, remedy="answer_habit", habit=bias)
