"""An effect in its unit, as a person reads it, and what its sample counts."""

from typing import NamedTuple

from coach.engine.digest import figures
from coach.engine.digest.shape import Figure
from coach.model.insights import Bias, Finding
from coach.wording import numbers


class Unit(NamedTuple):
    """How an effect is written: in percent or as it is, and the words after it."""

    words: str
    in_percent: bool = False


UNITS = {
    "difference in rate": Unit("percentage points", in_percent=True),
    "relative difference in size": Unit("%", in_percent=True),
    "odds ratio": Unit("times the odds"),
    "ratio of rates": Unit("times as often"),
    "share of days": Unit("% of days", in_percent=True),
    "net return lost per unit of notional": Unit("% of the money traded", in_percent=True),
}
"""Units that have words of their own; any other stands behind its number."""

COUNTED: dict[Bias, tuple[str, str]] = {
    "disposition": ("sale", "sales"),
    "revenge": ("closed trade", "closed trades"),
    "size_after_loss": ("closed trade", "closed trades"),
    "size_after_win": ("closed trade", "closed trades"),
    "fomo": ("entry", "entries"),
    "overtrading": ("day", "days"),
    "averaging_down": ("addition", "additions"),
    "panic_selling": ("sale", "sales"),
    "regret_repurchase": ("sale", "sales"),
    "fatigue": ("entry", "entries"),
}
TRADES = ("trade", "trades")


def effect(value: float, unit: str, evidence: str) -> Figure:
    """Show `19.2 percentage points`, `1.8 times as often`."""
    words = UNITS[unit].words if unit in UNITS else unit
    shown = f"{_written(value, unit)} {words}".rstrip()
    return {"shown": shown, "value": figures.stated(value), "evidence": evidence}


def between(interval: tuple[float, float], unit: str, evidence: str) -> Figure:
    """Show `8.0 and 30.1`, in the unit of the effect."""
    low, high = interval
    return {
        "shown": f"{_written(low, unit)} and {_written(high, unit)}",
        "value": f"{figures.stated(low)}..{figures.stated(high)}",
        "evidence": evidence,
    }


def sample(finding: Finding, evidence: str) -> Figure:
    """Show `46 closed trades`."""
    one, many = COUNTED.get(finding.bias, TRADES)
    return figures.count(finding.n, one, evidence, many)


def _written(value: float, unit: str) -> str:
    in_percent = unit in UNITS and UNITS[unit].in_percent
    return numbers.percent(value, "") if in_percent else numbers.measure(value)
