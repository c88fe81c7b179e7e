"""The evidence pack of a reflection: what is known of the trader, as claims with slots.

It holds summaries alone. Findings keep the rules of every face: only what is told is called a habit
and has a cost. Rules go by a number, since their ids are the trader's own words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from coach.engine.biases.words import AnyWords
from coach.engine.reflection.questions import words_of
from coach.engine.reflection.shape import EvidenceClaim, EvidencePack, Slot
from coach.engine.rules.schema import sentence
from coach.model.insights import Bias, Cost, Finding
from coach.model.rules import Rule, RuleId
from coach.wording import numbers

LEVELS = ("possible", "likely", "strong")
ENDS: Mapping[str, tuple[str, str]] = {
    "win": ("win", "wins"),
    "loss": ("loss", "losses"),
    "break_even": ("break-even", "break-even"),
    "unknown": ("of unknown result", "of unknown result"),
}
EXPLAINED = " (a rule of yours may explain it)"
MOST_RULES = 5
"""Broken rules that are told, the most broken first."""
RESULT_WORDS = frozenset(words_of("doing result profit profitable money earn fee fees performance"))
RULE_WORDS = frozenset(
    words_of("rule rules promise broke broken breach keep kept discipline limit")
)


@dataclass(frozen=True, slots=True)
class TradeTally:
    """The round trips that were closed: how many, how they ended, net and fees by currency."""

    closed: int
    outcomes: Mapping[str, int]
    money: Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class ReflectionInputs:
    """What a pack is made from: the last `days` up to the newest fill.

    `rules` are the active ones, `breaches` how often each was broken in those days.
    """

    days: int
    tally: TradeTally
    findings: tuple[Finding, ...]
    words: Mapping[Bias, AnyWords]
    rules: tuple[Rule, ...] = ()
    breaches: Mapping[RuleId, int] | None = None


def build(inputs: ReflectionInputs) -> EvidencePack:
    """Return the pack of these inputs."""
    return EvidencePack(
        inputs.days,
        (*_trades(inputs), *_money(inputs), *_findings(inputs), *_rules(inputs)),
    )


def _trades(inputs: ReflectionInputs) -> Iterator[EvidenceClaim]:
    days = Slot("trades.days", "the days that are looked at", numbers.counted(inputs.days, "day"))
    if not inputs.tally.closed:
        text = "No trade was closed in the last {trades.days} of your history."
        yield EvidenceClaim("trades", "nothing", text, (days,), RESULT_WORDS, ("round_trip",))
        return
    closed = numbers.counted(inputs.tally.closed, "trade")
    ends = ", ".join(
        numbers.counted(count, *ENDS[word])
        for word, count in inputs.tally.outcomes.items()
        if count
    )
    slots = (
        days,
        Slot("trades.closed", "reads: a number of closed trades", closed, f"{closed} closed"),
        Slot("trades.outcomes", "how many of them ended in a win, a loss or even", ends),
    )
    text = "In the last {trades.days} of your history {trades.closed} ended: {trades.outcomes}."
    yield EvidenceClaim("trades", "trades", text, slots, RESULT_WORDS, ("round_trip",))


def _money(inputs: ReflectionInputs) -> Iterator[EvidenceClaim]:
    for place, (currency, (net, fees)) in enumerate(sorted(inputs.tally.money.items()), 1):
        name = f"money.{place}"
        slots = (
            _money_slot(f"{name}.net", "after fees from closed trades", _signed(net, currency)),
            _money_slot(f"{name}.fees", "in fees", numbers.money(fees, currency)),
        )
        text = f"They brought {{{name}.net}} after {{{name}.fees}} in fees."
        yield EvidenceClaim(name, "money", text, slots, RESULT_WORDS, ("round_trip",))


def _money_slot(name: str, noun: str, shown: str) -> Slot:
    return Slot(name, f"reads: an amount {noun}", shown, f"{shown} {noun}")


def _signed(amount: Decimal, currency: str) -> str:
    return numbers.money(amount, currency, sign=True)


def _findings(inputs: ReflectionInputs) -> Iterator[EvidenceClaim]:
    known = [one for one in inputs.findings if one.bias in inputs.words]
    told = [one for one in known if one.standing == "told"]
    for finding in sorted(told, key=_surest_first):
        yield _habit(finding, inputs.words[finding.bias])
    for finding in known:
        if finding.standing == "asked":
            yield _pattern(finding, inputs.words[finding.bias])
    tested = [one for one in known if one.standing == "untold" and one.kind == "test"]
    clear = [one for one in tested if one.level == "none"]
    unsure = [one for one in tested if one.level == "insufficient"]
    yield from (_absent(one, inputs.words[one.bias]) for one in clear)
    yield from (_unsure(one, inputs.words[one.bias]) for one in unsure)
    names = [inputs.words[one.bias].name for one in clear]
    yield from _listed("clear", "Tested and not found: {clear.habits}.", names)
    text = "There is not enough evidence yet to say anything of {missing.habits}."
    yield from _listed("missing", text, [inputs.words[one.bias].name for one in unsure])


def _absent(finding: Finding, words: AnyWords) -> EvidenceClaim:
    name = f"absent.{finding.bias}"
    slot = _sample(name, finding, words)
    text = f"Tested and not found: {words.name}, over {{{name}.n}}."
    return EvidenceClaim(
        name, "absent", text, (slot,), _topics(finding, words), _records(finding), _names(words)
    )


def _unsure(finding: Finding, words: AnyWords) -> EvidenceClaim:
    name = f"unsure.{finding.bias}"
    text = f"There is not enough evidence yet to say anything of {words.name}"
    slots: tuple[Slot, ...] = ()
    if finding.needed:
        needed = numbers.counted(finding.needed, "more trade")
        slots = (Slot(f"{name}.needed", "how many more trades it takes", needed),)
        text += f": {{{name}.needed}} needed"
    return EvidenceClaim(
        name, "unsure", f"{text}.", slots, _topics(finding, words), _records(finding), _names(words)
    )


def _surest_first(finding: Finding) -> tuple[int, float, str]:
    return -LEVELS.index(finding.level), -(finding.score or 0), finding.bias


def _habit(finding: Finding, words: AnyWords) -> EvidenceClaim:
    name = f"habit.{finding.bias}"
    slots = [_effect(name, finding, words), _sample(name, finding, words)]
    text = f"{_stated(finding, words, name)}, measured over {{{name}.n}}"
    text += f"; the evidence is {finding.level}."
    for cost in _priced(finding)[:1]:
        shown = _about(cost)
        about = f"reads: a cost of an amount for {words.name}"
        slots.append(Slot(f"{name}.cost", about, shown, f"a cost of {shown} for {words.name}"))
        text += f" It cost {{{name}.cost}}."
    return EvidenceClaim(
        name, "habit", text, tuple(slots), _topics(finding, words), _records(finding), _names(words)
    )


def _pattern(finding: Finding, words: AnyWords) -> EvidenceClaim:
    name = f"pattern.{finding.bias}"
    slots = (_effect(name, finding, words), _sample(name, finding, words))
    text = f"{_stated(finding, words, name)}, measured over {{{name}.n}}: a rule of yours may"
    text += " explain it, so it is not called a habit before you say so."
    return EvidenceClaim(
        name, "pattern", text, slots, _topics(finding, words), _records(finding), _names(words)
    )


def _stated(finding: Finding, words: AnyWords, name: str) -> str:
    found = _sentence(finding, words).replace("{effect}", f"{{{name}.effect}}")
    return f"{found[:1].upper()}{found[1:]}" if found[0] != "{" else found


def _sentence(finding: Finding, words: AnyWords) -> str:
    """Return the habit's sentence for an effect above zero, or below."""
    below = (finding.effect or 0) < 0
    return words.below if below and words.below is not None else words.above


