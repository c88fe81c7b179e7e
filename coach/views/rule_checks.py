"""What rules say of the past and of a trade not made yet: dry runs and checks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.events import Json
from coach.model.fills import Side
from coach.model.insights import Cost, Fact
from coach.model.rules import Breach, RuleKind
from coach.views.promises.checks import LargestSizeRow, largest_size
from coach.views.promises.commitments import CommitmentRow, commitment
from coach.views.table import Column
from coach.wording.rules import describe_check_gaps

if TYPE_CHECKING:
    from coach.engine.api.promises.check import BrokenRule, CheckResult, IdleRule, UnjudgedRule
    from coach.engine.api.promises.dry_run import DryRun

DRY_RUNS = (
    Column("rule_id", "rule"),
    Column("sentence", "promise"),
    Column("entries", "entries", "number"),
    Column("caught", "caught", "number"),
    Column("won", "won", "number"),
    Column("lost", "lost", "number"),
    Column("even", "even", "number"),
    Column("unknown"),
    Column("nets"),
    Column("costs"),
    Column("lacks"),
    Column("params"),
    Column("kind"),
)
CHECKED_RULES = (
    Column("rule_id", "rule"),
    Column("state", "state"),
    Column("revision"),
    Column("sentence", "promise"),
    Column("note", "your words"),
    Column("facts", "facts"),
    Column("reason", "reason"),
)
Action = Literal["opens", "adds", "reduces", "closes", "turns", "unknown"]


class CaughtCostRow(TypedDict):
    """What the caught trades cost, with its 90 % interval, in `currency`."""

    currency: str
    estimate: Decimal
    interval: Sequence[Decimal]
    fees: str
    measurable: bool


class CaughtTradeRow(TypedDict):
    """A trade that the rule would have caught, and by how much it broke the rule."""

    trade_id: str
    at: datetime
    facts: Mapping[str, Fact]


class DryRunRow(TypedDict):
    """What a rule would have caught; `nets` is the net result of those, per quote currency.

    `unknown` counts the caught trades that fees without a known value could turn.
    """

    rule_id: str
    kind: RuleKind
    params: Mapping[str, Json]
    sentence: str
    entries: int
    caught: int
    won: int
    lost: int
    even: int
    unknown: int
    nets: Mapping[str, Decimal]
    costs: list[CaughtCostRow]
    lacks: Sequence[str]
    breaches: list[CaughtTradeRow]


class BrokenRuleRow(TypedDict):
    """A rule that a trade would break, in its maker's words too, and by how much."""

    rule_id: str
    state: Literal["broken"]
    revision: int
    sentence: str
    note: str
    facts: Mapping[str, Fact]
    reason: str


class UnjudgedRuleRow(TypedDict):
    """A rule that could not be judged for a trade; `reason` says why, as a sentence."""

    rule_id: str
    revision: int
    sentence: str
    note: str
    state: Literal["not judged"]
    reason: str


class IdleRuleRow(TypedDict):
    """A rule that was not asked, since it is paused or has expired."""

    rule_id: str
    state: Literal["paused", "expired"]
    revision: int
    sentence: str
    note: str


class CheckRow(TypedDict):
    """What the rules say of a trade; `price_from` says whose price it is, empty for nobody's.

    Of `rules` that are active `judged` could be judged. Fills are known up to `known_until`. The
    check is kept as `id`. `commitments` were signed for the broken rules.
    """

    id: str
    at: datetime
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None
    price_from: str
    action: Action
    rules: int
    judged: int
    lacks: Sequence[str]
    broken: list[BrokenRuleRow]
    not_asked: list[IdleRuleRow]
    unjudged: list[UnjudgedRuleRow]
    known_until: datetime | None
    largest: LargestSizeRow
    commitments: list[CommitmentRow]
    confidence: int | None


def dry_run(run: "DryRun") -> DryRunRow:
    """Return what a rule would have caught."""
    worth = run.worth
    return {
        "rule_id": run.rule.id,
        "kind": run.rule.kind,
        "params": run.rule.params,
        "sentence": run.sentence,
        "entries": worth.entries,
        "caught": worth.caught,
        "won": worth.won,
        "lost": worth.lost,
        "even": worth.even,
        "unknown": worth.unknown,
        "nets": worth.nets,
        "costs": [caught_cost(cost) for cost in worth.costs],
        "lacks": run.lacks,
        "breaches": [caught_trade(breach) for breach in run.breaches],
    }


def caught_cost(cost: Cost) -> CaughtCostRow:
    """Return what the caught trades cost."""
    return {
        "currency": cost.currency,
        "estimate": Decimal(repr(cost.estimate)),
        "interval": [Decimal(repr(end)) for end in cost.interval],
        "fees": cost.fees,
        "measurable": cost.measurable,
    }


def caught_trade(breach: Breach) -> CaughtTradeRow:
    """Return a trade that the rule would have caught."""
    return {"trade_id": breach.trade_id, "at": breach.at, "facts": breach.facts}


def check(checked: "CheckResult") -> CheckRow:
    """Return what the rules say of a trade that is only thought of."""
    return {
        "id": checked.id,
        "at": checked.at,
        "symbol": checked.symbol,
        "side": checked.side,
        "quantity": checked.quantity,
        "price": checked.price,
        "price_from": checked.price_from,
        "action": checked.action,
        "rules": checked.rules,
        "judged": checked.judged,
        "lacks": checked.lacks,
        "broken": [broken_rule(one) for one in checked.broken],
        "not_asked": [idle_rule(one) for one in checked.not_asked],
        "unjudged": [unjudged_rule(one, checked.symbol) for one in checked.unjudged],
        "known_until": checked.known_until,
        "largest": largest_size(checked.largest),
        "commitments": [commitment(one) for one in checked.commitments],
        "confidence": checked.confidence,
    }


def broken_rule(one: "BrokenRule") -> BrokenRuleRow:
    """Return a rule that the trade would break."""
    return {
        "rule_id": one.rule.id,
        "state": "broken",
        "revision": one.rule.revision,
        "sentence": one.sentence,
        "note": one.rule.note,
        "facts": one.facts,
        "reason": one.breach,
    }


def unjudged_rule(one: "UnjudgedRule", symbol: str) -> UnjudgedRuleRow:
    """Return a rule that could not be judged, and why."""
    return {
        "rule_id": one.rule.id,
        "revision": one.rule.revision,
        "sentence": one.sentence,
        "note": one.rule.note,
        "state": "not judged",
        "reason": describe_check_gaps(one.reasons, symbol),
    }


def idle_rule(one: "IdleRule") -> IdleRuleRow:
    """Return a rule that was not asked."""
    return {
        "rule_id": one.rule.id,
        "state": one.state,
        "revision": one.rule.revision,
        "sentence": one.sentence,
        "note": one.rule.note,
    }
