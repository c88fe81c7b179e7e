"""Keeping where rules were broken, and what stands though it cannot be seen any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.engine.store.promises import rules
from coach.engine.store.promises.rules import BreachFilter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from coach.model.accounts import User
    from coach.model.rules import Breach, Rule, RuleId
    from coach.model.trades import TradeId


def keep_breaches(
    connection: Connection[Any],
    user: User,
    judged: Sequence[Rule],
    found: Sequence[Breach],
    blind: Mapping[RuleId, frozenset[TradeId]],
) -> list[Breach]:
    """Keep these breaches of the rules that were judged, and return those that are new.

    The breaches of all other rules stay. So does a verdict on what cannot be judged now, as long as
    the rule is the same revision.
    """
    again = {(breach.rule_id, breach.trade_id) for breach in found}
    kept = [
        breach
        for rule in judged
        if (unseen := blind.get(rule.id))
        for breach in rules.stream_breaches(connection, user.id, BreachFilter(rule.id))
        if breach.trade_id in unseen
        and breach.revision == rule.revision
        and (rule.id, breach.trade_id) not in again
    ]
    names = [rule.id for rule in judged]
    return rules.replace_breaches(connection, user.id, names, [*found, *kept])
