"""What would be done otherwise: rules on what is known before a decision, never on how it ended.

The order in which they are given means nothing. A trade that any of them skips is skipped; what is
left is capped, then delayed, and then left alone or sold at its stop or target.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from coach.engine.rules.schema import read_rule
from coach.errors import UsageError
from coach.model.events import Json
from coach.model.rules import Rule

GRID = (Decimal("0.5"), Decimal("0.75"), Decimal(1), Decimal("1.5"), Decimal(2))
"""Times the threshold that was given: where a better one is looked for."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Interventions; nothing given changes nothing.

    Entries that one of `rules` forbids are skipped. `cap` is how many times the usual opening
    order an opening order may be. `delay_us` is in microseconds, `last_entry_s` a second of the
    local day, `losses` how many losing closes end a local day. `stop` and `target` are percent of
    the average entry price. `untouched` leaves out adds and partial exits.
    """

    rules: tuple[Rule, ...] = ()
    cap: Decimal | None = None
    delay_us: int = 0
    last_entry_s: int | None = None
    losses: int | None = None
    stop: Decimal | None = None
    target: Decimal | None = None
    untouched: bool = False

    @property
    def needs_prices(self) -> bool:
        """Say whether it trades at prices at which the trader did not."""
        return bool(self.priced)

    @property
    def priced(self) -> tuple[str, ...]:
        """Return the names of the interventions that trade at prices of their own."""
        values = {"delay": self.delay_us or None, "stop": self.stop, "target": self.target}
        return tuple(name for name, value in values.items() if value is not None)

    def in_order(self) -> "Scenario":
        """Return it with its rules in order of their ids: in which they were named says nothing."""
        return replace(self, rules=tuple(sorted(self.rules, key=_place)))

    def as_json(self) -> dict[str, Json]:
        """Return it as JSON, rules in order of their ids."""
        return {
            "rules": [
                {"id": rule.id, "kind": rule.kind, "params": {**rule.params}}
                for rule in self.in_order().rules
            ],
            "cap_size": None if self.cap is None else f"{self.cap:f}",
            "delay_us": self.delay_us,
            "no_trade_after_s": self.last_entry_s,
            "stop_after_losses": self.losses,
            "stop_percent": None if self.stop is None else f"{self.stop:f}",
            "target_percent": None if self.target is None else f"{self.target:f}",
            "untouched": self.untouched,
        }


def _place(rule: Rule) -> tuple[str, str, str]:
    return rule.id, rule.kind, str(rule.params)


def neighbours(scenario: Scenario) -> Iterator[Scenario]:
    """Yield the scenario and those with one threshold moved to another place of the grid."""
    yield scenario
    for factor in GRID:
        if factor == 1:
            continue
        for name in ("cap", "stop", "target"):
            value = getattr(scenario, name)
            if value is not None:
                yield replace(scenario, **{name: value * factor})
        if scenario.delay_us:
            yield replace(scenario, delay_us=int(scenario.delay_us * factor))
        if scenario.losses is not None and int(scenario.losses * factor) >= 1:
            yield replace(scenario, losses=int(scenario.losses * factor))
        for place, rule in enumerate(scenario.rules):
            moved = _moved(rule, factor)
            if moved is not None:
                rules = (*scenario.rules[:place], moved, *scenario.rules[place + 1 :])
                yield replace(scenario, rules=rules)


def _moved(rule: Rule, factor: Decimal) -> Rule | None:
    """Return the rule with its first number moved, None where that is no rule."""
    for name, value in rule.params.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        number = float(Decimal(str(value)) * factor)
        moved = max(1, round(number)) if isinstance(value, int) else number
        try:
            params = read_rule(rule.kind, {**rule.params, name: moved})
        except UsageError:
            return None
        return None if params == rule.params else replace(rule, params=params)
    return None
