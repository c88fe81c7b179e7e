"""A trade that is only thought of, laid beside the history.

The rules are those of evaluate, over the same columns; so a check says what the import will say.
What waiting breaks (a position held too long) is not the trade's doing and is left out. A rule
whose verdict is certain whatever is missing counts as judged: no entry rule is broken by a close,
and no rule about adds by a first entry.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from coach.engine.features.history import History
from coach.engine.features.one_trip import with_changed, with_trip
from coach.engine.features.orders import ADD, OrderRow, columns
from coach.engine.ledger.dust import ROUNDING_SHARE
from coach.engine.ledger.exact import ZERO, add, multiply, subtract
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.ground import Ground
from coach.engine.rules.kinds.catalogue import kind_of, needs
from coach.engine.rules.kinds.groups import farthest, parts
from coach.engine.rules.kinds.kind import A_WEEK_OF_DAYS, LookBack
from coach.model.fills import Side
from coach.model.rules import Breach, Rule, RuleId
from coach.model.times import microseconds
from coach.model.trades import Direction, TradeId, Trip
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.params import Params
    from coach.model.rules import RuleKind

CheckGap = Literal[
    "no_price",
    "no_candles",
    "old_candles",
    "no_open_profit",
    "no_equity",
    "several_currencies",
    "too_few_entries",
    "only_time",
    "nothing_held",
]
"""Why a rule is not judged; each face has its words and what helps."""

ADDS_ALONE: Final = frozenset({"orders", "price"})
"""What kinds need that look at adds and at nothing else."""
Action = Literal["opens", "adds", "reduces", "closes", "turns", "unknown"]
NEW = TradeId("now")


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """An order that is thought of; `price` 0 where nobody knows one."""

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    at_us: int

    @property
    def quote(self) -> str:
        """Return the quote currency."""
        return self.symbol.rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class OpenHolding:
    """What is open in the symbol: of which trip, how much, at which average price."""

    trip: TradeId
    side: Direction
    quantity: float
    average: float


def action(wish: ProposedOrder, held: OpenHolding | None, shorts: bool) -> Action:
    """Return what the order would do; a sale of what nobody saw bought is "unknown"."""
    if held is None:
        return "opens" if wish.side == "buy" or shorts else "unknown"
    if (wish.side == "buy") == (held.side == "long"):
        return "adds"
    wanted, rounding = float(wish.quantity), float(ROUNDING_SHARE)
    if wanted < held.quantity * (1 - rounding):
        return "reduces"
    return "turns" if shorts and wanted > held.quantity * (1 + rounding) else "closes"


@dataclass(frozen=True, slots=True)
class OrderVerdict:
    """The breaches that an order would be, and the rules that could not be judged, with why."""

    breaches: list[Breach]
    unjudged: dict[RuleId, tuple[CheckGap, ...]]


def judge_order(
    rules: Sequence[Rule],
    past: History,
    wish: ProposedOrder,
    held: OpenHolding | None,
    does: Action,
    zone: str,
) -> OrderVerdict:
    """Return what the rules say of the order itself."""
    if does == "unknown":
        return OrderVerdict([], {rule.id: ("nothing_held",) for rule in rules})
    then = past if does == "reduces" else laid_into(past, wish, held, does)

    def broken(asked: Sequence[Rule]) -> list[Breach]:
        return [] if does == "reduces" else order_breaches(asked, then, wish, held, zone)

    found = broken(rules)
    named = {one.rule_id for one in found}
    opens = does in {"opens", "turns"}
    reach = OrderReach(NEW, priced=bool(wish.price), opens=opens, adds=does == "adds")
    gaps = OrderGaps(then, zone, reach, lambda rule: bool(broken([rule])))
    kept = [rule for rule in rules if rule.id not in named]
    why = {rule.id: gaps.of(rule) for rule in kept}
    return OrderVerdict(found, {rule: gap for rule, gap in why.items() if gap})


def order_breaches(
    rules: Sequence[Rule], then: History, wish: ProposedOrder, held: OpenHolding | None, zone: str
) -> list[Breach]:
    """Return the breaches that are the order's own doing, in the history that it was laid into."""
    mine = {NEW, held.trip if held else NEW}
    asked = [rule for rule in rules if not kind_of(rule.kind).broken_by_waiting]
    return [
        one
        for one in breaches(asked, then, zone)
        if one.trade_id in mine and microseconds(one.at) == wish.at_us
    ]


def looks_back(rules: Iterable[Rule]) -> LookBack:
    """Return how far these rules look back together."""
    return farthest(
        [LookBack(A_WEEK_OF_DAYS, 0), *(kind_of(one.kind).looks_back(one.params) for one in rules)]
    )