def _effect(name: str, finding: Finding, words: AnyWords) -> Slot:
    """Return the effect with its interval: neither is ever said without the other."""
    assert finding.effect is not None
    sign = -1 if finding.effect < 0 and words.below is not None else 1
    shown = words.unit.text(sign * finding.effect)
    if finding.interval is not None:
        low, high = words.unit.ends((sign * finding.interval[0], sign * finding.interval[1]))
        shown = f"{shown} (likely {low} to {high})"
    noun = _sentence(finding, words).partition("{effect}")[2]
    hedge = EXPLAINED if finding.standing == "asked" else f" (evidence: {finding.level})"
    about = f"reads: an amount{noun}{hedge}"
    return Slot(f"{name}.effect", about, shown, f"{shown}{noun}{hedge}", noun)


def _sample(name: str, finding: Finding, words: AnyWords) -> Slot:
    shown = numbers.counted(finding.n, *words.counted)
    about = f"reads: a number of {words.counted[1]}"
    return Slot(f"{name}.n", about, shown)


def _priced(finding: Finding) -> list[Cost]:
    priced = [cost for cost in finding.costs if cost.measurable and cost.interval[0] > 0]
    return sorted(priced, key=lambda cost: (-cost.estimate, cost.currency))


def _about(cost: Cost) -> str:
    low, high = (numbers.amount(Decimal(f"{end:.8f}"), cost.currency) for end in cost.interval)
    about = numbers.money(Decimal(f"{cost.estimate:.8f}"), cost.currency)
    return f"about {about} (likely {low} to {high})"


