"""Sentences about a simulation: what it could not do or judge, and what was missing for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from coach.wording.numbers import counted, limit

LEFT_ALONE: Final[Mapping[str, str]] = {
    "infeasible": "made smaller: the replay had not the money for all of {them}",
    "unreliable": "took more than a hundredth of a bar's volume: {their} prices are unreliable",
    "unpriced": "kept {their} own time: no candle lies near the later one",
    "dropped": "over before the delay was, and left out",
    "exits_forbidden": "broke a rule by no entry and no add: nothing can be skipped there",
}
WITH_TO_BE: Final = frozenset({"infeasible", "dropped"})
LACKS: Final[Mapping[str, str]] = {
    "candles": "candles of {symbols} from {since} to {until}",
    "more candles": "candles of a part of each trade in {symbols} from {since} to {until}",
    "finer candles": "bars of 15 min of {symbols} from {since} to {until}",
    "longer trades": "bars shorter than the trades in {symbols} from {since} to {until}",
    "equity": "the equity at the start",
    "one quote currency for equity": "one quote currency to count the equity in",
    "orders": "the orders of the trades in {symbols}",
}
MOST_SYMBOLS: Final = 3
"""Symbols that one line names; of more it gives the number."""


def describe_left_alone(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each kind of trade that the replay could not, or not well, change."""
    for name, words in LEFT_ALONE.items():
        count = counts[name]
        if count:
            one = count == 1
            be = ("was " if one else "were ") if name in WITH_TO_BE else ""
            filled = words.format(their="its" if one else "their", them="it" if one else "them")
            yield f"{counted(count, 'trade')} {be}{filled}"


def describe_gaps(gaps: Sequence[Mapping[str, Any]]) -> str:
    """Say in one line what was missing, of which symbols and days, for how many entries."""
    every = dict.fromkeys(gap["what"] for gap in gaps)
    return "; ".join(_describe_gap([gap for gap in gaps if gap["what"] == what]) for what in every)


def _describe_gap(gaps: Sequence[Mapping[str, Any]]) -> str:
    symbols = [gap["symbol"] for gap in gaps if gap["symbol"] is not None]
    named = ", ".join(symbols[:MOST_SYMBOLS])
    if len(symbols) > MOST_SYMBOLS:
        named += f" and {counted(len(symbols) - MOST_SYMBOLS, 'more symbol')}"
    words = LACKS[gaps[0]["what"]].format(
        symbols=named,
        since=min(gap["since"] for gap in gaps),
        until=max(gap["until"] for gap in gaps),
    )
    entries = counted(sum(gap["entries"] for gap in gaps), "entry", "entries")
    return f"{words} ({entries})"


def describe_verdict(verdict: str, judged: int, entries: int) -> str:
    """Return a verdict, with how many entries it rests on where not all could be judged."""
    if not judged or judged == entries:
        return verdict
    return f"{verdict} ({limit(judged)} of {counted(entries, 'entry', 'entries')} judged)"
