"""Which source is asked, and why: the answer is data that a person can read.

A source must be enabled, have the thing, be well and be willing. Among those that are, the one
that should answer first is asked, where each later place in the user's list weighs as much as
A_PLACE_MS, so that a source further down must be that much faster. A source that already told the
weeks beside these is moved up one place: a series in one voice is worth something, and still the
source that the user put first gets its chance again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from coach.engine.market.guard import Breaker

Verdict = Literal["chosen", "usable", "off", "unfit", "ill", "resting", "tried"]

A_PLACE_MS = 1_000.0
A_FAILURE_MS = 500.0
UNKNOWN_LATENCY_MS = 400.0
LONGEST_REST_S = 60.0
"""A source that wants to be left alone for longer is not waited for."""


@dataclass(frozen=True, slots=True)
class SourceCandidate:
    """A source to choose among: its `place` in the user's list, and why it is excluded."""

    name: str
    place: int
    off: str = ""
    unfit: str = ""
    tried: str = ""
    breaker: Breaker = "closed"
    failures: int = 0
    latency_ms: int | None = None
    rest_s: float = 0.0
    rest_reason: str = ""
    tokens: float | None = None
    familiar: bool = False


class SourceAssessment(NamedTuple):
    """A source and its assessment."""

    name: str
    verdict: Verdict
    reason: str
    latency_ms: int | None
    breaker: Breaker
    tokens: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The source to ask, empty where there is none, and what speaks for it and against others."""

    source: str
    reason: str
    considered: tuple[SourceAssessment, ...]


def choose(candidates: Sequence[SourceCandidate]) -> Choice:
    """Choose among the sources."""
    verdicts = {one.name: _verdict(one) for one in candidates}
    usable = [one for one in candidates if verdicts[one.name][0] == "usable"]
    best = min(usable, key=_order, default=None)
    if best is not None:
        verdicts[best.name] = ("chosen", _praise(best, others=len(usable) > 1))
    considered = tuple(
        SourceAssessment(one.name, *verdicts[one.name], one.latency_ms, one.breaker, one.tokens)
        for one in candidates
    )
    if best is None:
        relevant = [one for one in considered if one.verdict != "off"] or considered
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in relevant)
        return Choice("", reasons or "no source is enabled", considered)
    return Choice(best.name, verdicts[best.name][1], considered)


def _verdict(one: SourceCandidate) -> tuple[Verdict, str]:
    outs: tuple[tuple[Verdict, str], ...] = (
        ("off", one.off),
        ("tried", one.tried),
        ("unfit", one.unfit),
    )
    for verdict, reason in outs:
        if reason:
            return verdict, reason
    if one.breaker == "open":
        return "ill", f"it failed {one.failures} times in a row and is left alone for a while"
    if one.tokens is not None and one.tokens < 1:
        return "resting", "nothing is left of its day"
    if one.rest_s > LONGEST_REST_S:
        return "resting", f"to be left alone for {one.rest_s:.0f} s: {one.rest_reason}"
    return "usable", f"expected within {_expected_ms(one):.0f} ms, its place counted"


def _expected_ms(one: SourceCandidate) -> float:
    latency = UNKNOWN_LATENCY_MS if one.latency_ms is None else float(one.latency_ms)
    place = max(0, one.place - one.familiar)
    failures = one.failures if one.breaker == "closed" else 0  # a pause has made up for them
    return latency + place * A_PLACE_MS + failures * A_FAILURE_MS + one.rest_s * 1000


def _order(one: SourceCandidate) -> tuple[float, int]:
    return (_expected_ms(one), one.place)


def _praise(one: SourceCandidate, *, others: bool) -> str:
    if not others:
        return "the only one that can be asked"
    beside = ", and it told the weeks beside these" if one.familiar else ""
    return f"expected first: within {_expected_ms(one):.0f} ms, its place counted{beside}"
