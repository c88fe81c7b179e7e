"""Exact tests for small counts: binomial, Poisson, Fisher.

Tails are summed term by term through `lgamma`, so a thousand events need no table.
Two-sided values add every outcome that is no likelier than the one seen (Fisher's own rule).
"""

import math
from collections.abc import Callable, Iterable

TIE = 1 + 1e-7  # two outcomes of equal likelihood differ by rounding alone


def binomial_at_least(hits: int, trials: int, rate: float) -> float:
    """Return P(X >= hits) for X ~ Binomial(trials, rate).

    Source: definition of the upper tail; with `rate` an exposure share it is the exact test
    of §1.2, for instance adds in a loss against the hours spent in a loss.
    """
    return _total(_binomial(k, trials, rate) for k in range(hits, trials + 1))


def binomial_two_sided(hits: int, trials: int, rate: float) -> float:
    """Return the probability of every count that is no likelier than `hits`."""
    return _no_likelier(lambda k: _binomial(k, trials, rate), hits, range(trials + 1))


def poisson_at_least(events: int, expected: float) -> float:
    """Return P(X >= events) for X ~ Poisson(expected)."""
    return max(0.0, 1.0 - _total(_poisson(k, expected) for k in range(events)))


def rate_higher(events: int, exposure: float, other_events: int, other_exposure: float) -> float:
    """Return the one-sided p that the first rate is higher; exposures in any one unit.

    Source: Przyborowski & Wilenski (1940): given the sum, the first count is binomial with the
    first share of the exposure.
    """
    share = exposure / (exposure + other_exposure)
    return binomial_at_least(events, events + other_events, share)


def fisher_at_least(hits: int, misses: int, other_hits: int, other_misses: int) -> float:
    """Return P(first hits >= seen) with both margins of the 2 x 2 table fixed."""
    chance, possible = _hypergeometric(hits, misses, other_hits, other_misses)
    return _total(chance(k) for k in possible if k >= hits)


def fisher_two_sided(hits: int, misses: int, other_hits: int, other_misses: int) -> float:
    """Return the probability of every table that is no likelier than the one seen."""
    chance, possible = _hypergeometric(hits, misses, other_hits, other_misses)
    return _no_likelier(chance, hits, possible)


def _binomial(hits: int, trials: int, rate: float) -> float:
    if rate in (0.0, 1.0):
        return float(hits == round(trials * rate))
    ways = _log_choose(trials, hits)
    return math.exp(ways + hits * math.log(rate) + (trials - hits) * math.log1p(-rate))


def _poisson(events: int, expected: float) -> float:
    if expected == 0.0:
        return float(events == 0)
    return math.exp(events * math.log(expected) - expected - math.lgamma(events + 1))


def _hypergeometric(
    hits: int, misses: int, other_hits: int, other_misses: int
) -> tuple[Callable[[int], float], range]:
    row, other_row, all_hits = hits + misses, other_hits + other_misses, hits + other_hits
    whole = _log_choose(row + other_row, all_hits)

    def chance(k: int) -> float:
        return math.exp(_log_choose(row, k) + _log_choose(other_row, all_hits - k) - whole)

    return chance, range(max(0, all_hits - other_row), min(row, all_hits) + 1)


def _no_likelier(chance: Callable[[int], float], seen: int, possible: range) -> float:
    limit = chance(seen) * TIE
    return _total(p for p in map(chance, possible) if p <= limit)


def _total(chances: Iterable[float]) -> float:
    return min(1.0, math.fsum(chances))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
