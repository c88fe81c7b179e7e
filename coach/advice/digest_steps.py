"""What to do after reading a digest: one command, by what its highlight is about."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.engine.api.digests import DigestView

OF_A_HABIT = "coach why {bias}: the trades behind it, up to your newest fill, so its figures differ"
OF_A_RULE = "coach rules dry-run {rule}: what keeping it would have been worth"
OF_A_QUESTION = "coach plans questions: an answer of yours decides what a pattern is"
OF_OTHER_WEEKS = {
    "process": "coach rules list: how often each rule was broken before",
    "facts": "coach trades: the trades one by one",
    "quiet": "coach import csv FILE: a statement with newer trades",
}


def next_step(view: "DigestView") -> str:
    """Return the command that leads on from a digest, and what it shows."""
    highlight = view.pack["highlight"]
    match highlight["reason"]:
        case "trait" | "unpriced":
            _, _, bias = highlight["statements"][0]["say"].partition(".")
            return OF_A_HABIT.format(bias=bias)
        case "level":
            return OF_A_HABIT.format(bias=highlight["statements"][0]["terms"]["bias"])
        case "rule":
            cited = highlight["statements"][0]["figures"]["rule"]["evidence"]
            record = next(one for one in view.pack["evidence"] if one["id"] == cited)
            return OF_A_RULE.format(rule=record["source"])
        case other:
            patterns = view.pack.get("patterns", [])
            if any(one["say"] == "pattern.asked" for one in patterns):
                return OF_A_QUESTION
            return OF_OTHER_WEEKS[other]
