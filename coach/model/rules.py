"""Promises the trader made, and where they were broken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from coach.model.fills import FillKey
from coach.model.insights import Fact
from coach.model.trades import TradeId

RuleId = NewType("RuleId", str)
RuleKind = Literal["max_trades_per_day", "cooldown_after_loss", "max_size_vs_median"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise as JSON: kind, params, active."""

    id: RuleId
    kind: RuleKind
    params: dict[str, Fact]
    active: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken promise: the entry that broke it, its fills, and by how much."""

    rule_id: RuleId
    trade_id: TradeId
    at: datetime
    fill_keys: tuple[FillKey, ...]
    facts: dict[str, Fact]
