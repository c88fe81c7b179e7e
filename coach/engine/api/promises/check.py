"""The check before a trade: which of the trader's own rules it would break, right now.

It says nothing about the trade itself. A check is kept with its answer; `evaluate` keeps nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypedDict, get_args

from coach.brokers import bounds
from coach.engine.api import sight
from coach.engine.rules import forms
from coach.engine.rules.kinds.catalogue import OPEN_PROFIT, needs
from coach.engine.rules.refusals import in_force
from coach.engine.rules.schema import describe_breach, sentence
from coach.engine.store import lately
from coach.engine.store.promises import checks as store_checks
from coach.engine.store.promises import experiments as store_experiments
from coach.engine.store.promises import plans as store_plans
from coach.engine.store.promises import rules as store
from coach.errors import Invalid
from coach.model.fills import Side
from coach.model.promises.checks import NO_SIZE_KNOWN, CheckAnswer, CheckId, KeptCheck
from coach.model.promises.confidence import require_percent
from coach.model.promises.events import CheckAsked
from coach.model.times import HOUR_US, microseconds
from coach.values import dataclass
from coach.wording.rules import describe_check_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.features.bars import Market
    from coach.engine.features.history import History
    from coach.engine.rules.before import (
        Action,
        CheckGap,
        OpenHolding,
        OrderVerdict,
        ProposedOrder,
    )
    from coach.model.insights import Fact
    from coach.model.promises.checks import LargestSize
    from coach.model.promises.commitments import Commitment
    from coach.model.rules import Breach, Rule, RuleId
    from coach.remedies import Field

NOT_KEPT_YET = CheckId("")
WARM_UP_US = 15 * 24 * HOUR_US
LACKS: Final[Mapping[CheckGap, str]] = {
    "no_price": "a price of {symbol}",
    "no_candles": "candles of {symbol}",
    "old_candles": "newer candles of {symbol}",
    "no_open_profit": "candles of what is open",
    "no_equity": "equity",
    "several_currencies": "one quote currency for equity",
}


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A trade that is being considered."""

    symbol: str
    side: str
    quantity: Decimal
    price: Decimal | None = None
    confidence: int | None = None
    """In percent, that the trade will close with a profit."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the trade would break: its sentence, that of the breach, and its facts."""

    rule: Rule
    sentence: str
    breach: str
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True)
class IdleRule:
    """A rule that was not asked, since it is paused or has expired."""

    rule: Rule
    state: Literal["paused", "expired"]
    sentence: str


