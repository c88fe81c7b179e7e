"""What is known of a trader beside the trades: the zone, the plans, the money at the start."""

from dataclasses import replace

from coach.model.plans import Plan, PlanKind, ReasonAnswer
from coach.model.rules import Breach
from coach.model.trades import TradeId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Trader:
    """`zone` is an IANA name; `offset_minutes` stands instead of it where only that is known.

    `equity` is the money at the start in the currency of the account, None when nobody said.
    `breaches` are those of the trader's own rules. `answers` say which reasons are rules of theirs.
    `departed` are trades that are open in their book alone, with the microsecond from which on
    none of their coins was there any more.
    """

    zone: str = "UTC"
    offset_minutes: int | None = None
    plans: tuple[Plan, ...] = ()
    equity: float | None = None
    breaches: tuple[Breach, ...] = ()
    rules: int = 0
    answers: tuple[ReasonAnswer, ...] = ()
    departed: tuple[tuple[TradeId, int], ...] = ()

    def until(self, us: int) -> "Trader":
        """Return what was known of the trader before a microsecond, as far as it is dated."""
        if not self.departed:
            return self
        return replace(self, departed=tuple(one for one in self.departed if one[1] < us))

    def plan(self, kind: PlanKind, symbol: str = "") -> Plan | None:
        """Return the first plan of that kind that covers the symbol (empty: any)."""
        return next(
            (one for one in self.plans if one.kind == kind and (not symbol or one.covers(symbol))),
            None,
        )


NOBODY = Trader()
