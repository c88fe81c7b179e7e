"""Every kind of rule by its name, in the order they are told; a module is loaded when asked for.

A new kind is a module with its `KIND`, and its line in `MODULES`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from coach.engine.rules.kinds.kind import AnyKind, Kind, Need
from coach.engine.rules.params import Params
from coach.model.rules import RuleKind

OPEN_PROFIT: Final[frozenset[Need]] = frozenset({"candles", "orders"})
"""What a rule needs that asks what every trade so far was worth while it was open."""
HERE: Final = "coach.engine.rules.kinds"
MODULES: Final[dict[RuleKind, str]] = {
    "max_trades_per_day": f"{HERE}.max_trades_per_day",
    "cooldown_after_loss": f"{HERE}.cooldown_after_loss",
    "max_size_vs_median": f"{HERE}.max_size_vs_median",
    "max_loss_per_day": f"{HERE}.max_loss_per_day",
    "max_drawdown": f"{HERE}.max_drawdown",
    "size_cap_after_losses": f"{HERE}.size_cap_after_losses",
    "stop_after_losses_in_a_row": f"{HERE}.stop_after_losses_in_a_row",
    "no_entry_after_spike": f"{HERE}.no_entry_after_spike",
    "no_averaging_down": f"{HERE}.no_averaging_down",
    "trading_hours": f"{HERE}.trading_hours",
    "symbol_lock": f"{HERE}.symbol_lock",
    "symbol_allow_list": f"{HERE}.symbol_allow_list",
    "max_open_positions": f"{HERE}.max_open_positions",
    "max_concentration": f"{HERE}.max_concentration",
    "fee_budget_per_week": f"{HERE}.fee_budget_per_week",
    "holding_time_floor": f"{HERE}.holding_time_floor",
    "holding_time_ceiling": f"{HERE}.holding_time_ceiling",
    "all": f"{HERE}.all_of",
    "any": f"{HERE}.any_of",
}


class Kinds(Mapping[RuleKind, AnyKind]):
    """The kinds by name; asking for one loads its module."""

    def __getitem__(self, name: RuleKind) -> AnyKind:
        kind = import_module(MODULES[name]).KIND
        assert isinstance(kind, Kind)
        return kind

    def __iter__(self) -> Iterator[RuleKind]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)

    def __contains__(self, name: object) -> bool:
        return name in MODULES


KINDS: Final = Kinds()


def kind_of(name: RuleKind) -> AnyKind:
    """Return the kind of that name; ValueError for one that this version does not know."""
    if name not in KINDS:
        raise ValueError(f"no rule of kind {name!r} is known")
    return KINDS[name]


def needs(name: RuleKind, params: Params) -> frozenset[Need]:
    """Return what a rule cannot be judged without, beside the round trips."""
    return kind_of(name).needs(params)
