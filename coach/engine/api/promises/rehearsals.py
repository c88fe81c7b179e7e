"""Rules that answer a habit: what each would have caught in the trader's own fills."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from coach.engine.api.promises import dry_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.engine.api.promises.dry_run import DryRun
    from coach.engine.api.session import Session
    from coach.model.insights import Bias

RULES: Final[Mapping[Bias, tuple[str, Mapping[str, object]]]] = MappingProxyType(
    {
        "revenge": ("cooldown_after_loss", {"minutes": 30}),
        "size_after_loss": ("max_size_vs_median", {"ratio": 2}),
        "size_after_win": ("max_size_vs_median", {"ratio": 2}),
        "averaging_down": ("no_averaging_down", {}),
        "overtrading": ("max_trades_per_day", {"limit": 8}),
    }
)
"""Round numbers to begin with, for the habits that a rule about entries can answer."""


def rehearse(session: Session, bias: Bias) -> DryRun | None:
    """Hold the rule that answers a habit against the fills; None for a habit without one."""
    if bias not in RULES:
        return None
    kind, params = RULES[bias]
    return dry_run.of_given(session, kind, params)
