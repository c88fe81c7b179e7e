"""Reflection: one question to the Rational Future Self, answered from evidence and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from coach.engine.api import sight
from coach.engine.api.reflection.compose import AskedQuestion, compose, prompt_view
from coach.engine.api.reflection.evidence import evidence_pack
from coach.engine.api.reflection.persona import voice
from coach.engine.api.reflection.shared_notes import shared_notes
from coach.engine.jobs.run import JobOrder, job_run
from coach.engine.reflection import prompt
from coach.engine.reflection.persona import FUTURE_SELF
from coach.engine.store.reflection import reflections as store
from coach.engine.store.reflection.reflections import StoredReflection
from coach.errors import Invalid, NotFound
from coach.model.canonical import canonical_json
from coach.model.reflections.event import CoachReflected

if TYPE_CHECKING:
    from coach.engine.api.reflection.compose import PromptView
    from coach.engine.api.session import Session
    from coach.engine.reflection.shape import EvidencePack, ReflectionAnswer

__all__ = ["NAME", "ReflectionView", "StoredReflection", "find", "newest", "prompt_of", "reflect"]

LONGEST_QUESTION: Final = 500
NAME: Final = FUTURE_SELF.name
"""What a job that asks is called."""


@dataclass(frozen=True, slots=True)
class ReflectionView:
    """A reflection, whether it was answered already, and why no model wrote it where one should.

    `note` says that the day's tokens are nearly spent.
    """

    kept: StoredReflection
    known: bool
    trouble: str = ""
    note: str = ""


def reflect(session: Session, question: str = "", after: str = "") -> ReflectionView:
    """Answer a question, or say how things stand where it is empty.

    The same question of the same evidence in the same voice is the same reflection. A new one is
    kept, and an event tells it. Where templates stood in for a model, it is asked again. `after` is
    the id of the answer before it in a conversation. Invalid for a question that is too long,
    NotInitialised without fills, NotFound where no answer has the id `after`.
    """
    asked = _asked(session, question, after)
    pack = evidence_pack(session)
    order = _order(session, pack, asked)
    known = store.find(session.connection, session.user.id, order.id)
    if known is not None and _stands(session, known):
        return ReflectionView(known, known=True)
    with job_run(session.connection, session.user.id, order, session.clock) as running:
        composed = compose(session, pack, asked)
        made = _made(session, order.id, asked.text, pack, composed.answer)
        made = replace(made, after=after)
        with sight.change(session) as events:
            store.keep(session.connection, session.user.id, made)
            events.append(_event(made, composed.answer))
            running.finish({"reflection": made.id})
    return ReflectionView(made, known=False, trouble=composed.trouble, note=composed.note)


def prompt_of(session: Session, question: str = "") -> PromptView:
    """Return what a language model is or would be asked; nothing is sent and nothing kept."""
    return prompt_view(session, evidence_pack(session), _asked(session, question, ""))


def find(session: Session, id_: str) -> StoredReflection:
    """Return the reflection of that id; NotFound where the user has none."""
    found = store.find(session.connection, session.user.id, id_)
    if found is None:
        raise NotFound(kind="reflection", name=id_)
    return found


def _asked(session: Session, question: str, after: str) -> AskedQuestion:
    """Return what is asked; a question for a trade call is never sent along with the next."""
    before = find(session, after) if after else None
    earlier = "" if before is None or before.refused else before.question
    return AskedQuestion(tidy(question), earlier, shared_notes(session))


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


def _order(session: Session, pack: EvidencePack, asked: AskedQuestion) -> JobOrder:
    speaker = voice(session)
    evidence = sha256(canonical_json(pack.as_json())).hexdigest()
    request = {
        "question": asked.text,
        "persona": speaker.id,
        "tone": speaker.tone,
        "evidence": evidence,
        "prompt": prompt.PROMPT_VERSION,
        "model": session.model.name if session.model.configured else "",
    }
    if asked.before:
        request["before"] = asked.before
    if asked.notes and session.model.configured:
        request["notes"] = sha256(canonical_json(list(asked.notes))).hexdigest()
    return JobOrder("reflect.question", dict(request), speaker.name)


def _made(
    session: Session, id_: str, asked: str, pack: EvidencePack, answer: ReflectionAnswer
) -> StoredReflection:
    speaker = voice(session)
    return StoredReflection(
        id=id_,
        question=asked,
        persona=speaker.id,
        tone=speaker.tone,
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
