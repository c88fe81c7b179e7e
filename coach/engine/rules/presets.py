"""Rules to begin with, for three ways of trading. Round numbers, to be made one's own.

None is learned from anybody: they are engineering choices, and `coach rules dry-run` shows what
each would have caught in one's own past.
"""

from typing import Final

from coach.model.events import Json
from coach.model.rules import RuleKind

Preset = tuple[tuple[RuleKind, dict[str, Json]], ...]

PRESETS: Final[dict[str, Preset]] = {
    "day": (
        ("max_trades_per_day", {"limit": 8}),
        ("cooldown_after_loss", {"minutes": 15}),
        ("stop_after_losses_in_a_row", {"losses": 3}),
        ("max_size_vs_median", {"ratio": 2.5}),
        ("no_averaging_down", {}),
    ),
    "swing": (
        ("max_open_positions", {"positions": 5}),
        ("cooldown_after_loss", {"minutes": 240}),
        ("max_size_vs_median", {"ratio": 2}),
        ("holding_time_floor", {"minutes_at_least": 240}),
        ("no_entry_after_spike", {"z": 3, "horizon": 1_440}),
    ),
    "long": (
        ("max_open_positions", {"positions": 15}),
        ("cooldown_after_loss", {"minutes": 10_080}),
        ("max_size_vs_median", {"ratio": 2}),
        ("holding_time_floor", {"minutes_at_least": 43_200}),
        ("no_entry_after_spike", {"z": 3, "horizon": 10_080}),
    ),
}
