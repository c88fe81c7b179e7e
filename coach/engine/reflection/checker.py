"""The check of what a language model wrote: it writes slots, never digits.

A sentence is kept only where everything holds; what falls is counted by its reason.

- It is plain English letters and punctuation. Digits of any script, signs and links cannot occur.
- One that states evidence names its claim. Its slots are those of the claim, and stand alone: coach
  puts in number, unit, noun and hedge. A habit or a pattern is stated with its effect, which brings
  interval and evidence.
- Its other words are connecting ones, or those of the claim's own sentence, in the order in which
  they stand there; so it can count, compare, deny or name nothing that the claim does not.
- One without evidence is one of coach's own sentences, to the letter.

What cannot be read as the JSON that was asked for is rubbish as a whole.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from coach.engine.reflection import lexicon
from coach.engine.reflection.shape import (
    SLOT,
    EvidenceClaim,
    EvidencePack,
    ReflectionSentence,
    fill_in,
)
from coach.model.machine.strict_json import parse_json

DropReason = Literal["shape", "letters", "slot", "bare", "word", "order", "advice"]
PLAIN: Final = re.compile(r"[A-Za-z ,.;:'\"!?()\-]*")
TYPOGRAPHY: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
ALONE: Final = re.compile(r"(?:^|[ (\"])\{[a-z0-9_.]+\}(?=$|[ ,.;:!?)\"])")
WORD: Final = re.compile(r"[a-z]+")
POSSESSIVE: Final = re.compile(r"\b(your|my|our|its) own\b")
"""To own is another word."""
MOST_SENTENCES: Final = 8
LONGEST_SENTENCE: Final = 300
NO_CLAIM: Final = "none"


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
    claim = {one.id: one for one in pack.claims}.get(claimed)
    if not text or len(text) > LONGEST_SENTENCE:
        return "shape"
    if claimed == NO_CLAIM:
        return ADVICE.get(_plainly(text), "advice")
    if claim is None:
        return "slot"
    bare = SLOT.sub(" ", text)
    if not PLAIN.fullmatch(bare):
        return "letters"
    reason = _slots(text, claim) or _words(bare, claim)
    if reason:
        return reason
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


def _slots(text: str, claim: EvidenceClaim) -> DropReason | None:
    """Judge which slots stand in a sentence, and how."""
    used = SLOT.findall(text)
    known = [slot.name for slot in claim.slots]
    if set(used) - set(known) or len(set(used)) != len(used):
        return "slot"
    if len(ALONE.findall(text)) != len(used):
        return "slot"
    if claim.kind in {"habit", "pattern"}:
        return None if f"{claim.id}.effect" in used else "bare"
    return None if used or not known else "bare"


def _words(bare: str, claim: EvidenceClaim) -> DropReason | None:
    """Judge the words of a sentence against those of the claim's own.

    What is no connecting word stands in the order of the claim's sentence, each as often as there:
    turned round, the same words would say the opposite.
    """
    own = _of(SLOT.sub(" | ", claim.sentence))
    written = _of(bare)
    if set(written) - lexicon.CONNECTING - set(own):
        return "word"
    pairs = set(pairwise(own))
    denied = (pair for pair in pairwise([*written, ""]) if pair[0] in lexicon.NEGATIONS)
    if not pairs.issuperset(denied):
        return "order"
    left = iter(own)
    in_order = all(word in left for word in written if word not in lexicon.CONNECTING)
    return None if in_order else "order"


def _of(text: str) -> list[str]:
    return WORD.findall(POSSESSIVE.sub(r"\1", text.casefold()))


def _plainly(text: str) -> str:
    return " ".join(_of(text)) if PLAIN.fullmatch(text) else ""


ADVICE: Final = {_plainly(one): ReflectionSentence(one) for one in lexicon.ADVICE}
"""The sentences without evidence, by their words."""
