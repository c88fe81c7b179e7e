"""Keeping where rules were broken, and what stands though it cannot be seen any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.engine.store.promises import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from coach.model.accounts import User
    from coach.model.rules import Breach, RuleId
    from coach.model.trades import TradeId


def keep_breaches(
    connection: Connection[Any],
    user: User,
    found: Sequence[Breach],
    blind: Mapping[RuleId, frozenset[TradeId]],
) -> list[Breach]:
    """Keep these breaches and return those that are new.

    A verdict on what cannot be judged now stands, as long as the rule is the same revision.
    """
    if not any(blind.values()):
        return rules.replace_breaches(connection, user.id, found)
    revisions = {rule.id: rule.revision for rule in rules.rules(connection, user.id)}
    standing = [
        breach
        for breach in rules.breaches(connection, user.id)
        if breach.trade_id in blind.get(breach.rule_id, ())
        and breach.revision == revisions.get(breach.rule_id)
    ]
    again = {(breach.rule_id, breach.trade_id) for breach in found}
    kept = [one for one in standing if (one.rule_id, one.trade_id) not in again]
    return rules.replace_breaches(connection, user.id, [*found, *kept])
