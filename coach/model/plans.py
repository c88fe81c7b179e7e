"""What a trader declares beforehand, so that a plan is not taken for a bias.

dca          buys at a fixed pace, whatever the price does       params: symbols (empty: all)
momentum     enters with a move by rule                           params: symbols
only         trades these symbols and no others, on purpose       params: symbols
night_shift  trades at night because of the hours they keep       params: start, end ("22:00")
stop         leaves at a fixed loss                               params: percent
target       leaves at a fixed gain                               params: percent
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PlanKind = Literal["dca", "momentum", "only", "night_shift", "stop", "target"]
Param = str | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One declaration; it holds for all trades, whenever it was declared."""

    id: str
    kind: PlanKind
    params: dict[str, Param]
    created_at: datetime | None = None

    def covers(self, symbol: str) -> bool:
        """Say whether the plan speaks of this symbol; a plan without symbols speaks of all."""
        named = self.params.get("symbols", ())
        return not named or (isinstance(named, tuple | list) and symbol in named)
