"""What a reflection rests on: summaries of the newest trading, read for a session."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from coach.engine.api import habits, insights
from coach.engine.digest.tally import quote_of
from coach.engine.ledger.exact import add
from coach.engine.reflection.evidence import ReflectionInputs, TradeTally, build
from coach.engine.rules.refusals import in_force
from coach.engine.store import fills, trades
from coach.engine.store.promises import rules
from coach.engine.store.promises.rules import BreachFilter
from coach.engine.store.trades import TradeFilter
from coach.errors import NotInitialised
from coach.model.trades import outcome

if TYPE_CHECKING:
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.reflection.shape import EvidencePack
    from coach.model.rules import RuleId

DAYS: Final = 90
OUTCOMES: Final = ("win", "loss", "break_even", "unknown")


def evidence_pack(session: Session) -> EvidencePack:
    """Return the evidence pack of the last DAYS up to the newest fill; NotInitialised without one.

    Where a fee in another coin has no value, nothing is said of the money in that currency.
    """
    found = insights.findings(session, DAYS).findings
    _, _, last = fills.reach(session.connection, session.user.id, None)
    if last is None:
        raise NotInitialised
    since = last - timedelta(days=DAYS)
    named = habits.words_of(session)
    words = {one.bias: named.of(one.bias) for one in found}
    promised = rules.rules(session.connection, session.user.id)
    return build(
        ReflectionInputs(
            days=DAYS,
            tally=_tally(session, since),
            findings=found,
            words={bias: known for bias, known in words.items() if known is not None},
            rules=tuple(rule for rule in promised if in_force(rule, session.clock())),
            breaches=_breaches(session, since),
        )
    )


def _tally(session: Session, since: datetime) -> TradeTally:
    ends = Counter[str]()
    money: dict[str, tuple[Decimal, Decimal]] = {}
    unvalued: set[str] = set()
    chosen = TradeFilter(since=since)
    for trip in trades.round_trips(session.connection, session.user.id, chosen):
        ends[outcome(trip.net, trip.fees, trip.other_fees)] += 1
        quote = quote_of(trip)
        net, fees = money.get(quote, (Decimal(0), Decimal(0)))
        money[quote] = add(net, trip.net), add(fees, trip.fees)
        if trip.other_fees:
            unvalued.add(quote)
    known = {quote: sums for quote, sums in money.items() if quote not in unvalued}
    return TradeTally(ends.total(), {name: ends[name] for name in OUTCOMES}, known)


def _breaches(session: Session, since: datetime) -> dict[RuleId, int]:
    found = rules.stream_breaches(session.connection, session.user.id, BreachFilter(since=since))
    return Counter(breach.rule_id for breach in found)
