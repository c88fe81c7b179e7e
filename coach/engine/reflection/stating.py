"""Whether a sentence that states evidence is worded as its claim is.

It has to be made of phrases alone: those of its kind of claim, and the claim's own clauses. What
the effect of a habit is said of stands as the claim has it, with all its words and in their order.
"""

import re
from functools import cache
from typing import Final, Literal

from coach.engine.reflection import lexicon
from coach.engine.reflection.shape import SLOT, EvidenceClaim

WordFault = Literal["word", "sense"]
WORD: Final = re.compile(r"[a-z]+")
BREAKS: Final = re.compile(r"[.,;:!?()\"]|-(?=\s)|(?<=\s)-")
LONGER: Final = (
    (re.compile(r"\bcan't\b"), "cannot"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"\b(it|that|what|there|here)'s\b"), r"\1 is"),
    (re.compile(r"-"), " "),
    (re.compile(r"\b(your|my|our|its) own\b"), r"\1"),
)
"""Contractions, and how they read in full; to own is another word than `your own`."""
ACTIVE: Final = re.compile(r"\byou (sold|closed|bought) (winners|positions|more)\b")
CONTEXT: Final = re.compile(r"((?:after|in) (?:sharp )?[a-z]+)")
LEADING: Final = re.compile(r"^(?:and |but |so |yet )+")
PART: Final = re.compile(r"(?:\{[^}]*\}|[^.,;:!?(){}])+")
JOINT: Final = re.compile(
    r"\b(?:that|because|since|although|though|while|why|where|whether|[Ii]f|so|and|but|yet)\b"
)
FEWEST_WORDS: Final = 2


def fault_of(text: str, claim: EvidenceClaim) -> WordFault | None:
    """Return what is wrong with the words of a sentence that states a claim, or None."""
    said = _plain(text, claim)
    if not _allowed(claim).fullmatch(said):
        return "word"
    needed = lexicon.SENSE_OF.get(claim.kind)
    return None if needed is None or needed.search(said) else "sense"


def trimmed(text: str, claim: EvidenceClaim) -> str:
    """Return a sentence without the clauses that may not stand beside the claim's numbers.

    It is empty where nothing but a number is left. What is left has still to be judged.
    """
    kept: list[str] = []
    for part in PART.findall(text):
        if _stands(part, claim):
            kept.append(part.strip())
        else:
            halves = (half for half in JOINT.split(part) if SLOT.search(half))
            kept += [half.strip() for half in halves if _stands(half, claim)]
    said = ", ".join(kept)
    if len(WORD.findall(SLOT.sub(" ", said))) < FEWEST_WORDS:
        return ""
    return f"{said[:1].upper()}{said[1:]}."


def without_repetition(text: str, claim: EvidenceClaim) -> str:
    """Return a sentence without the noun of a slot where it is written again behind it."""
    for slot in claim.slots:
        if slot.noun:
            text = text.replace(f"{{{slot.name}}}{slot.noun}", f"{{{slot.name}}}")
    return text


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a sentence in small letters, contractions written out."""
    plain = text.casefold()
    for short, full in LONGER:
        plain = short.sub(full, plain)
    return [" ".join(part.split()) for part in BREAKS.split(plain) if part.split()]


def _stands(part: str, claim: EvidenceClaim) -> bool:
    said = _plain(part, claim)
    return bool(said) and _allowed(claim).fullmatch(said) is not None


def _plain(text: str, claim: EvidenceClaim) -> str:
    """Return a sentence in small letters without punctuation, a word for each slot."""
    named = SLOT.sub(
        lambda slot: f" slot{slot[1].rpartition('.')[2]} ", without_repetition(text, claim)
    )
    return ACTIVE.sub(_passive, " ".join(" ".join(clauses_of(named)).split()))


def _passive(active: re.Match[str]) -> str:
    return f"{active[2]} {'was' if active[2] == 'more' else 'were'} {active[1]}"


@cache
def _allowed(claim: EvidenceClaim) -> re.Pattern[str]:
    """Return what a sentence about the claim may be: one phrase after the other."""
    phrases = "|".join((*_own(claim), lexicon.PHRASES[claim.kind]))
    return re.compile(rf"(?:(?:{lexicon.START}) )?(?:(?:{phrases})(?: |$))+")


def _own(claim: EvidenceClaim) -> list[str]:
    """Return patterns for the claim's own words: its clauses, and what its effect is said of."""
    clauses = [LEADING.sub("", one) for one in clauses_of(_slotted(claim.sentence))]
    place = next((n for n, one in enumerate(clauses) if "sloteffect" in one.split()), None)
    if place is None:
        whole = " ".join(clauses)
        return [re.escape(whole), *(re.escape(one) for one in clauses if "slot" in one)]
    core = clauses[place].partition("sloteffect")[0]
    words = " ".join((*clauses[:place], core)).split()
    patterns = [re.escape(one) for one in clauses[place + 1 :]]
    if words:
        subject = "(?: and)? (?:your )?".join(map(re.escape, words))
        context = CONTEXT.search(" ".join(clauses[place].split("sloteffect")[1:]))
        when = rf"(?:{context[1]} )?" if context else ""
        patterns.append(rf"{when}(?:your )?(?:{subject}|{_short(words, claim)}) sloteffect")
        patterns.append(rf"your {re.escape(words[-2] if len(words) > 1 else words[0])}")
    return patterns


def _short(words: list[str], claim: EvidenceClaim) -> str:
    """Return the subject without adjectives that the habit's name does without."""
    known = {word for name in claim.names for word in name.split()}
    kept = [word for word in words[:-1] if word in known]
    return re.escape(" ".join((*kept, words[-1])) if len(kept) > 1 else " ".join(words))


def _slotted(sentence: str) -> str:
    return SLOT.sub(lambda slot: f" slot{slot[1].rpartition('.')[2]} ", sentence)