def laid_into(
    past: History, wish: ProposedOrder, held: OpenHolding | None, does: Action
) -> History:
    """Return the history with the order in it."""
    if does in {"closes", "turns"} and held is not None:
        row = past.ids.index(held.trip)
        past = with_changed(past, row, _closed(past.trips[row], wish, held))
    if does in {"opens", "turns"}:
        return with_trip(past, _opened(wish, held if does == "turns" else None))
    if does == "adds" and held is not None and wish.price:
        row = past.ids.index(held.trip)
        quantity, price = float(wish.quantity), float(wish.price)
        added = OrderRow(row, ADD, wish.at_us, quantity, price, held.quantity, held.average, ())
        return replace(past, orders=past.orders.beside(columns([added])))
    return past


def _opened(wish: ProposedOrder, turned: OpenHolding | None) -> Trip:
    taken = ZERO if turned is None else Decimal(repr(turned.quantity))
    quantity = subtract(wish.quantity, taken)
    return Trip(
        id=NEW,
        symbol=wish.symbol,  # type: ignore[arg-type] # a symbol by now
        quote=wish.quote,
        side="long" if wish.side == "buy" else "short",
        opened_us=wish.at_us,
        closed_us=None,
        gross=ZERO,
        fees=ZERO,
        net=ZERO,
        quantity=quantity,
        notional=multiply(quantity, wish.price),
        entry_fills=(),
        exit_fills=(),
    )


def _closed(trip: Trip, wish: ProposedOrder, held: OpenHolding) -> Trip:
    """Return the trip as closed now; without a price its result is that of what was closed."""
    if not wish.price:
        return trip._replace(closed_us=wish.at_us)
    average, left = Decimal(repr(held.average)), Decimal(repr(held.quantity))
    gain = multiply(subtract(wish.price, average), left)
    gain = gain if trip.side == "long" else -gain
    return trip._replace(closed_us=wish.at_us, gross=add(trip.gross, gain), net=add(trip.net, gain))


class OrderReach(NamedTuple):
    """What an order does, and whether a price of it is known; `trade` is what it would open."""

    trade: "TradeId"
    priced: bool
    opens: bool
    adds: bool


class OrderGaps:
    """What is missing to judge rules for an order that was laid into the history `then`.

    `breaks` says whether the order would break a rule; it is asked of the parts of a group.
    """

    def __init__(
        self, then: "History", zone: str, reach: OrderReach, breaks: Callable[["Rule"], bool]
    ) -> None:
        self._then, self._ground, self._breaks = then, Ground(then, zone), breaks
        self._row = then.ids.index(reach.trade) if reach.opens else -1
        self._priced, self._opens, self._adds = reach.priced, reach.opens, reach.adds

    def of(self, rule: "Rule") -> tuple[CheckGap, ...]:
        """Return why a rule that was not found broken is not judged; nothing where it is kept."""
        if rule.kind not in {"all", "any"}:
            return self._of_kind(rule.kind, rule.params)
        inside = [replace(rule, kind=part.kind, params=part.params) for part in parts(rule.params)]
        found = [(part, self.of(part)) for part in inside]
        if rule.kind == "all" and any(not gaps and not self._breaks(part) for part, gaps in found):
            return ()
        return tuple(dict.fromkeys(gap for _, gaps in found for gap in gaps))

    def _of_kind(self, name: "RuleKind", params: "Params") -> tuple[CheckGap, ...]:
        kind, wanted = kind_of(name), needs(name, params)
        if kind.broken_by_waiting:
            return ("only_time",)
        concerned = self._adds if wanted == ADDS_ALONE else self._opens
        if self._adds and "orders" in wanted:
            concerned = True
        if not concerned:
            return ()
        found = self._missing(wanted)
        seen = "orders" in wanted and "candles" not in wanted
        if not self._opens or seen or kind.judged(params, self._ground)[self._row]:
            return found
        return (*found, self._unseen(wanted))

    def _missing(self, wanted: "frozenset[Need]") -> tuple[CheckGap, ...]:
        found: list[CheckGap] = []
        if "price" in wanted and not self._priced:
            found.append("no_price")
        if "equity" in wanted and self._ground.start_equity is None:
            found.append("several_currencies" if self._then.trader.equity else "no_equity")
        return tuple(found)

    def _unseen(self, wanted: "frozenset[Need]") -> CheckGap:
        if "candles" not in wanted:
            return "too_few_entries"
        if "orders" in wanted:
            return "no_open_profit"
        symbol = self._then.trips[self._row].symbol
        return "old_candles" if self._then.market.of(symbol) is not None else "no_candles"
