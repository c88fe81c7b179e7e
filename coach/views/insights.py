"""Insights: findings are claims about a habit, tags are facts about one trade."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.insights import Cost, Evidence, Fact, Finding, Kind, Tag
from coach.model.labels import LabelShare
from coach.model.plans import question_id
from coach.model.reasons import Level, Standing
from coach.views.reasons import ReasonRow, reason
from coach.views.table import Column
from coach.wording.reasons import question_text

if TYPE_CHECKING:
    from coach.engine.api.promises.labels import Agreement

FINDINGS = (
    Column("bias"),
    Column("level"),
    Column("score"),
    Column("effect"),
    Column("interval"),
    Column("unit"),
    Column("p"),
    Column("p_adjusted"),
    Column("n"),
    Column("needed"),
    Column("cost"),
    Column("costs"),
    Column("evidence"),
    Column("counter"),
    Column("facts"),
    Column("kind"),
    Column("lacks"),
    Column("held"),
    Column("precision"),
    Column("recall"),
    Column("standing"),
    Column("reasons"),
    Column("question"),
)
TAGS = (
    Column("at", "at", "time"),
    Column("bias", "bias"),
    Column("trade_id", "trade", "key"),
    Column("fill_ids"),
    Column("event_fill_ids"),
    Column("formula"),
    Column("facts", "facts"),
    Column("id"),
)
DECIMALS_OF_A_STATISTIC = 6


class AgreementShare(TypedDict):
    """A share in [0, 1], its 90 % interval, and how many answers it rests on."""

    estimate: float
    interval: list[float]
    n: int


class AgreementRow(TypedDict):
    """How well a habit's tags agree with the trader's answers; None until there are some."""

    precision: AgreementShare | None
    recall: AgreementShare | None


class HabitCostRow(TypedDict):
    """What a habit cost in `currency`, with its 90 % interval; `share` is its part of a sum."""

    currency: str
    estimate: Decimal
    interval: list[Decimal]
    fees: str
    measurable: bool
    share: Decimal | None


class EvidenceRow(TypedDict):
    """What a number rests on: formula and version, sample, the trades and their fills."""

    id: str
    formula: str
    sample: Mapping[str, Fact]
    trade_ids: Sequence[str]
    fill_ids: Sequence[bytes]


class AskedRow(TypedDict):
    """What coach asks about a pattern, and the id to answer it by."""

    id: str
    sentence: str


class FindingRow(AgreementRow):
    """What was found of a habit; `cost` is the first of `costs`.

    `standing` says what is made of it: `told` is a habit; `asked` is a pattern that one of
    `reasons` may explain, and `question` asks; `style` is explained by a rule of the trader's.
    """

    bias: str
    level: Level
    score: float | None
    effect: float | None
    interval: list[float] | None
    unit: str
    p: float | None
    p_adjusted: float | None
    n: int
    needed: int
    cost: HabitCostRow | None
    costs: list[HabitCostRow]
    evidence: list[EvidenceRow]
    counter: list[EvidenceRow]
    facts: Mapping[str, Fact]
    kind: Kind
    lacks: Sequence[str]
    held: bool
    standing: Standing
    reasons: list[ReasonRow]
    question: AskedRow | None


class TagRow(TypedDict):
    """A trade that stands out; `event_fill_ids` are the fills of the tagged order alone.

    `id` tells it apart from the other tags: the trade, the habit and the first fill of the order.
    """

    trade_id: str
    fill_ids: Sequence[bytes]
    event_fill_ids: Sequence[bytes]
    bias: str
    at: datetime
    formula: str
    facts: Mapping[str, Fact]
    id: str


def finding(one: Finding, agreed: "Agreement | None" = None) -> FindingRow:
    """Return what was found of a habit, and how its tags agree with the trader's answers."""
    costs = [habit_cost(cost) for cost in one.costs]
    return {
        "bias": one.bias,
        "level": one.level,
        "score": rounded(one.score),
        "effect": rounded(one.effect),
        "interval": _interval(one.interval),
        "unit": one.unit,
        "p": rounded(one.p),
        "p_adjusted": rounded(one.p_adjusted),
        "n": one.n,
        "needed": one.needed,
        "cost": costs[0] if costs else None,
        "costs": costs,
        "evidence": [evidence(part) for part in one.evidence],
        "counter": [evidence(part) for part in one.counter],
        "facts": one.facts,
        "kind": one.kind,
        "lacks": one.lacks,
        "held": one.held,
        "standing": one.standing,
        "reasons": [reason(other) for other in one.reasons],
        "question": _asked(one),
        **agreement(agreed),
    }


def _asked(one: Finding) -> AskedRow | None:
    if one.standing != "asked":
        return None
    first = one.reasons[0]
    return {"id": question_id(one.bias, first.kind), "sentence": question_text(first)}


def agreement(agreed: "Agreement | None") -> AgreementRow:
    """Return precision and recall of a habit's tags, each None until there are answers."""
    return {
        "precision": agreement_share(agreed.precision if agreed else None),
        "recall": agreement_share(agreed.recall if agreed else None),
    }


def agreement_share(share: LabelShare | None) -> AgreementShare | None:
    """Return a share of answers."""
    if share is None:
        return None
    low, high = share.interval
    return {
        "estimate": _six_decimals(share.estimate),
        "interval": [_six_decimals(low), _six_decimals(high)],
        "n": share.n,
    }


def habit_cost(cost: Cost) -> HabitCostRow:
    """Return what a habit cost."""
    return {
        "currency": cost.currency,
        "estimate": _money(cost.estimate),
        "interval": [_money(end) for end in cost.interval],
        "fees": cost.fees,
        "measurable": cost.measurable,
        "share": None if cost.share is None else _money(cost.share),
    }


def evidence(one: Evidence) -> EvidenceRow:
    """Return what a number rests on."""
    return {
        "id": one.id,
        "formula": one.formula,
        "sample": one.sample,
        "trade_ids": one.trade_ids,
        "fill_ids": one.fill_keys,
    }


def tag(one: Tag) -> TagRow:
    """Return a tag."""
    return {
        "trade_id": one.trade_id,
        "fill_ids": one.fill_keys,
        "event_fill_ids": one.event_keys,
        "bias": one.bias,
        "at": one.at,
        "formula": one.formula,
        "facts": one.facts,
        "id": _tag_id(one),
    }


def _tag_id(one: Tag) -> str:
    first = [key.hex() for key in one.event_keys[:1]]
    return ":".join([one.trade_id, one.bias, *first])


def _interval(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else [_six_decimals(end) for end in ends]


def rounded(value: float | None) -> float | None:
    """Return a statistic as JSON carries it, None where there is none."""
    return None if value is None else _six_decimals(value)


def _six_decimals(value: float) -> float:
    return round(value, DECIMALS_OF_A_STATISTIC)


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")
