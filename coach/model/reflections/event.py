"""What is told when a reflection was answered."""

from dataclasses import dataclass
from typing import ClassVar

from coach.model.events import EventType, NewEvent, Stale
from coach.model.reflections.words import ReflectionSource, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachReflected(NewEvent):
    """A reflection was answered: its sentences, and not the words of your question."""

    type: ClassVar[EventType] = "coach.reflect"
    stale: ClassVar[tuple[Stale, ...]] = ("jobs", "reflections")
    reflection_id: str
    persona: str
    tone: Tone
    source: ReflectionSource
    refused: bool
    sentences: tuple[str, ...]
