"""Where a history broke the rules.

Whoever holds a History has numpy loaded already; nothing else may import this module early.
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from coach.engine.features.history import History
from coach.engine.rules import cooldown_after_loss, max_size_vs_median, max_trades_per_day
from coach.model.rules import Breach, Rule


def breaches(rules: Sequence[Rule], history: History, zone: str) -> list[Breach]:
    """Return every breach of the active rules, in order of time, rule and trade.

    `zone` is the trader's IANA time zone; a paused rule is not evaluated.
    """
    found = [
        breach for rule in rules if rule.active for breach in _breaches_of(rule, history, zone)
    ]
    return sorted(found, key=lambda breach: (breach.at, breach.rule_id, breach.trade_id))


def _breaches_of(rule: Rule, history: History, zone: str) -> Iterator[Breach]:
    match rule.kind:
        case "max_trades_per_day":
            return max_trades_per_day.breaches(rule, history, zone)
        case "cooldown_after_loss":
            return cooldown_after_loss.breaches(rule, history)
        case "max_size_vs_median":
            return max_size_vs_median.breaches(rule, history)
        case never:
            assert_never(never)
