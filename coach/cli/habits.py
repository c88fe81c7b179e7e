"""What was found of a habit, as a trader says it: the effect in its own words and unit.

A habit of somebody else's package has no words here: its effect stands beside its unit.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from coach.cli.reading import money, statistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.insights import Cost, Finding

VOWELS = frozenset("aeiou")
CLAIMS = frozenset({"possible", "likely", "strong"})
CANDLES_OF = "candles of "
ALL = 100
LEGEND = (
    "score: how sure of 100 that it is more than trifling; p: how often luck looks like that",
    "n: what was counted; held: seen for weeks, so a trait. coach why BIAS shows the evidence",
)
"""What the columns of the table mean."""


class Said(NamedTuple):
    """A sentence with a place for the effect; `below_zero` is the one for an effect below 0.

    Effects are `scale` times as large as told by the detector, and `unit` follows them.
    """

    above_zero: str
    below_zero: str = ""
    scale: float = 1.0
    unit: str = ""


SENTENCES = {
    "disposition": Said("winners were sold {} as readily as losers", unit=" times"),
    "revenge": Said(
        "back soon and larger {} more often after losses than after wins",
        "back soon and larger {} less often after losses than after wins",
        100,
        " points",
    ),
    "size_after_loss": Said(
        "entries were {} larger after losses than after wins",
        "entries were {} smaller after losses than after wins",
        100,
        " %",
    ),
    "size_after_win": Said(
        "entries were {} larger after wins than after losses",
        "entries were {} smaller after wins than after losses",
        100,
        " %",
    ),
    "fomo": Said(
        "strong moves came before entries {} more often than before other times",
        "strong moves came before entries {} less often than before other times",
        100,
        " points",
    ),
    "overtrading": Said(
        "{} of the days held far more trades than usual, and paid less", scale=100, unit=" %"
    ),
    "averaging_down": Said("more was bought {} as often in a loss as in a gain", unit=" times"),
    "panic_selling": Said("out in sharp falls {} as often as in sharp rises", unit=" times"),
    "fatigue": Said(
        "late trades earned {} of their money less than the others",
        "late trades earned {} of their money more than the others",
        100,
        " %",
    ),
    "lottery": Said("{} of the money went into cheap, wild symbols", scale=100, unit=" %"),
    "regret_repurchase": Said(
        "bought back {} as often after a gain as after a loss", unit=" times"
    ),
    "rule_breach": Said("your own promises did not hold {} of the time", scale=100, unit=" %"),
    "payoff_asymmetry": Said("the average win was {} the average loss", unit=" times"),
}
SPEAKS = {
    "disposition": ("sales out of gains", "sales out of losses"),
    "revenge": ("larger entries soon after losses", "losses that you let go"),
    "size_after_loss": ("entries after losses, larger than usual", ""),
    "size_after_win": ("entries after wins, larger than usual", ""),
    "fomo": ("entries after strong moves", "entries after as large a move the other way"),
    "overtrading": ("the surplus of days that paid less", "the surplus of days that paid"),
    "averaging_down": ("added to in a loss", "added to in a gain"),
    "panic_selling": ("closed in sharp falls", "closed in sharp rises"),
    "fatigue": ("late entries", ""),
    "concentration": ("trades of the largest symbol", "trades of the others"),
    "lottery": ("cheap, wild symbols", "other symbols"),
    "regret_repurchase": ("bought back after a gain", "bought back after a loss"),
    "rule_breach": ("trades that broke a promise", ""),
    "payoff_asymmetry": ("what was counted", ""),
}
"""What the trades are that speak for a habit, and against it."""


def notes(finding: "Finding") -> Iterator[str]:
    """Yield what a person needs to read a finding: what is missing, the effect, what it cost."""
    yield from _missing(finding)
    if finding.effect is not None:
        yield _effect(finding, finding.effect)
        yield from _half_seen(finding)
    if finding.level not in CLAIMS:
        return
    if not finding.costs:
        yield "no measurable price cost"
    yield from map(_cost, finding.costs)


def _effect(finding: "Finding", effect: float) -> str:
    if finding.bias == "concentration" and effect > 0:
        return f"the money lay as if in {statistic(1 / effect, '')} equal positions"
    said = SENTENCES.get(finding.bias)
    if said is None:
        article = "an" if finding.unit[:1] in VOWELS else "a"
        plain = f"effect {statistic(effect, '')}, {article} {finding.unit}"
        return plain + _likely(finding.interval, Said(""), 1)
    down = effect < 0 and bool(said.below_zero)
    sign = -1 if down else 1
    sentence = said.below_zero if down else said.above_zero
    told = f"{statistic(sign * said.scale * effect, '')}{said.unit}"
    return sentence.format(told) + _likely(finding.interval, said, sign)


def _likely(interval: "tuple[float, float] | None", said: Said, sign: int) -> str:
    if interval is None:
        return ""
    low, high = sorted(sign * said.scale * end for end in interval)
    return f" (likely {statistic(low, '')} to {statistic(high, '')})"


def _missing(finding: "Finding") -> Iterator[str]:
    symbols = [lack.removeprefix(CANDLES_OF) for lack in finding.lacks if _of_a_symbol(lack)]
    if symbols:
        yield f"needs {CANDLES_OF}{', '.join(symbols)}: coach candles fetch"
    for lack in finding.lacks:
        if not _of_a_symbol(lack):
            hint = ": coach candles fetch" if lack.startswith("candles") else ""
            yield f"needs {lack}{hint}"
    if finding.level == "insufficient" and finding.needed:
        if _all_planned(finding):
            yield "all of it was by a plan that you declared: nothing is left to test"
        else:
            plural = "s" * (finding.needed != 1)
            yield f"not enough evidence yet, {finding.needed} more trade{plural} needed"


def _of_a_symbol(lack: str) -> bool:
    return lack.startswith(CANDLES_OF) and " or more" not in lack


def _half_seen(finding: "Finding") -> Iterator[str]:
    for evidence in finding.evidence[:1]:
        covered = evidence.sample.get("covered")
        if isinstance(covered, float) and round(100 * covered) < ALL:
            yield f"candles cover {round(100 * covered)} % of it, the rest is left out"


def _all_planned(finding: "Finding") -> bool:
    samples = [evidence.sample for evidence in finding.evidence]
    planned = [sample[name] for sample in samples for name in sample if name.startswith("planned_")]
    return not finding.n and any(planned)


def _cost(cost: "Cost") -> str:
    fees = f"fees {money(cost.fees, cost.currency, sign=False)} {cost.currency}"
    if not cost.measurable:
        return f"no measurable price cost; {fees}"
    low, high = (_amount(end, cost.currency) for end in cost.interval)
    estimate = _amount(cost.estimate, cost.currency)
    return f"cost about {estimate} {cost.currency} ({low} to {high}), {fees}"


def _amount(value: float, currency: str) -> str:
    return money(f"{value:.8f}", currency, sign=False)


def legend(shown: "Sequence[Finding]") -> tuple[str, ...]:
    """Return what the columns mean, where something was tested."""
    return LEGEND if any(finding.score is not None for finding in shown) else ()
