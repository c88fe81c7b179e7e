"""What a made-up trader shall be: a rational kind, and the habits planted on top of it."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Archetype = Literal[
    "noise",
    "momentum_rule",
    "meanrev_rule",
    "voltarget",
    "compounder",
    "eventdriven",
    "nightshift",
    "scalper",
    "dca_plan",
    "btc_only",
    "bracket_1_to_2",
    "bracket_1_to_1",
    "bracket_2_to_1",
    "grid_arithmetic",
    "grid_geometric",
    "market_maker",
    "pairs",
    "mean_reverter",
    "scale_in",
    "pyramid_trend",
    "rsi",
    "macd",
    "bollinger",
    "donchian",
    "return_level",
    "martingale_bot",
    "value_averaging",
    "rebalancer",
    "session_exit",
    "clock_exit",
    "maker_exit",
    "copy_trader",
]
Hours = Literal["human_hours", "round_the_clock"]
Habit = Literal[
    "revenge",
    "fomo",
    "overtrading",
    "disposition",
    "averaging_down",
    "size_after_loss",
    "size_after_win",
    "panic_selling",
    "fatigue",
    "regret_repurchase",
    "lottery",
]
Way = Literal[
    "back_soon",
    "rampage",
    "large_hour",
    "single_bar",
    "wild_days",
    "leaning",
    "profit_limits",
    "deep_adds",
    "new_lows",
    "streak",
    "in_proportion",
    "own_fall",
    "market_falls",
    "late_entries",
    "bought_back",
    "wild_coin",
]
ARCHETYPES: tuple[Archetype, ...] = get_args(Archetype)
BY_TIME_ALONE = ARCHETYPES[:10]
"""The kinds that leave a position for no reason but time; habits are planted on these."""
BY_RULE = ARCHETYPES[10:]
MACHINES = frozenset({"grid_arithmetic", "grid_geometric", "market_maker", "martingale_bot"})
HABITS: tuple[Habit, ...] = get_args(Habit)
WAYS: dict[Habit, tuple[Way, ...]] = {
    "revenge": ("back_soon", "rampage"),
    "fomo": ("large_hour", "single_bar"),
    "overtrading": ("wild_days",),
    "disposition": ("leaning", "profit_limits"),
    "averaging_down": ("deep_adds", "new_lows"),
    "size_after_loss": ("streak", "in_proportion"),
    "size_after_win": ("streak", "in_proportion"),
    "panic_selling": ("own_fall", "market_falls"),
    "fatigue": ("late_entries",),
    "regret_repurchase": ("bought_back",),
    "lottery": ("wild_coin",),
}
"""In which ways a habit can be planted, the plainest first."""


@dataclass(frozen=True, slots=True)
class TraderPlan:
    """A trader to be made: `biases` gives each habit its intensity, 1 being blatant.

    A habit is there on days `onset_day` to `offset_day` (the end not counted); from `coached_day`
    on its intensity is times `response`. `regime` multiplies it on days more volatile than most.
    Each of `deposits` raises the money, and with it the usual size, by half. `hours` are those of a
    trader who follows a rule; the other kinds all keep human hours.
    """

    name: str
    archetype: Archetype = "noise"
    biases: dict[Habit, float] = field(default_factory=dict)
    onset_day: int | None = None
    offset_day: int | None = None
    coached_day: int | None = None
    response: float = 0.6
    regime: float = 1.0
    deposits: int = 0
    hours: Hours = "human_hours"
    ways: dict[Habit, Way] = field(default_factory=dict)

    def way(self, habit: Habit) -> Way:
        """Return the way in which a habit is planted."""
        return self.ways.get(habit, WAYS[habit][0])
