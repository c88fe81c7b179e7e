"""What stands behind a trade, and behind what is said about a habit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.candles import name_of
from coach.model.events import Json
from coach.model.fees import CandleClose, FeeValue
from coach.model.fills import BookFill, Side
from coach.model.journal.trade_context import TradeContext, TradingSession
from coach.model.rules import RuleKind
from coach.model.times import SECOND_US
from coach.model.trades import Direction, RoundTrip
from coach.views.insights import FindingRow, TagRow, finding, rounded, tag
from coach.views.labels import LabelRow, given_label
from coach.views.notes import NoteRow, written_note
from coach.views.promises.commitments import CommitmentRow, commitment
from coach.views.reasons import ReasonQuestionRow, reason_question
from coach.views.rules import BreachRow, rule_breach
from coach.views.table import Column
from coach.views.trades import TradeRow, trade

if TYPE_CHECKING:
    from coach.engine.api.trades import TradeView
    from coach.engine.api.why import BiasEvidence, Path, PathBar, TradeEvidence

FILLS = (
    Column("at"),
    Column("side"),
    Column("quantity"),
    Column("price"),
    Column("fee"),
    Column("fee_currency"),
    Column("order_id"),
    Column("fill_id"),
    Column("fee_value"),
)
CITED_TRADES = (
    Column("speaks"),
    Column("trade_id"),
    Column("symbol"),
    Column("side"),
    Column("opened_at"),
    Column("closed_at"),
    Column("net"),
    Column("quote"),
)
Speaks = Literal["for", "against"]


class FillRow(TypedDict):
    """A fill; `fee_value` is what a fee in a third coin was worth in the quote currency."""

    at: datetime
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    order_id: str
    fill_id: bytes
    fee_value: Decimal | None


class FeeCandleRow(TypedDict):
    """The candle that a price was read from."""

    symbol: str
    source: str
    granularity: str
    start: datetime
    close: Decimal


class FeeValueRow(TypedDict):
    """What a fee in a third coin was worth: `value` = `fee` x `price`, in `quote`."""

    fill_id: bytes
    coin: str
    fee: Decimal
    value: Decimal
    quote: str
    price: Decimal
    candles: list[FeeCandleRow]


class BarRow(TypedDict):
    """A stretch of the price path; prices are statistics here, not money."""

    time: datetime
    open: float
    high: float
    low: float
    close: float


class PricePathRow(TypedDict):
    """The candles from an hour before the entry to the exit, each `step_s` seconds long."""

    source: str
    step_s: int
    snapshots: Sequence[str]
    bars: list[BarRow]


class TradeContextRow(TypedDict):
    """What stood around the entry of a trade, as far as it was known then.

    `since_loss_s` are seconds since the last loss was closed; `open_notional` is what the other
    open trades had cost. `run_up` is the change of the price over the hour before, `volatility` one
    sigma of an hour, both as shares; `run_up_sigma` is the one in units of the other.
    `sessions` are those in whose office hours it was, by the clocks of Tokyo, London and New York.
    """

    since_loss_s: float | None
    open_trades: int
    open_notional: Mapping[str, Decimal]
    run_up: float | None
    run_up_sigma: float | None
    volatility: float | None
    rules: Sequence[str]
    sessions: Sequence[TradingSession]


class TradeEvidenceRow(TypedDict):
    """All that is known of a trade; `commitments` were signed for the rules that it broke."""

    kind: Literal["trade"]
    trade: TradeRow
    fills: list[FillRow]
    fee_values: list[FeeValueRow]
    tags: list[TagRow]
    breaches: list[BreachRow]
    labels: list[LabelRow]
    candles: PricePathRow | None
    notes: list[NoteRow]
    context: TradeContextRow | None
    commitments: list[CommitmentRow]


class CitedTradeRow(TypedDict):
    """A trade that speaks for or against a finding."""

    speaks: Speaks
    trade_id: str
    symbol: str
    side: Direction
    opened_at: datetime
    closed_at: datetime | None
    net: Decimal
    quote: str


class SuggestedRuleRow(TypedDict):
    """A rule that answers a habit; `own` names the parameter that is of the trader's own trades."""

    kind: RuleKind
    params: Mapping[str, Json]
    own: str