def _topics(finding: Finding, words: AnyWords) -> frozenset[str]:
    return frozenset(words_of(" ".join((words.name, finding.bias, *words.also))))


def _names(words: AnyWords) -> tuple[str, ...]:
    """Return what a habit is called: its name, and the one in brackets."""
    name, _, bracketed = words.name.casefold().rstrip(")").partition(" (")
    return tuple(one for one in (name, bracketed) if one)


def _records(finding: Finding) -> tuple[str, ...]:
    return tuple(evidence.id for evidence in finding.evidence[:1])


def _listed(
    kind: Literal["clear", "missing"], text: str, habits: list[str]
) -> Iterator[EvidenceClaim]:
    if habits:
        slot = Slot(f"{kind}.habits", "the names of those habits", ", ".join(habits))
        yield EvidenceClaim(kind, kind, text, (slot,), evidence=("finding",))


def _rules(inputs: ReflectionInputs) -> Iterator[EvidenceClaim]:
    breaches = inputs.breaches or {}
    broken = [rule for rule in inputs.rules if breaches.get(rule.id)]
    broken.sort(key=lambda rule: (-breaches[rule.id], rule.id))
    for place, rule in enumerate(broken[:MOST_RULES], 1):
        name = f"rule.{place}"
        slots = (
            Slot(f"{name}.promise", "what the rule says", f'"{sentence(rule)}"'),
            _breaches_slot(name, breaches[rule.id]),
        )
        text = f"You promised {{{name}.promise}}, and {{{name}.breaches}} broke it."
        topics = RULE_WORDS | frozenset(words_of(rule.kind))
        yield EvidenceClaim(name, "broken", text, slots, topics, (f"rule:{rule.id}",))
    kept = len(inputs.rules) - len(broken)
    if kept:
        shown = numbers.counted(kept, "active rule")
        slot = Slot("kept.rules", "how many active rules were not broken", shown)
        text = "You kept {kept.rules} without a breach."
        yield EvidenceClaim("kept", "kept", text, (slot,), RULE_WORDS, ("rule",))


def _breaches_slot(name: str, count: int) -> Slot:
    shown = numbers.counted(count, "trade")
    about = "reads: a number of trades that broke it"
    return Slot(f"{name}.breaches", about, shown, f"{shown} that broke it")
