"""What an honest model writes when it does as it is asked, and what an honest trader asks.

The sentences were written before they were tried, and none was taken out because it fell: how many
fall is what is measured.
"""

from collections.abc import Iterator

OPENERS = (
    *("", "Well, ", "Look: ", "Honestly, ", "I will be plain: ", "Remember, ", "You asked, and "),
    *("Here is the truth: ", "As your own data show, ", "Let me say it plainly: "),
    *("This is what I see: ", "So "),
)
BESIDE = {
    "habit": (
        "it came {effect}.",
        "your own record shows {effect}, measured over {n}.",
        "this is what happened: {effect}.",
        "here is the habit, {effect}, seen over {n}.",
        "the evidence says {effect}.",
        "in your trades it was {effect}.",
    ),
    "pattern": (
        "it was {effect}, and only you can say why.",
        "there is a pattern: {effect}, measured over {n}.",
        "this may be a rule of yours: {effect}.",
        "say whether you meant it: {effect}.",
    ),
    "trades": (
        "you finished {closed}, with {outcomes}.",
        "there were {closed} in {days}.",
        "of {closed} we have {outcomes}.",
        "the record of {days} holds {closed}.",
    ),
    "money": (
        "you were left with {net}, and paid {fees}.",
        "what remained is {net}.",
        "you gave away {fees}.",
        "after everything there is {net}.",
    ),
    "rule": (
        "you promised {promise}, and there were {breaches}.",
        "you said {promise}. There were {breaches}.",
        "this is your own rule: {promise}. You had {breaches}.",
        "I see {breaches}. The promise was {promise}.",
    ),
    "absent": (
        "that was tested and not found, over {n}.",
        "I looked for it over {n}, and it is not there.",
        "the test over {n} did not find it.",
    ),
    "unsure": (
        "there is not enough evidence yet: {needed} are needed.",
        "I cannot say that yet, for want of {needed}.",
    ),
    "kept": ("you kept {rules}.", "there were {rules} without a breach."),
}
ASKED = (
    *("why do I sell winners so early", "do I hold losers too long", "am I overtrading"),
    *("what does revenge trading cost me", "did I keep my rules", "how am I doing", "am I tired"),
    *("why do I trade bigger after losses", "what is my worst habit", "do my fees eat my profit"),
    *("how often did I break a rule", "what should I work on", "which rule should I keep"),
    *("am I improving", "do I panic in falls", "is there enough evidence", "what did I promise"),
    *("why did I buy after that loss", "when do I trade worst", "how can I be more patient"),
    *("what do you know about me", "did I chase the move", "what happens after my wins"),
    *("do I average down", "was it bad luck", "how can I stick to my plan", "why am I so angry"),
    *("what would calm me say", "do I add to losers", "are my stops too close"),
)


def answers(slots: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield sentences with their claims; `slots` are the pack's, each with its claim."""
    for opener in OPENERS:
        for claim in dict.fromkeys(slots.values()):
            for text in BESIDE.get(claim.partition(".")[0], ()):
                yield _joined(opener, _named(text, claim)), claim


def _joined(opener: str, text: str) -> str:
    if not opener:
        return f"{text[0].upper()}{text[1:]}"
    return f"{opener}{text if text.startswith('I ') else text[0].lower() + text[1:]}"


def _named(text: str, claim: str) -> str:
    return text.replace("{", f"{{{claim}.")