@dataclass(frozen=True, slots=True)
class UnjudgedRule:
    """A rule of which nobody can say whether the trade would break it, and why."""

    rule: Rule
    sentence: str
    reasons: tuple[CheckGap, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the rules say. `price_from` is "given", "last fill" or "" where none is known.

    Of the `rules` that are active some are `broken`, some `unjudged`, and the others kept. `lacks`
    is what was missing to judge some, `not_asked` are those that are not in force. `known_until` is
    up to when fills are known, None where there are none. `largest` is the largest size that breaks
    none of the rules that could be judged. `commitments` were signed for the broken rules, `kept`
    are the answers of rules that it would keep.
    """

    at: datetime
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None
    price_from: str
    action: Action
    rules: int
    broken: tuple[BrokenRule, ...]
    unjudged: tuple[UnjudgedRule, ...]
    lacks: tuple[str, ...]
    not_asked: tuple[IdleRule, ...] = ()
    known_until: datetime | None = None
    largest: LargestSize = NO_SIZE_KNOWN
    commitments: tuple[Commitment, ...] = ()
    confidence: int | None = None
    kept: tuple[CheckAnswer, ...] = ()
    id: CheckId = NOT_KEPT_YET

    @property
    def judged(self) -> int:
        """Return how many of the rules could be judged."""
        return self.rules - len(self.unjudged)


def check(session: Session, asked: CheckRequest) -> CheckResult:
    """Evaluate the active rules for a trade that is being considered, and keep the answer."""
    found = evaluate(session, asked)
    kept = _kept(found)
    with sight.change(session) as events:
        number = store_checks.keep(session.connection, session.user.id, kept)
        events.append(
            CheckAsked(
                check_id=number,
                symbol=found.symbol,
                side=found.side,
                quantity=found.quantity,
                broken=kept.broken,
                confidence=found.confidence,
            )
        )
    return replace(found, id=number)


def evaluate(session: Session, asked: CheckRequest) -> CheckResult:
    """Evaluate the active rules for a trade that is being considered; this only reads."""
    from coach.engine.rules import before
    from coach.engine.rules.kept_checks.largest import OrderScene, largest_size

    symbol, side = _read(asked)
    now = session.clock()
    price, price_from = _price(session, asked, symbol)
    wish = before.ProposedOrder(
        symbol, side, asked.quantity, price or Decimal(0), microseconds(now)
    )
    kept = store.rules(session.connection, session.user.id)
    active = [rule for rule in kept if in_force(rule, now)]
    with sight.reading(session):
        past = _past(session, active, wish)
        held = _held(session, past, wish)
    shorts = lately.can_be_short(session.connection, session.user.id)
    scene = OrderScene(past, held, shorts, session.user.zone)
    does = before.action(wish, held, shorts)
    _require_opening(asked, does)
    verdict = before.judge_order(active, past, wish, held, does, session.user.zone)
    return CheckResult(
        at=now,
        symbol=symbol,
        side=side,
        quantity=asked.quantity,
        price=price,
        price_from=price_from,
        action=does,
        rules=len(active),
        lacks=_lacks(wish.symbol, (one for why in verdict.unjudged.values() for one in why)),
        not_asked=tuple(_idle(rule, now) for rule in kept if not in_force(rule, now)),
        known_until=store_experiments.known_until(session.connection, session.user.id),
        largest=largest_size(active, wish, scene, verdict),
        commitments=_signed_for(session, [one.rule_id for one in verdict.breaches]),
        confidence=asked.confidence,
        **_answers(active, verdict),
    )


def _signed_for(session: Session, broken: Sequence[RuleId]) -> tuple[Commitment, ...]:
    """Return what was signed for these rules; nothing is loaded for it where none is broken."""
    if not broken:
        return ()
    from coach.engine.api.promises.commitments import standing_for

    return standing_for(session, broken)


class _Answers(TypedDict):
    broken: tuple[BrokenRule, ...]
    unjudged: tuple[UnjudgedRule, ...]
    kept: tuple[CheckAnswer, ...]


def _answers(active: Sequence[Rule], verdict: OrderVerdict) -> _Answers:
    """Return what each active rule says of an order."""
    breaches = {breach.rule_id: breach for breach in verdict.breaches}
    kept = [rule for rule in active if rule.id not in breaches and rule.id not in verdict.unjudged]
    return {
        "broken": tuple(_broken(rule, breaches[rule.id]) for rule in active if rule.id in breaches),
        "unjudged": tuple(
            UnjudgedRule(rule, sentence(rule), verdict.unjudged[rule.id])
            for rule in active
            if rule.id in verdict.unjudged
        ),
        "kept": tuple(CheckAnswer(rule.id, rule.revision, "kept") for rule in kept),
    }


def _require_opening(asked: CheckRequest, does: Action) -> None:
    """Refuse confidence in an order that opens nothing and adds to nothing."""
    if asked.confidence is not None and does in {"reduces", "closes", "unknown"}:
        raise Invalid(
            "confidence", "not with this one", "an order that opens a trade or adds to it"
        )


def _kept(found: CheckResult) -> KeptCheck:
    """Return what is kept of an answer: what each active rule said."""
    broken = [
        CheckAnswer(one.rule.id, one.rule.revision, "broken", one.breach) for one in found.broken
    ]
    unjudged = [
        CheckAnswer(
            one.rule.id,
            one.rule.revision,
            "not judged",
            describe_check_gaps(one.reasons, found.symbol),
        )
        for one in found.unjudged
    ]
    return KeptCheck(
        id=found.id,
        asked_at=found.at,
        symbol=found.symbol,
        side=found.side,
        quantity=found.quantity,
        price=found.price,
        action=found.action,
        answers=(*broken, *found.kept, *unjudged),
        largest=found.largest,
        confidence=found.confidence,
    )


def _idle(rule: Rule, now: datetime) -> IdleRule:
    over = rule.expires_at is not None and rule.expires_at <= now
    return IdleRule(rule, "expired" if over else "paused", sentence(rule))


def _broken(rule: Rule, breach: Breach) -> BrokenRule:
    return BrokenRule(rule, sentence(rule), describe_breach(breach), breach.facts)


def _read(asked: CheckRequest) -> tuple[str, Side]:
    symbol = forms.symbol(asked.symbol)
    base, dash, quote = symbol.rpartition("-")
    if not (base and dash and quote):
        raise Invalid("symbol", f"not {asked.symbol!r}", "a base and a quote", hint="write BTC-USD")
    for side in get_args(Side):
        if asked.side.lower() == side:
            break
    else:
        raise Invalid("side", f"not {asked.side!r}", "buy or sell")
    numbers: tuple[tuple[Field, Decimal | None], ...] = (
        ("quantity", asked.quantity),
        ("price", asked.price),
    )
    for field, value in numbers:
        if value is not None and not (value > 0 and bounds.in_range(value)):
            raise Invalid(field, f"not {value:.3g}", f"a number {bounds.RANGE}", hint="write 0.5")
    require_percent(asked.confidence)
    return symbol, side


def _price(session: Session, asked: CheckRequest, symbol: str) -> tuple[Decimal | None, str]:
    if asked.price is not None:
        return asked.price, "given"
    last = lately.last_price(session.connection, session.user.id, symbol)
    return last, "last fill" if last is not None else ""


def _past(session: Session, rules: Sequence[Rule], wish: ProposedOrder) -> History:
    """Return the trades that these rules look back on, and what stands beside them."""
    if any(needs(rule.kind, rule.params) >= OPEN_PROFIT for rule in rules):
        return _whole_past(session, rules, wish)
    from coach.engine.features.history import history
    from coach.engine.features.orders import NO_ORDERS
    from coach.engine.features.trader import Trader
    from coach.engine.history.departed import departed
    from coach.engine.rules.before import looks_back

    back = looks_back(rules)
    since = None if back.days is None else session.clock() - timedelta(days=back.days)
    reach = lately.TradeReach(wish.quote, since, back.trades)
    past = history(lately.trips(session.connection, session.user.id, reach))
    money = store_plans.equity(session.connection, session.user.id)
    trader = Trader(
        zone=session.user.zone,
        equity=None if money is None else float(money),
        departed=departed(session.connection, session.user.id),
    )
    return past.beside(NO_ORDERS, _market(session, rules, wish), trader)


def _whole_past(session: Session, rules: Sequence[Rule], wish: ProposedOrder) -> History:
    """Return all trades with their orders, and the candles of all of them until the order."""
    from coach.engine.history.inputs import CandleReach
    from coach.engine.promises import judge

    def read(reach: CandleReach) -> Market:
        symbols = tuple({*reach.symbols, wish.symbol})
        return sight.reader(session)(CandleReach(symbols, reach.start_us, wish.at_us))

    return judge.whole(session.connection, session.user, rules, read)


def _market(session: Session, rules: Sequence[Rule], wish: ProposedOrder) -> Market:
    from coach.engine.features.bars import NO_MARKET

    if not any("candles" in needs(rule.kind, rule.params) for rule in rules):
        return NO_MARKET
    from coach.engine.history.inputs import CandleReach

    reach = CandleReach((wish.symbol,), wish.at_us - WARM_UP_US, wish.at_us)
    return sight.reader(session)(reach)


def _held(session: Session, past: History, wish: ProposedOrder) -> OpenHolding | None:
    """Return what is open in the symbol: of several accounts, the position opened last."""
    open_trips = [
        trip for trip in past.trips if trip.symbol == wish.symbol and trip.closed_us is None
    ]
    if not open_trips:
        return None
    from coach.engine.features.orders import ADD, ENTRY, Rows, orders
    from coach.engine.history.order_books import books_since
    from coach.engine.rules.before import OpenHolding

    trip = open_trips[-1]
    starts = {wish.symbol: trip.opened_us}
    books = books_since(session.connection, session.user.id, starts, wish.at_us + 1)
    laid_out = orders(Rows((trip.id,), (trip.exit_fills,)), books)
    if not len(laid_out):
        return None
    quantity, price = float(laid_out.quantity[-1]), float(laid_out.price[-1])
    standing, average = float(laid_out.before[-1]), float(laid_out.average[-1])
    if laid_out.kind[-1] in {ENTRY, ADD}:
        average = (standing * average + quantity * price) / (standing + quantity)
        return OpenHolding(trip.id, trip.side, standing + quantity, average)
    return OpenHolding(trip.id, trip.side, standing - quantity, average)


def _lacks(symbol: str, reasons: Iterable[CheckGap]) -> tuple[str, ...]:
    """Return what is missing to judge some of the rules, each thing once."""
    found = (LACKS[reason].format(symbol=symbol) for reason in reasons if reason in LACKS)
    return tuple(sorted(set(found)))
