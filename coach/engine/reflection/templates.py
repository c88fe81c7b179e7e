"""Answers without a language model: the claims that a question is about, in the persona's tone.

Every number stands in a claim; what is around it holds none and tells nobody what to trade.
"""

from collections.abc import Iterator
from typing import Final

from coach.engine.reflection.directives import asks_for_a_trade
from coach.engine.reflection.persona import Persona
from coach.engine.reflection.questions import words_of
from coach.engine.reflection.shape import (
    ClaimKind,
    EvidenceClaim,
    EvidencePack,
    ReflectionAnswer,
    ReflectionSentence,
    stated,
)
from coach.model.reflections.words import Tone

MOST_CLAIMS: Final = 4
"""More than these in one answer, and the one that matters is not read."""
FIRST: Final[tuple[ClaimKind, ...]] = ("habit", "broken", "pattern", "trades", "money")
GENERAL: Final[tuple[ClaimKind, ...]] = (*FIRST, "kept", "nothing", "missing", "clear")
BY_TOPIC: Final[tuple[ClaimKind, ...]] = (*GENERAL, "absent", "unsure")
OPENINGS: Final[dict[Tone, str]] = {
    "supportive": "I am you, later and calmer. This is what your own trades say.",
    "strict": "I am you, later and calmer. No excuses: this is what your own trades say.",
}
NOT_ABOUT_IT: Final[dict[Tone, str]] = {
    "supportive": "I have no evidence on just that, so here is what I do have.",
    "strict": "I have no evidence on that, and I do not guess. This is what I have.",
}
REFUSAL: Final = (
    "I am your behavioural coach and this is not financial advice: I never say what to trade, or"
    " when, or at which price."
)
VIEW: Final[dict[Tone, str]] = {
    "supportive": "What I can look at with you is how you decide. Your own trades say this.",
    "strict": "Look at how you decide instead. Your own trades say this.",
}
CLOSINGS: Final[dict[ClaimKind, dict[Tone, str]]] = {
    "habit": {
        "supportive": "What would you like the calm you to have agreed with yourself before the"
        " next time this comes up?",
        "strict": "You know the moment in which it happens. Which promise, made now, covers it?",
    },
    "broken": {
        "supportive": "Is the promise still the right one? If it is, what would make it easier to"
        " keep in the moment?",
        "strict": "You made that promise in calm. Keep it, or change it in calm: not in between.",
    },
    "pattern": {
        "supportive": "Is that a rule of yours? Tell me, and I will treat it as one.",
        "strict": "Say whether that is your rule. Until then neither of us may call it one.",
    },
}
LAST: Final[dict[Tone, str]] = {
    "supportive": "Nothing here calls for a hurry. What do you want to watch in the coming week?",
    "strict": "Evidence comes from trades that followed a plan. Which plan are you keeping?",
}


def answer(
    pack: EvidencePack, persona: Persona, question: str, before: str = ""
) -> ReflectionAnswer:
    """Answer a question from the pack; one for a trade call is refused, with how you decide.

    A question that names nothing of its own is about what the one `before` it was about.
    """
    if asks_for_a_trade(question):
        return refuse(pack, persona)
    about, chosen = choose(pack, question)
    if before and (not about or not words_of(question)):
        about, chosen = choose(pack, before)
    begin = [ReflectionSentence(OPENINGS[persona.tone])]
    if not about:
        begin.append(ReflectionSentence(NOT_ABOUT_IT[persona.tone]))
    sentences = (*begin, *map(stated, chosen), closing(chosen, persona.tone))
    return ReflectionAnswer("template", refused=False, sentences=sentences)


def refuse(pack: EvidencePack, persona: Persona) -> ReflectionAnswer:
    """Refuse to make a trade call, and look at behaviour instead."""
    kinds: tuple[ClaimKind, ...] = ("habit", "broken", "pattern", "kept", "missing", "nothing")
    chosen = _first(pack, kinds)[: MOST_CLAIMS - 1]
    view = [ReflectionSentence(VIEW[persona.tone])] if chosen else []
    sentences = (ReflectionSentence(REFUSAL), *view, *map(stated, chosen))
    sentences += (closing(chosen, persona.tone),)
    return ReflectionAnswer("template", refused=True, sentences=sentences)


def choose(pack: EvidencePack, question: str) -> tuple[bool, tuple[EvidenceClaim, ...]]:
    """Return whether the pack speaks of what is asked, and the claims to state, first things first.

    A question without a word to go by is answered with the most important of everything.
    """
    asked = words_of(question)
    if not asked:
        return True, _first(pack, GENERAL)[:MOST_CLAIMS]
    fitting = [claim for claim in pack.claims if claim.topics & asked]
    fitting.sort(key=lambda claim: (-len(claim.topics & asked), BY_TOPIC.index(claim.kind)))
    if not fitting:
        return False, _first(pack, GENERAL)[:MOST_CLAIMS]
    best = len(fitting[0].topics & asked)
    close = [claim for claim in fitting if 2 * len(claim.topics & asked) > best]
    return True, tuple(close[:MOST_CLAIMS])


def closing(chosen: tuple[EvidenceClaim, ...], tone: Tone) -> ReflectionSentence:
    """Return the question to end with, by what was stated first of what one can act on."""
    kinds = [claim.kind for claim in chosen if claim.kind in CLOSINGS]
    return ReflectionSentence(CLOSINGS[kinds[0]][tone] if kinds else LAST[tone])


def _first(pack: EvidencePack, kinds: tuple[ClaimKind, ...]) -> tuple[EvidenceClaim, ...]:
    """Return the first claim of each kind, two habits at most."""
    return tuple(_some(pack, kinds))


def _some(pack: EvidencePack, kinds: tuple[ClaimKind, ...]) -> Iterator[EvidenceClaim]:
    for kind in kinds:
        yield from pack.of_kind(kind)[: 2 if kind == "habit" else 1]
