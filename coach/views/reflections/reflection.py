"""Reflections: what was asked, what was answered, and what each sentence rests on."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from coach.model.reflections.words import ReflectionSource, Tone
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.reflection.compose import PromptView
    from coach.engine.api.reflection.reflect import StoredReflection

SENTENCES = (Column("text", "answer"), Column("claim"), Column("evidence"))
REFLECTIONS = (
    Column("made_at", "at", "time"),
    Column("id", "reflection", "key"),
    Column("question", "question"),
    Column("text", "answer"),
    Column("tone"),
    Column("source"),
    Column("refused"),
)


class ReflectionSentenceRow(TypedDict):
    """A sentence; `claim` and `evidence` name what it rests on, empty where it states nothing."""

    text: str
    claim: str
    evidence: Sequence[str]


class ReflectionRow(TypedDict):
    """An answer of the Rational Future Self. `refused` says that the question asked for a trade.

    `source` is who chose the sentences, `days` how far back the evidence reaches. `after` is the id
    of the answer before it in a conversation, empty where it began one.
    """

    id: str
    question: str
    persona: str
    tone: Tone
    source: ReflectionSource
    refused: bool
    days: int
    sentences: Sequence[ReflectionSentenceRow]
    text: str
    made_at: datetime
    after: str


class PromptRow(TypedDict):
    """What a language model is asked: two messages, and the body that is sent to `url`.

    `sent` is false where no model is configured (then `url` is empty), and for a trade call.
    """

    system: str
    user: str
    url: str
    body: str
    sent: bool


def prompt(shown: "PromptView") -> PromptRow:
    """Return what a model is asked."""
    return {
        "system": shown.prompt.system,
        "user": shown.prompt.user,
        "url": shown.url,
        "body": shown.body,
        "sent": shown.sent,
    }


def reflection(kept: "StoredReflection") -> ReflectionRow:
    """Return a reflection as it was kept."""
    sentences = cast("list[ReflectionSentenceRow]", kept.sentences)
    days = kept.evidence["days"]
    assert isinstance(days, int)
    return {
        "id": kept.id,
        "question": kept.question,
        "persona": kept.persona,
        "tone": kept.tone,
        "source": kept.source,
        "refused": kept.refused,
        "days": days,
        "sentences": sentences,
        "text": " ".join(one["text"] for one in sentences),
        "made_at": kept.made_at,
        "after": kept.after,
    }
