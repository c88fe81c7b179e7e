"""A breach as every kind of rule states it: the entry, the fills that broke it, the facts."""

from datetime import timedelta

from coach.engine.features.zones import EPOCH
from coach.model.fills import FillKey
from coach.model.insights import Fact
from coach.model.rules import Breach, Rule
from coach.model.trades import Trip


def entry_breach(
    rule: Rule, entry: Trip, facts: dict[str, Fact], earlier_fills: tuple[FillKey, ...] = ()
) -> Breach:
    """State that an entry broke a rule, by its own fills and those of an earlier close."""
    return Breach(
        rule_id=rule.id,
        trade_id=entry.id,
        at=EPOCH + timedelta(microseconds=entry.opened_us),
        fill_keys=(*earlier_fills, *entry.entry_fills),
        facts=facts,
    )
