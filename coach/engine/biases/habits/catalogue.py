"""Every habit by its name, in the order they are told; a module is loaded when asked for.

A new habit is a module with its `DETECTOR`, and its line in `MODULES`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from coach.engine.biases.detector import Detector
from coach.model.insights import Bias

HERE: Final = "coach.engine.biases.habits"
MODULES: Final[dict[Bias, str]] = {
    "disposition": f"{HERE}.disposition",
    "revenge": f"{HERE}.revenge",
    "size_after_loss": f"{HERE}.size_after_loss",
    "size_after_win": f"{HERE}.size_after_win",
    "fomo": f"{HERE}.fomo",
    "overtrading": f"{HERE}.overtrading",
    "averaging_down": f"{HERE}.averaging_down",
    "panic_selling": f"{HERE}.panic_selling",
    "fatigue": f"{HERE}.fatigue",
    "concentration": f"{HERE}.concentration",
    "lottery": f"{HERE}.lottery",
    "regret_repurchase": f"{HERE}.regret_repurchase",
    "rule_breach": f"{HERE}.rule_breach",
    "payoff_asymmetry": f"{HERE}.payoff_asymmetry",
}


class Habits(Mapping[Bias, Detector]):
    """The habits by name; asking for one loads its module."""

    def __getitem__(self, name: Bias) -> Detector:
        detector = import_module(MODULES[name]).DETECTOR
        assert isinstance(detector, Detector)
        return detector

    def __iter__(self) -> Iterator[Bias]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)

    def __contains__(self, name: object) -> bool:
        return name in MODULES


HABITS: Final = Habits()
