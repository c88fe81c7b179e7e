"""Who writes an answer: the language model of the settings, or the templates.

Nothing is sent unless a model is configured, and no question for a trade call ever is. What a model
wrote is checked sentence by sentence; where nothing of it rests on evidence the templates answer.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from coach.engine.api import sight
from coach.engine.api.reflection.persona import voice
from coach.engine.api.reflection.usage import budget
from coach.engine.keyring import handed_in
from coach.engine.narrator.endpoint import COMPLETIONS, ModelFailure, request_body
from coach.engine.narrator.narrate import Narrator
from coach.engine.reflection import templates
from coach.engine.reflection.checker import check
from coach.engine.reflection.directives import asks_for_a_trade
from coach.engine.reflection.prompt import write_prompt
from coach.engine.reflection.shape import ReflectionAnswer
from coach.engine.store.reflection import model_requests
from coach.engine.store.reflection.model_requests import ModelRequest
from coach.errors import KekUnavailable, SealBroken
from coach.model.reflections.language_model import MODEL_KEY

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.engine.narrator.endpoint import ModelReply
    from coach.engine.reflection.prompt import Prompt
    from coach.engine.reflection.shape import EvidencePack
    from coach.model.machine.secrets import Secret
    from coach.model.reflections.words import ModelOutcome

NOTHING_USABLE: Final = "the model wrote nothing that rests on your evidence"


@dataclass(frozen=True, slots=True)
class ComposedAnswer:
    """An answer, and why the model did not write it, empty where it did or is not asked.

    `note` says that the day's tokens are nearly spent.
    """

    answer: ReflectionAnswer
    trouble: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PromptView:
    """What a model is asked: the messages, the address and the body to the byte.

    `sent` is false where no model is configured, or the question asks for a trade call.
    """

    prompt: Prompt
    url: str
    body: str
    sent: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, the one before it in the conversation, and the notes that a model may read."""

    text: str
    before: str = ""
    notes: tuple[str, ...] = ()


def compose(session: Session, pack: EvidencePack, asked: AskedQuestion) -> ComposedAnswer:
    """Answer a question from the pack; ConfigError where the settings of the model are wrong."""
    ours = templates.answer(pack, voice(session), asked.text, asked.before)
    if ours.refused or not session.model.configured:
        return ComposedAnswer(ours)
    before = budget(session)
    if before.is_spent:
        return ComposedAnswer(ours, before.note)
    try:
        found = _narrated(session, _prompt(session, pack, asked))
    except (KekUnavailable, SealBroken) as trouble:
        return ComposedAnswer(ours, str(trouble))
    composed = _composed(found, pack, ours)
    if found.asked:
        _keep_request(session, found, composed)
    return replace(composed, note=budget(session).note)


def _prompt(session: Session, pack: EvidencePack, asked: AskedQuestion) -> Prompt:
    return write_prompt(pack, voice(session), asked.text, asked.before, asked.notes)


def _composed(
    found: ModelReply | ModelFailure, pack: EvidencePack, ours: ReflectionAnswer
) -> ComposedAnswer:
    """Return what stands of a reply, or our own answer with the reason."""
    if isinstance(found, ModelFailure):
        return ComposedAnswer(ours, f"the model did not answer: {found.reason}")
    checked = check(found.text, pack)
    if checked is None or not checked.states_evidence:
        return ComposedAnswer(ours, NOTHING_USABLE)
    return ComposedAnswer(ReflectionAnswer("model", refused=False, sentences=checked.sentences))


def _keep_request(
    session: Session, found: ModelReply | ModelFailure, composed: ComposedAnswer
) -> None:
    """Keep what a request cost, at once: its tokens are spent whatever becomes of the answer."""
    outcome: ModelOutcome = "used" if composed.answer.source == "model" else "unusable"
    made = ModelRequest(
        session.clock(),
        session.model.name,
        found.tokens_in,
        found.tokens_out,
        "failed" if isinstance(found, ModelFailure) else outcome,
    )
    model_requests.add(session.connection, session.user.id, made)


def prompt_view(session: Session, pack: EvidencePack, asked: AskedQuestion) -> PromptView:
    """Return what a model is asked, without asking it."""
    prompt, model = _prompt(session, pack, asked), session.model
    url = f"{model.url.rstrip('/')}{COMPLETIONS}" if model.configured else ""
    sent = model.configured and not asks_for_a_trade(asked.text)
    return PromptView(prompt, url, request_body(model.name, prompt), sent)


def _narrated(session: Session, prompt: Prompt) -> ModelReply | ModelFailure:
    assert session.hot is not None
    with closing(session.hot()) as hot:
        narrator = Narrator(
            session.model, hot, session.user.id, lambda: _key(session), session.work.narrate
        )
        return narrator.narrate(prompt)


def _key(session: Session) -> Secret:
    """Return the key that was handed over, else the sealed one of the user; it may be empty."""
    handed = session.model.key()
    if handed:
        return handed
    keyring = sight.keyring(session)
    return handed_in.open_named(keyring, session.connection, session.user.id, MODEL_KEY)
