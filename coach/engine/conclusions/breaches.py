"""Keeping where rules were broken, and what stands though it cannot be seen any more."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from coach._version import VERSION
from coach.engine.history.departed import departed
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.store.promises import judged as store
from coach.engine.store.promises import plans, rules
from coach.engine.store.promises.rules import BreachFilter
from coach.model.canonical import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from psycopg import Connection

    from coach.model.accounts import User, UserId
    from coach.model.rules import Breach, Rule, RuleId
    from coach.model.trades import TradeId

    Blind = Mapping[RuleId, frozenset[TradeId]]


def keep_breaches(
    connection: Connection[Any],
    user: User,
    judged: Sequence[Rule],
    found: Sequence[Breach],
    blind: Blind,
) -> list[Breach]:
    """Keep these breaches of the rules that were judged, and return those that are new.

    The breaches of all other rules stay. So does a verdict on what cannot be judged now, as long as
    the rule is the same revision.
    """
    standing = [
        breach
        for rule in judged
        if blind.get(rule.id)
        for breach in rules.stream_breaches(connection, user.id, BreachFilter(rule.id))
    ]
    kept = _still_standing(standing, judged, found, blind)
    names = [rule.id for rule in judged]
    new = rules.replace_breaches(connection, user.id, names, [*found, *kept])
    over = departed_sha256(connection, user.id)
    told = circumstances(connection, user, judged)
    store.note_judged(connection, user.id, {name: f"{told[name]} {over}" for name in told})
    return new


def keep_breaches_since(
    connection: Connection[Any],
    user: User,
    judged: Sequence[Rule],
    found: Sequence[Breach],
    blind: Blind,
    moment: datetime,
) -> list[Breach]:
    """Do the same for rules that were judged from a moment on: what was broken before stays.

    A trade that broke a rule before does not break it once more.
    """
    names = [rule.id for rule in judged]
    dropped = store.take_breaches_since(connection, user.id, names, moment)
    late = [breach for breach in found if breach.at >= moment]
    kept = _still_standing(dropped, judged, late, blind)
    before = store.broken_already(connection, user.id, late)
    there = [one for one in late if (one.rule_id, one.trade_id) not in before]
    rules.add_breaches(connection, user.id, [*there, *kept])
    known = {(one.rule_id, one.trade_id) for one in dropped}
    return [one for one in there if (one.rule_id, one.trade_id) not in known]


def circumstances(
    connection: Connection[Any], user: User, judged: Sequence[Rule]
) -> dict[RuleId, str]:
    """Return a hash, for each rule, of all that its breaches follow from beside the history."""
    money = plans.equity(connection, user.id)
    return {rule.id: _circumstances(rule, user.zone, money) for rule in judged}


def departed_sha256(connection: Connection[Any], user_id: UserId) -> str:
    """Return a hash of the trades that are over by their coins, which change no book by that."""
    return sha256(canonical_json(departed(connection, user_id))).hexdigest()


def _circumstances(rule: Rule, zone: str, money: Decimal | None) -> str:
    expiry = None if rule.expires_at is None else rule.expires_at.isoformat()
    own = [rule.kind, kind_of(rule.kind).formula, dict(rule.params), rule.revision, expiry]
    facts = [VERSION, *own, zone, "" if money is None else str(money)]
    return sha256(canonical_json(facts)).hexdigest()


def _still_standing(
    stored: Sequence[Breach], judged: Sequence[Rule], found: Sequence[Breach], blind: Blind
) -> list[Breach]:
    """Return the stored breaches by trades that these rules cannot be held against now."""
    again = {(breach.rule_id, breach.trade_id) for breach in found}
    revisions = {rule.id: rule.revision for rule in judged}
    return [
        breach
        for breach in stored
        if breach.trade_id in blind.get(breach.rule_id, ())
        and breach.revision == revisions[breach.rule_id]
        and (breach.rule_id, breach.trade_id) not in again
    ]
