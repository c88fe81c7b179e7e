"""Sentences about a simulation: what it could not do, and what it learned."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from coach.wording.numbers import counted

LEFT_ALONE: Final[Mapping[str, str]] = {
    "infeasible": "made smaller: the replay had not the money for all of {them}",
    "unreliable": "took more than a hundredth of a bar's volume: {their} prices are unreliable",
    "unpriced": "kept {their} own time: no candle lies near the later one",
    "dropped": "over before the delay was, and left out",
    "exits_forbidden": "broke a rule by no entry and no add: nothing can be skipped there",
}
WITH_TO_BE: Final = frozenset({"infeasible", "dropped"})


def describe_left_alone(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each kind of trade that the replay could not, or not well, change."""
    for name, words in LEFT_ALONE.items():
        count = counts[name]
        if count:
            one = count == 1
            be = ("was " if one else "were ") if name in WITH_TO_BE else ""
            filled = words.format(their="its" if one else "their", them="it" if one else "them")
            yield f"{counted(count, 'trade')} {be}{filled}"


def describe_unjudged(rule: str, lacks: Iterable[str]) -> str:
    """Say that a rule could not be judged everywhere, and what it lacks."""
    return f"{rule} could not be judged everywhere: it lacks {', '.join(lacks)}"


def describe_refusal(symbol: str, trades: int, reason: str) -> str:
    """Say that the trades of a symbol stayed as they were, and why."""
    return f"{symbol}: {counted(trades, 'trade')} left unchanged: {reason}"
