"""The check of what a language model wrote: it writes slots, never digits.

A sentence is kept only where everything holds; what falls is counted by its reason.

- It is plain English letters and punctuation. Digits of any script, signs and links cannot occur.
- Its slots are those of its claim, and stand alone. coach puts in number, unit, noun and hedge.
- A habit or a pattern is stated with its effect, which brings interval and evidence.
- It has no number word, fraction, multiple, quantifier, time, currency or comparison but those of
  the claim's own sentence, and names the subject of no other claim.
- It has no word for trades, prices or markets but those of the claim's own sentence.
- It insults nobody, and speaks of no instruction.

What cannot be read as the JSON that was asked for is rubbish as a whole.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from coach.engine.reflection import lexicon
from coach.engine.reflection.questions import words_of
from coach.engine.reflection.shape import (
    SLOT,
    EvidenceClaim,
    EvidencePack,
    ReflectionSentence,
    fill_in,
)
from coach.model.machine.strict_json import parse_json

DropReason = Literal[
    "shape", "letters", "slot", "bare", "number", "comparison", "subject", "trade", "abuse"
]
PLAIN: Final = re.compile(r"[A-Za-z ,.;:'\"!?()\-]*")
TYPOGRAPHY: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
ALONE: Final = re.compile(r"(?:^|[ (\"])\{[a-z0-9_.]+\}(?=$|[ ,.;:!?)\"])")
SHOUTED: Final = re.compile(r"\b[A-Z]{2,}\b")
WORD: Final = re.compile(r"[a-z]+")
MOST_SENTENCES: Final = 8
LONGEST_SENTENCE: Final = 300
BEFORE_A_SLOT: Final = 2
NO_CLAIM: Final = "none"
ADVICE: Final = frozenset(words_of("rule rules promise keep discipline limit"))
"""Words of claims that advice without evidence may use; that a rule was broken it may not say."""


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """The sentences that stand, and why the others fell."""

    sentences: tuple[ReflectionSentence, ...]
    dropped: tuple[DropReason, ...]

    @property
    def states_evidence(self) -> bool:
        """Whether any sentence that stands rests on evidence."""
        return any(sentence.claim for sentence in self.sentences)


def check(text: str, pack: EvidencePack) -> CheckedAnswer | None:
    """Return what stands of a model's answer; None where it is not the JSON that was asked for."""
    found = _sentences(text)
    if found is None:
        return None
    kept: list[ReflectionSentence] = []
    dropped: list[DropReason] = []
    for written, claimed in found:
        outcome = judge(written, claimed, pack)
        if isinstance(outcome, ReflectionSentence):
            kept.append(outcome)
        else:
            dropped.append(outcome)
    return CheckedAnswer(tuple(kept), tuple(dropped))


def judge(written: str, claimed: str, pack: EvidencePack) -> ReflectionSentence | DropReason:
    """Return a sentence with its numbers put in, or why it falls."""
    text = " ".join(written.translate(TYPOGRAPHY).split())
    claims = {claim.id: claim for claim in pack.claims}
    if not text or len(text) > LONGEST_SENTENCE:
        return "shape"
    if claimed != NO_CLAIM and claimed not in claims:
        return "slot"
    claim = claims.get(claimed)
    bare = SLOT.sub(" ", text)
    if not PLAIN.fullmatch(bare):
        return "letters"
    reason = _slots(text, claim) or _words(text, bare, claim) or _subject(bare, claim, pack)
    if reason:
        return reason
    if claim is None:
        return ReflectionSentence(text)
    bound = {slot.name: slot.bound or slot.shown for slot in claim.slots}
    return ReflectionSentence(fill_in(text, bound), claim.id, claim.evidence)


def _sentences(text: str) -> list[tuple[str, str]] | None:
    try:
        value = parse_json(text)
    except ValueError:
        return None
    listed = value.get("sentences") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_SENTENCES:
        return None
    found = []
    for one in listed:
        if not isinstance(one, dict) or one.keys() != {"text", "claim"}:
            return None
        written, claimed = one["text"], one["claim"]
        if not isinstance(written, str) or not isinstance(claimed, str):
            return None
        found.append((written, claimed))
    return found


def _slots(text: str, claim: EvidenceClaim | None) -> DropReason | None:
    """Judge which slots stand in a sentence, and how."""
    used = SLOT.findall(text)
    known = [slot.name for slot in claim.slots] if claim else []
    if set(used) - set(known) or len(set(used)) != len(used):
        return "slot"
    if len(ALONE.findall(text)) != len(used):
        return "slot"
    if claim is None:
        return None
    if claim.kind in {"habit", "pattern"}:
        return None if f"{claim.id}.effect" in used else "bare"
    return None if used or not known else "bare"


def _words(text: str, bare: str, claim: EvidenceClaim | None) -> DropReason | None:
    """Judge the words of a sentence; those of the claim's own sentence may stand."""
    own = set(_of(SLOT.sub(" ", claim.sentence))) if claim else set[str]()
    words = set(_of(bare)) - own
    if lexicon.ROMAN.search(bare) or lexicon.SPELLED.search(bare):
        return "number"
    if words & (lexicon.NUMBERS | lexicon.TIMES | lexicon.CURRENCIES):
        return "number"
    if any(lexicon.NUMBER_PARTS.search(word) for word in words) or _estimates(text, claim):
        return "number"
    if words & lexicon.TRADES or SHOUTED.search(bare):
        return "trade"
    if words & (lexicon.ABUSE | lexicon.SMUGGLED):
        return "abuse"
    return "comparison" if claim and words & lexicon.COMPARISONS else None


def _estimates(text: str, claim: EvidenceClaim | None) -> bool:
    """Say whether a hedge stands right before a slot: coach brings its own.

    What the claim's own sentence has before that slot may stand.
    """
    own = _before_slots(claim.sentence) if claim else {}
    return any(
        set(words) & lexicon.ESTIMATES - set(own.get(name, ()))
        for name, words in _before_slots(text).items()
    )


def _before_slots(text: str) -> dict[str, list[str]]:
    """Return the two words before each slot."""
    pieces = SLOT.split(text)
    before = (_of(piece)[-BEFORE_A_SLOT:] for piece in pieces[::2])
    return dict(zip(pieces[1::2], before, strict=False))


def _subject(bare: str, claim: EvidenceClaim | None, pack: EvidencePack) -> DropReason | None:
    """Judge whether a sentence names the subject of a claim that it does not make."""
    every = frozenset[str]().union(*(one.topics for one in pack.claims))
    own = claim.topics | words_of(SLOT.sub(" ", claim.sentence)) if claim else ADVICE
    return "subject" if words_of(bare) & (every - own) else None


def _of(text: str) -> list[str]:
    return WORD.findall(text.casefold())
