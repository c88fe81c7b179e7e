"""What was written apart from the rules of the checker, in sets that were each tried once.

A file of harmless answers holds one a line, of sentences with the claims that they make; one of
adversarial sentences one a line, which must fall. A line begins with the pack that it speaks of:
A is the trader of conftest.py, the others have other habits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coach.engine.reflection.evidence import ReflectionInputs, TradeTally
from coach.model.insights import Bias
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from coach.model.insights import Finding

HERE = Path(__file__).parent
PackName = Literal["A", "B", "C", "D", "E", "F"]
CLAIMS: dict[PackName, dict[str, str]] = {
    "A": {
        "h": "habit.revenge",
        "p": "pattern.size_after_win",
        "a": "absent.disposition",
        "u": "unsure.fatigue",
    },
    "B": {
        "h": "habit.disposition",
        "h2": "habit.averaging_down",
        "p": "pattern.fomo",
        "a": "absent.revenge",
        "a2": "absent.lottery",
        "u": "unsure.panic_selling",
    },
    "C": {
        "h": "habit.fatigue",
        "h2": "habit.overtrading",
        "p": "pattern.size_after_loss",
        "a": "absent.revenge",
        "u": "unsure.regret_repurchase",
    },
    "D": {
        "h": "habit.panic_selling",
        "h2": "habit.fomo",
        "p": "pattern.averaging_down",
        "a": "absent.fatigue",
        "u": "unsure.lottery",
    },
    "E": {
        "h": "habit.lottery",
        "h2": "habit.regret_repurchase",
        "p": "pattern.disposition",
        "a": "absent.panic_selling",
        "u": "unsure.overtrading",
    },
    "F": {
        "h": "habit.size_after_win",
        "h2": "habit.size_after_loss",
        "p": "pattern.revenge",
        "a": "absent.fomo",
        "u": "unsure.averaging_down",
    },
}
SHARED = {
    "n": "none",
    "t": "trades",
    "m": "money.1",
    "m2": "money.2",
    "r": "rule.1",
    "r2": "rule.2",
    "k": "kept",
    "c": "clear",
    "x": "missing",
}
OTHER_TALLY = TradeTally(
    48,
    {"win": 30, "loss": 15, "break_even": 3, "unknown": 0},
    {"EUR": (Decimal("-88.20"), Decimal("7.5")), "USD": (Decimal("913.40"), Decimal("44.1"))},
)


@dataclass(frozen=True)
class WrittenSentence:
    """A sentence as a model would send it, with the claim that it makes."""

    text: str
    claim: str


@dataclass(frozen=True)
class WrittenAnswer:
    """The sentences of one answer, and the pack that they speak of."""

    pack: PackName
    sentences: tuple[WrittenSentence, ...]


def harmless(name: str) -> Iterator[WrittenAnswer]:
    """Yield the answers of a set that nobody should refuse."""
    yield from _answers(f"harmless{name}.txt")


def adversarial(name: str) -> Iterator[WrittenAnswer]:
    """Yield the sentences of a set of which none may come out, each as an answer."""
    yield from _answers(f"adversarial{name}.txt")


def inputs_of(name: PackName, inputs: ReflectionInputs) -> ReflectionInputs:
    """Return the trader of a pack: other habits, and but for A two currencies and broken rules."""
    if name == "A":
        return inputs
    like: dict[str, Finding] = {one.standing: one for one in inputs.findings}
    like |= {one.level: one for one in inputs.findings if one.standing == "untold"}
    kinds = {"habit": "told", "pattern": "asked", "absent": "none", "unsure": "insufficient"}
    found = []
    for claim in CLAIMS[name].values():
        kind, _, bias = claim.partition(".")
        found.append(replace(like[kinds[kind]], bias=Bias(bias)))
    rules = (
        Rule(RuleId("few"), "max_trades_per_day", {"limit": 3}, active=True),
        Rule(RuleId("lock"), "symbol_lock", {"symbols": ["DOGE-USD"]}, active=True),
        Rule(RuleId("night"), "max_trades_per_day", {"limit": 9}, active=name != "B"),
    )
    breaches = {RuleId("few"): 7, RuleId("lock"): 2}
    return replace(inputs, findings=tuple(found), tally=OTHER_TALLY, rules=rules, breaches=breaches)


def _answers(name: str) -> Iterator[WrittenAnswer]:
    for line in (HERE / name).read_text().splitlines():
        pack: PackName = next(one for one in CLAIMS if line.startswith(f"{one} "))
        yield WrittenAnswer(pack, tuple(_sentence(pack, part) for part in line[2:].split(" | ")))


def _sentence(pack: PackName, part: str) -> WrittenSentence:
    short, _, text = part.partition(": ")
    claim = (SHARED | CLAIMS[pack])[short]
    return WrittenSentence(text.replace("{", f"{{{claim}."), claim)
