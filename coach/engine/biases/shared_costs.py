"""One loss, one bill: what several habits cost together, shared out between them.

The value of a set of habits is the cost of the union of their entries by the formula of a single
one. Each gets the mean of what it adds over all orders of joining (Shapley 1953); habits that
touch the same entries get the same, one that adds nothing gets nothing. Beyond four habits the
four surest are shared so, the others get what no earlier one covers, in order of their first
entry. The parts never add up to more than the trades concerned lost.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from math import factorial

import numpy as np

from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detector import Window
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.words import significant
from coach.model.insights import Cost, Finding
from coach.values import dataclass

MOST_SHARED = 4
SHARED_LEVELS = ("possible", "likely", "strong")

Value = Callable[[frozenset[int]], float]


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A finding, and the rows of the entries that its cost is about; None: not one of entries."""

    finding: Finding
    rows: Integers | None

    @property
    def shares(self) -> bool:
        """Whether its cost overlaps with others of the kind."""
        told = self.finding.level in SHARED_LEVELS and bool(self.finding.costs)
        return self.rows is not None and told


def share_costs(context: Context, window: Window, claims: Sequence[Claim]) -> list[Finding]:
    """Return the findings in their order, with the shares of those that cost by entries."""
    places = [place for place, claim in enumerate(claims) if claim.shares]
    rows = {place: claims[place].rows for place in places}
    sets = {place: taken for place, taken in rows.items() if taken is not None}
    ranked = sorted(places, key=lambda place: (-(claims[place].finding.score or 0.0), place))
    currencies = sorted({cost.currency for place in places for cost in claims[place].finding.costs})
    shares = {
        currency: _shares(_Bill(context, window, currency), ranked, sets) for currency in currencies
    }
    return [
        replace(claim.finding, costs=_filled(claim.finding.costs, place, shares))
        if place in sets
        else claim.finding
        for place, claim in enumerate(claims)
    ]


def shapley(players: Sequence[int], value: Value) -> dict[int, float]:
    """Return each player's mean contribution over all orders; value(empty set) is 0.

    phi(i) = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
    Source: Shapley (1953), Contributions to the Theory of Games II:307.
    """
    count = len(players)
    known = {
        frozenset(some): value(frozenset(some)) if some else 0.0
        for size in range(count + 1)
        for some in combinations(players, size)
    }
    return {
        player: sum(
            factorial(len(some)) * factorial(count - len(some) - 1) / factorial(count)
            * (known[some | {player}] - before)
            for some, before in known.items()
            if player not in some
        )
        for player in players
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bill:
    """What entries cost in one currency, and what they lost."""

    context: Context
    window: Window
    currency: str

    def cost(self, rows: Integers) -> float:
        found = cost_of_entries(self.context, self.window, rows)
        return next((one.estimate for one in found if one.currency == self.currency), 0.0)

    def lost(self, rows: Integers) -> float:
        """Return the summed loss of those that have closed; gains do not make up for it."""
        history = self.context.history
        closed = rows[history.closed_us[rows] != OPEN].tolist()
        mine = [history.trips[row] for row in closed if history.trips[row].quote == self.currency]
        return float(sum((-trip.net for trip in mine if trip.net < 0), Decimal(0)))


def _shares(bill: _Bill, ranked: Sequence[int], sets: Mapping[int, Integers]) -> dict[int, float]:
    surest, others = ranked[:MOST_SHARED], ranked[MOST_SHARED:]
    shares = shapley(surest, lambda some: bill.cost(_union(sets[place] for place in some)))
    covered = _union(sets[place] for place in surest)
    for place in sorted(others, key=lambda place: (sets[place].min(initial=2**62), place)):
        left = np.setdiff1d(sets[place], covered)
        shares[place] = bill.cost(left)
        covered = np.union1d(covered, left)
    return _capped(shares, bill.lost(covered))


def _union(sets: Iterable[Integers]) -> Integers:
    taken = list(sets)
    return np.unique(np.concatenate(taken)) if taken else np.zeros(0, np.int64)


def _capped(shares: dict[int, float], most: float) -> dict[int, float]:
    """Shrink all parts alike until they add up to no more than `most`."""
    total = sum(shares.values())
    if total <= most:
        return shares
    return {place: share * most / total for place, share in shares.items()}


def _filled(
    costs: tuple[Cost, ...], place: int, shares: Mapping[str, Mapping[int, float]]
) -> tuple[Cost, ...]:
    return tuple(replace(cost, share=significant(shares[cost.currency][place])) for cost in costs)
