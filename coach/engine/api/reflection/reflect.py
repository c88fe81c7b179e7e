"""Reflection: one question to the Rational Future Self, answered from evidence and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from coach.engine.api import sight
from coach.engine.api.reflection.compose import compose, prompt_view
from coach.engine.api.reflection.evidence import evidence_pack
from coach.engine.jobs.run import JobOrder, job_run
from coach.engine.reflection import prompt
from coach.engine.reflection.persona import future_self
from coach.engine.store.reflection import reflections as store
from coach.engine.store.reflection.reflections import StoredReflection
from coach.errors import Invalid
from coach.model.canonical import canonical_json
from coach.model.reflections.event import CoachReflected

if TYPE_CHECKING:
    from coach.engine.api.reflection.compose import PromptView
    from coach.engine.api.session import Session
    from coach.engine.reflection.shape import EvidencePack, ReflectionAnswer

__all__ = ["ReflectionView", "StoredReflection", "newest", "prompt_of", "reflect"]

LONGEST_QUESTION: Final = 500


@dataclass(frozen=True, slots=True)
class ReflectionView:
    """A reflection, whether it was answered already, and why no model wrote it where one should.

    `note` says that the day's tokens are nearly spent.
    """

    kept: StoredReflection
    known: bool
    trouble: str = ""
    note: str = ""


def reflect(session: Session, question: str = "") -> ReflectionView:
    """Answer a question, or say how things stand where it is empty.

    The same question of the same evidence in the same voice is the same reflection. A new one is
    kept, and an event tells it. Where templates stood in for a model, it is asked again. Invalid
    for a question that is too long, NotInitialised without fills.
    """
    asked = tidy(question)
    pack = evidence_pack(session)
    order = _order(session, pack, asked)
    known = store.find(session.connection, session.user.id, order.id)
    if known is not None and _stands(session, known):
        return ReflectionView(known, known=True)
    with job_run(session.connection, session.user.id, order, session.clock) as running:
        composed = compose(session, pack, asked)
        made = _made(session, order.id, asked, pack, composed.answer)
        with sight.change(session) as events:
            store.keep(session.connection, session.user.id, made)
            events.append(_event(made, composed.answer))
            running.finish({"reflection": made.id})
    return ReflectionView(made, known=False, trouble=composed.trouble, note=composed.note)


def prompt_of(session: Session, question: str = "") -> PromptView:
    """Return what a language model is or would be asked; nothing is sent and nothing kept."""
    return prompt_view(session, evidence_pack(session), tidy(question))


def _stands(session: Session, known: StoredReflection) -> bool:
    """Say whether an answer that is kept is the best that can be had."""
    return known.source == "model" or known.refused or not session.model.configured


def newest(session: Session, most: int) -> list[StoredReflection]:
    """Return the newest reflections, oldest first."""
    return store.newest(session.connection, session.user.id, most)


def tidy(question: str) -> str:
    """Return a question on one line; Invalid for one that is too long or cannot be seen."""
    text = " ".join(question.split())
    if len(text) > LONGEST_QUESTION:
        allowed = f"at most {LONGEST_QUESTION} characters"
        raise Invalid("question", f"not {len(text)} characters", allowed)
    if not text.isprintable():
        raise Invalid("question", "not control characters", "letters, digits and signs")
    return text


def _order(session: Session, pack: EvidencePack, asked: str) -> JobOrder:
    voice = future_self(session.user.tone)
    evidence = sha256(canonical_json(pack.as_json())).hexdigest()
    request = {
        "question": asked,
        "persona": voice.id,
        "tone": voice.tone,
        "evidence": evidence,
        "prompt": prompt.PROMPT_VERSION,
        "model": session.model.name if session.model.configured else "",
    }
    return JobOrder("reflect.question", dict(request), voice.name)


def _made(
    session: Session, id_: str, asked: str, pack: EvidencePack, answer: ReflectionAnswer
) -> StoredReflection:
    voice = future_self(session.user.tone)
    return StoredReflection(
        id=id_,
        question=asked,
        persona=voice.id,
        tone=voice.tone,
        source=answer.source,
        refused=answer.refused,
        sentences=[{**asdict(one), "evidence": list(one.evidence)} for one in answer.sentences],
        evidence=pack.as_json(),
        prompt_version=prompt.PROMPT_VERSION,
        made_at=session.clock(),
    )


def _event(made: StoredReflection, answer: ReflectionAnswer) -> CoachReflected:
    return CoachReflected(
        reflection_id=made.id,
        persona=made.persona,
        tone=made.tone,
        source=made.source,
        refused=made.refused,
        sentences=tuple(one.text for one in answer.sentences),
    )
