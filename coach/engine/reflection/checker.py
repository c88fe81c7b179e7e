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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from coach.engine.reflection import stating
from coach.engine.reflection.questions import words_of
from coach.engine.reflection.shape import (
    SLOT,
    EvidenceClaim,
    EvidencePack,
    ReflectionSentence,
    fill_in,
    stated,
)
from coach.engine.reflection.thoughts import THOUGHTS
from coach.model.machine.strict_json import parse_json

DropReason = Literal["shape", "letters", "slot", "bare", "word", "order", "noun", "sense", "advice"]
PLAIN: Final = re.compile(r"[A-Za-z ,.;:'\"!?()\-]*")
TYPOGRAPHY: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
ALONE: Final = re.compile(r"(?:^|[ (\"])\{[a-z0-9_.]+\}(?=$|[ ,.;:!?)\"])")
SentenceOrigin = Literal["whole", "trimmed", "replaced"]
MOST_SENTENCES: Final = 8
LONGEST_SENTENCE: Final = 300
NEAREST: Final = 0.15
"""Of the words of both, as many have to be the same."""
VAGUE: Final = frozenset(
    words_of("now right back here there then it that not say know look see get")
)
"""Words that two thoughts may share and be about different things."""
NO_CLAIM: Final = "none"


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that is shown, and what it is of the model's: `whole`, `trimmed` or `replaced`."""

    sentence: ReflectionSentence
    origin: SentenceOrigin


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """The sentences that are shown, and why others fell."""

    shown: tuple[CheckedSentence, ...]
    dropped: tuple[DropReason, ...]

    @property
    def sentences(self) -> tuple[ReflectionSentence, ...]:
        """Return what is shown."""
        return tuple(one.sentence for one in self.shown)

    @property
    def states_evidence(self) -> bool:
        """Whether the model named evidence that there is."""
        return any(one.sentence.claim for one in self.shown)

    @property
    def words_stand(self) -> bool:
        """Whether any sentence about evidence stands in the model's words."""
        return any(one.sentence.claim and one.origin != "replaced" for one in self.shown)


def check(text: str, pack: EvidencePack) -> CheckedAnswer | None:
    """Return what stands of a model's answer; None where it is not the JSON that was asked for.

    Where part of a sentence falls, the rest stands if it does so alone. A claim that falls as a
    whole is stated in coach's own words, and a thought becomes the nearest of coach's own.
    """
    found = _sentences(text)
    if found is None:
        return None
    shown: list[CheckedSentence] = []
    dropped: list[DropReason] = []
    for written, claimed in found:
        outcome = judge(written, claimed, pack)
        if isinstance(outcome, ReflectionSentence):
            shown.append(CheckedSentence(outcome, "whole"))
            continue
        dropped.append(outcome)
        instead = _instead(written, claimed, pack)
        if instead is not None:
            shown.append(instead)
    return CheckedAnswer(tuple(_told_once(shown)), tuple(dropped))


def _instead(written: str, claimed: str, pack: EvidencePack) -> CheckedSentence | None:
    """Return what is said in the place of a sentence that fell."""
    text = _tidy(written)
    if claimed == NO_CLAIM:
        near = nearest(text)
        return None if near is None else CheckedSentence(near, "replaced")
    claim = _claim(claimed, pack)
    if claim is None:
        return None
    outcome = judge(stating.trimmed(text, claim), claimed, pack)
    if isinstance(outcome, ReflectionSentence):
        return CheckedSentence(outcome, "trimmed")
    return CheckedSentence(stated(claim), "replaced")


def _told_once(shown: list[CheckedSentence]) -> Iterator[CheckedSentence]:
    """Yield sentences, without what coach would repeat in its own words."""
    own = {one.sentence.claim for one in shown if one.origin != "replaced"}
    seen: set[str] = set()
    for one in shown:
        repeats = one.origin == "replaced" and one.sentence.claim and one.sentence.claim in own
        if not repeats and one.sentence.text not in seen:
            seen.add(one.sentence.text)
            yield one


def nearest(text: str) -> ReflectionSentence | None:
    """Return the thought of coach's own that shares most with a text, None where none does."""
    words = words_of(text) - VAGUE
    shared = [
        (len(words & known) / len(words | known), one) for one, known in NEAR if words & known
    ]
    best = max(shared, key=lambda found: found[0], default=None)
    return best[1] if best is not None and best[0] >= NEAREST else None


def judge(written: str, claimed: str, pack: EvidencePack) -> ReflectionSentence | DropReason:
    """Return a sentence with its numbers put in, or why it falls."""
    text = _tidy(written)
    claim = _claim(claimed, pack)
    if not text or len(text) > LONGEST_SENTENCE:
        return "shape"
    if not PLAIN.fullmatch(SLOT.sub(" ", text)):
        return "letters"
    if claimed == NO_CLAIM:
        return OWN.get(_plainly(text), "advice")
    if claim is None:
        return "slot"
    reason = _slots(text, claim) or stating.fault_of(text, claim)
    if reason:
        return reason
    bound = {slot.name: slot.bound or slot.shown for slot in claim.slots}
    return ReflectionSentence(
        fill_in(stating.without_repetition(text, claim), bound), claim.id, claim.evidence
    )


def _tidy(written: str) -> str:
    return " ".join(written.translate(TYPOGRAPHY).split())


def _claim(claimed: str, pack: EvidencePack) -> EvidenceClaim | None:
    return next((one for one in pack.claims if one.id == claimed), None)


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


def _plainly(text: str) -> str:
    return " ".join(stating.clauses_of(text))


OWN: Final = {_plainly(one): ReflectionSentence(one) for one in THOUGHTS}
"""The sentences without evidence, by their words."""
NEAR: Final = tuple((ReflectionSentence(one), words_of(one) - VAGUE) for one in THOUGHTS)
"""The same, each with the words that it may be found by."""