class BiasEvidenceRow(TypedDict):
    """All that stands behind a finding."""

    kind: Literal["bias"]
    finding: FindingRow
    questions: list[ReasonQuestionRow]
    rules: list[SuggestedRuleRow]
    trades: list[CitedTradeRow]


def trade_evidence(found: "TradeEvidence", view: "TradeView") -> TradeEvidenceRow:
    """Return all that is known of a trade."""
    return {
        "kind": "trade",
        "trade": trade(view),
        "fills": fills(found),
        "fee_values": [fee_value(value) for value in found.fee_values.values()],
        "tags": [tag(one) for one in found.tags],
        "breaches": [rule_breach(breach) for breach in found.breaches],
        "labels": [given_label(label) for label in found.labels],
        "candles": price_path(found.path),
        "notes": [written_note(note) for note in found.notes],
        "context": None if found.context is None else trade_context(found.context),
        "commitments": [commitment(one) for one in found.commitments],
    }


def trade_context(context: TradeContext) -> TradeContextRow:
    """Return what stood around the entry of a trade."""
    return {
        "since_loss_s": context.since_loss_s,
        "open_trades": context.open_trades,
        "open_notional": context.open_notional,
        "run_up": rounded(context.run_up),
        "run_up_sigma": rounded(context.run_up_sigma),
        "volatility": rounded(context.volatility),
        "rules": context.rules,
        "sessions": context.sessions,
    }


def fills(found: "TradeEvidence") -> list[FillRow]:
    """Return the fills of a trade."""
    return [fill(one, found.fee_values.get(one.key)) for one in found.fills]


def fill(one: BookFill, value: FeeValue | None = None) -> FillRow:
    """Return a fill; its fee stands in the coin that it was paid in."""
    return {
        "at": one.at,
        "side": one.side,
        "quantity": one.quantity,
        "price": one.price,
        "fee": value.fee if value else one.fee,
        "fee_currency": value.coin if value else one.fee_currency,
        "order_id": one.order_id,
        "fill_id": one.key,
        "fee_value": value.value if value else None,
    }


def fee_value(value: FeeValue) -> FeeValueRow:
    """Return what a fee in a third coin was worth, and by which candles."""
    return {
        "fill_id": value.key,
        "coin": value.coin,
        "fee": value.fee,
        "value": value.value,
        "quote": value.symbol.rpartition("-")[2],
        "price": value.price,
        "candles": [fee_candle(candle) for candle in value.candles],
    }


def fee_candle(candle: CandleClose) -> FeeCandleRow:
    """Return the candle that a price was read from."""
    return {
        "symbol": candle.symbol,
        "source": candle.source,
        "granularity": name_of(candle.granularity),
        "start": candle.start,
        "close": candle.close,
    }


def price_path(path: "Path | None") -> PricePathRow | None:
    """Return the price path of a trade, None where no candles are known."""
    if path is None:
        return None
    return {
        "source": path.source,
        "step_s": path.step_s,
        "snapshots": path.snapshots,
        "bars": [bar(one) for one in path.bars],
    }


def bar(one: "PathBar") -> BarRow:
    """Return a stretch of the price path."""
    return {
        "time": datetime.fromtimestamp(one.start_us / SECOND_US, UTC),
        "open": one.open,
        "high": one.high,
        "low": one.low,
        "close": one.close,
    }


def bias_evidence(found: "BiasEvidence") -> BiasEvidenceRow:
    """Return all that stands behind a finding."""
    return {
        "kind": "bias",
        "finding": finding(found.finding, found.agreement),
        "questions": [reason_question(one) for one in found.questions],
        "rules": [{"kind": one.kind, "params": one.params, "own": one.own} for one in found.rules],
        "trades": cited_trades(found),
    }


def cited_trades(found: "BiasEvidence") -> list[CitedTradeRow]:
    """Return the trades that speak for a finding, then those that speak against it."""
    return [
        *(cited_trade("for", trip) for trip in found.supporting),
        *(cited_trade("against", trip) for trip in found.opposing),
    ]


def cited_trade(speaks: Speaks, trip: RoundTrip) -> CitedTradeRow:
    """Return a trade that speaks for or against a finding."""
    return {
        "speaks": speaks,
        "trade_id": trip.id,
        "symbol": trip.symbol,
        "side": trip.side,
        "opened_at": trip.opened_at,
        "closed_at": trip.closed_at,
        "net": trip.net,
        "quote": trip.symbol.rpartition("-")[2],
    }
