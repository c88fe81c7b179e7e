"""The largest size of an order that breaks no rule.

A larger order of the same kind breaks whatever a smaller one does, so one size parts those that
break no rule from those that break one. It is looked for on a grid of exact steps by the judge of
every check: what comes out breaks no rule, and one step more breaks one. The facts of a breach say
where the limit is likely to lie, so that few sizes are judged. A kind whose verdict depends on the
size needs the price; the verdicts of all others depend on what the order does alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

import numpy as np

from coach.engine.features.history import OPEN, History
from coach.engine.ledger.dust import ROUNDING_SHARE
from coach.engine.ledger.exact import ZERO, multiply, plain
from coach.engine.rules.before import (
    Action,
    OpenHolding,
    OrderVerdict,
    ProposedOrder,
    action,
    laid_into,
    looks_back,
    order_breaches,
)
from coach.engine.rules.kinds.catalogue import kind_of, needs
from coach.model.insights import Fact
from coach.model.promises.checks import LargestSize
from coach.model.rules import Breach, Rule, RuleId
from coach.model.times import DAY_US
from coach.values import dataclass

FINEST_STEP = -8
"""Decimals of the step, as most brokers print quantities; finer where the order itself is."""
LARGEST_SIZE = Decimal("1e23")
"""What no order reaches: a rule that lets it through limits no size."""
FEWEST = 120
"""Newest trades that every rule is shown, as a check reads them."""


@dataclass(frozen=True, slots=True)
class OrderScene:
    """What an order is judged in: the history, what is held, whether shorts can be, the zone."""

    past: History
    held: OpenHolding | None
    shorts: bool
    zone: str


class _Judgement(NamedTuple):
    """Which rules an order breaks, and the facts of the breaches that its size decides."""

    broken: tuple[RuleId, ...]
    sized: tuple[Breach, ...]


def largest_size(
    rules: Sequence[Rule], wish: ProposedOrder, scene: OrderScene, said: OrderVerdict
) -> LargestSize:
    """Return the largest size of the order that breaks none of the rules, and what limits it.

    `said` is the verdict of the order as it was asked about. Rules that it could not judge limit
    nothing here.
    """
    judged = [rule for rule in rules if rule.id not in said.unjudged]
    if not judged:
        return LargestSize("not known")
    search = _Search(judged, wish, scene, said)
    if lowest := search.broken(1):
        return LargestSize("no size", None, lowest)
    if not search.broken(search.top):
        return LargestSize("no limit")
    best = search.largest()
    return LargestSize("size", search.quantity(best), search.broken(best + 1))


class _Search:
    """The sizes of an order that were judged so far, in steps."""

    def __init__(
        self, rules: Sequence[Rule], wish: ProposedOrder, scene: OrderScene, said: OrderVerdict
    ) -> None:
        self._wish, self._scene = wish, scene
        exponent = wish.quantity.as_tuple().exponent
        assert isinstance(exponent, int)
        self._step = Decimal(1).scaleb(min(FINEST_STEP, exponent))
        self.top = int(LARGEST_SIZE / self._step)
        sized = [rule for rule in rules if "price" in needs(rule.kind, rule.params)]
        self._fixed = [rule for rule in rules if rule not in sized]
        far = [rule for rule in sized if looks_back([rule]).days is None]
        near = [rule for rule in sized if rule not in far]
        self._sized = [(far, scene.past), (near, _lately(scene.past, near, wish))]
        fixed = {rule.id for rule in self._fixed}
        found = tuple(one.rule_id for one in said.breaches if one.rule_id in fixed)
        self._by_action: dict[Action, tuple[RuleId, ...]] = {"reduces": (), self._does(wish): found}
        self._judged: dict[int, _Judgement] = {}

    def quantity(self, steps: int) -> Decimal:
        """Return the size of so many steps."""
        return plain(multiply(self._step, Decimal(steps)))

    def broken(self, steps: int) -> tuple[RuleId, ...]:
        """Return the rules that an order of so many steps breaks."""
        return self._judge(steps).broken

    def largest(self) -> int:
        """Return the most steps that break no rule; one step does not, and `top` does."""
        ok, over, leap = 1, self.top, 1
        for guess in self._guesses():
            if ok < guess < over:
                ok, over = (ok, guess) if self.broken(guess) else (guess, over)
        while over - ok > 1:
            for near in (min(ok + leap, over - 1), max(over - leap, ok + 1)):
                if ok < near < over:
                    ok, over = (ok, near) if self.broken(near) else (near, over)
            leap = min(2 * leap, max(1, (over - ok) // 2))
        return ok

    def _does(self, wish: ProposedOrder) -> Action:
        return action(wish, self._scene.held, self._scene.shorts)

    def _judge(self, steps: int) -> _Judgement:
        if steps not in self._judged:
            wish = replace(self._wish, quantity=self.quantity(steps))
            does = self._does(wish)
            sized: list[Breach] = []
            for rules, past in self._sized:
                sized += self._breaches(rules, past, wish, does)
            if does not in self._by_action:
                found = self._breaches(self._fixed, self._scene.past, wish, does)
                self._by_action[does] = tuple(one.rule_id for one in found)
            names = (*self._by_action[does], *(one.rule_id for one in sized))
            self._judged[steps] = _Judgement(names, tuple(sized))
        return self._judged[steps]

    def _breaches(
        self, rules: Sequence[Rule], past: History, wish: ProposedOrder, does: Action
    ) -> list[Breach]:
        asked = [rule for rule in rules if not kind_of(rule.kind).broken_by_waiting]
        if does == "reduces" or not asked:
            return []
        held = self._scene.held
        then = laid_into(past, wish, held, does)
        return order_breaches(asked, then, wish, held, self._scene.zone)

    def _guesses(self) -> Iterator[int]:
        """Yield sizes that lie at a limit, and a step beyond it."""
        held = self._scene.held
        if held is not None:
            taken = Decimal(repr(held.quantity))
            rounding = taken * ROUNDING_SHARE
            yield from (*self._around(taken - rounding), *self._around(taken + rounding))
        for breach in self._judge(self.top).sized:
            for share in _shares_of_size(breach.facts):
                yield from self._around(self._guess(share))

    def _around(self, quantity: Decimal) -> tuple[int, int]:
        steps = int((quantity / self._step).to_integral_value(ROUND_DOWN))
        return steps, steps + 1

    def _guess(self, share: Decimal) -> Decimal:
        """Return the size at which a measure that grows with it is `share` of what it was."""
        held, price = self._scene.held, self._wish.price
        reached = multiply(LARGEST_SIZE, share)
        if held is None or not price:
            return reached
        if self._does(self._wish) == "adds":
            return reached - Decimal(repr(held.quantity * held.average)) / price
        return reached + Decimal(repr(held.quantity))


def _lately(past: History, rules: Sequence[Rule], wish: ProposedOrder) -> History:
    """Return what of a history these rules look back on; they would say the same of all of it."""
    if len(past) <= FEWEST or not rules:
        return past
    back = looks_back(rules)
    assert back.days is not None
    most = max(FEWEST, back.trades)
    is_open = past.closed_us == OPEN
    keep = is_open | (past.closed_us >= wish.at_us - int(back.days * DAY_US))
    quote = past.quotes.index(wish.quote) if wish.quote in past.quotes else -1
    keep[np.flatnonzero(past.quote == quote)[-most:]] = True
    closed = np.flatnonzero(~is_open)
    keep[closed[np.argsort(past.closed_us[closed], kind="stable")[-most:]]] = True
    return past.only(keep)


def _shares_of_size(facts: Mapping[str, Fact]) -> Iterator[Decimal]:
    """Yield what share of its measure each limit is, of a rule and of the parts of a group."""
    for name, value in facts.items():
        if name.rpartition(".")[2] == "limit" and isinstance(value, int | float):
            margin = facts.get(f"{name.removesuffix('limit')}margin")
            if isinstance(margin, int | float) and margin > 0:
                measure = Decimal(repr(value)) + Decimal(repr(margin))
                yield Decimal(repr(value)) / measure if measure else ZERO
