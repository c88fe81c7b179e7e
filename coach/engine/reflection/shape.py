"""What a reflection is made of: claims with slots as evidence, sentences as the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from coach.model.events import Json
from coach.model.reflections.words import ReflectionSource

ClaimKind = Literal[
    "nothing",
    "trades",
    "money",
    "habit",
    "pattern",
    "absent",
    "clear",
    "unsure",
    "missing",
    "broken",
    "kept",
]
"""What is claimed.

nothing  no trade was closed           trades   how many were, and how they ended
money    what they brought             habit    a habit is told
pattern  a rule may explain it         absent   a habit was tested and not found
clear    all those that were not found unsure   there is too little evidence of a habit
missing  all those of which that is so broken   a rule of the trader's was broken
kept     rules that were not broken
"""
SLOT: Final = re.compile(r"\{([a-z0-9_.]+)\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """One number of the evidence, as coach's own sentence shows it: with unit and hedge.

    `about` says what it is without a number. `bound` is the number with its noun, for a sentence
    that somebody else wrote; empty where `shown` holds the noun already. `noun` is that noun, as
    the claim's own sentence has it behind the slot.
    """

    name: str
    about: str
    shown: str
    bound: str = ""
    noun: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceClaim:
    """One thing that the evidence says: a sentence with the names of its slots in braces.

    `topics` are words that a question about it may use. `evidence` names the records that it
    rests on, `names` what else the habit is called, in small letters.
    """

    id: str
    kind: ClaimKind
    sentence: str
    slots: tuple[Slot, ...] = ()
    topics: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the sentence with its numbers."""
        return fill_in(self.sentence, {slot.name: slot.shown for slot in self.slots})


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """Summaries of the last `days` of trading: no fill, no account, no symbol, no note."""

    days: int
    claims: tuple[EvidenceClaim, ...]

    def of_kind(self, *kinds: ClaimKind) -> tuple[EvidenceClaim, ...]:
        """Return the claims of these kinds, in the order of the pack."""
        return tuple(claim for claim in self.claims if claim.kind in kinds)

    def as_json(self) -> dict[str, Json]:
        """Return what is kept of a pack, and hashed."""
        claims: list[Json] = [
            {
                "id": claim.id,
                "kind": claim.kind,
                "text": claim.text,
                "slots": {slot.name: slot.shown for slot in claim.slots},
                "evidence": list(claim.evidence),
            }
            for claim in self.claims
        ]
        return {"days": self.days, "claims": claims}


@dataclass(frozen=True, slots=True)
class ReflectionSentence:
    """A sentence of an answer; one that states evidence names its claim and the records."""

    text: str
    claim: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReflectionAnswer:
    """An answer, sentence by sentence; `refused` where the question asked for a trade call."""

    source: ReflectionSource
    refused: bool
    sentences: tuple[ReflectionSentence, ...]


def fill_in(sentence: str, shown: Mapping[str, str]) -> str:
    """Put numbers into the slots of a sentence; KeyError for a slot that is not among them."""
    return SLOT.sub(lambda slot: shown[slot[1]], sentence)


def stated(claim: EvidenceClaim) -> ReflectionSentence:
    """Return a claim as a sentence of an answer."""
    return ReflectionSentence(claim.text, claim.id, claim.evidence)
