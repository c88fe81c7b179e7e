"""The contract of the service: its operations, what each is asked with and what it answers.

The types are those of the engine, but for what holds free JSON or a function: a rule and a plan are
sent with their parameters as they are, a history by its trips, fills as a list. Detectors of other
packages are code of this installation, so what they take part in is concluded here.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from coach.engine.features.bars import Market
from coach.engine.features.orders import Orders
from coach.engine.features.trader import Trader
from coach.model.accounts import Account
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.insights import Finding, Tag
from coach.model.plans import PlanKind
from coach.model.rules import Breach, RuleId
from coach.model.trades import TradeId, Trip

VERSION = "v2"
SCORE, WHAT_IF, NARRATE = (f"/{VERSION}/{name}" for name in ("score", "what-if", "narrate"))
CONTENT_TYPE = "application/vnd.msgpack"


class SentRule(NamedTuple):
    """A rule; see `Rule`."""

    id: RuleId
    kind: str
    params: dict[str, Any]
    active: bool
    note: str
    expires_at: datetime | None
    lock_s: int
    revision: int


class SentPlan(NamedTuple):
    """A plan; see `Plan`."""

    id: str
    kind: PlanKind
    params: dict[str, Any]
    created_at: datetime | None


class Beside(NamedTuple):
    """What is known beside the trades; the trader's plans are sent apart."""

    market: Market
    trader: Trader
    plans: tuple[SentPlan, ...]


class ScoreCall(NamedTuple):
    """What conclusions are drawn from."""

    trips: tuple[Trip, ...]
    orders: Orders
    beside: Beside
    promised: tuple[SentRule, ...]
    zone: str


class ScoreAnswer(NamedTuple):
    """The conclusions, but for what only the caller knows; see `Conclusions`."""

    as_of: datetime
    findings: list[Finding]
    tags: list[Tag]
    breaches: list[Breach]
    seen_from: datetime
    market: tuple[str, ...]
    by_candles: dict[str, str]
    unjudged: dict[RuleId, frozenset[TradeId]]


class SentBook(NamedTuple):
    """The fills of an account in one symbol, in book order; see `AccountBook`."""

    account: Account
    symbol: Symbol
    fills: list[BookFill]
    splits: tuple[Split, ...]
    earlier: tuple[tuple[FillKey, Symbol], ...]


class SentScenario(NamedTuple):
    """A scenario; see `Scenario`."""

    rules: tuple[SentRule, ...]
    cap: Decimal | None
    delay_us: int
    last_entry_s: int | None
    losses: int | None
    stop: Decimal | None
    target: Decimal | None
    untouched: bool


class WhatIfCall(NamedTuple):
    """A question and all that its answer depends on; see `Inputs` and `SimulationInputs`."""

    books: tuple[SentBook, ...]
    beside: Beside
    money: Decimal | None
    start_us: int
    end_us: int
    scenario: SentScenario
    split: int | None
    compounding: bool
    days: int | None


class WhatIfAnswer(NamedTuple):
    """The answer as canonical JSON."""

    answer: bytes


class NarrateCall(NamedTuple):
    """A prompt for the model that the service has in its own settings, by its address and name."""

    url: str
    model: str
    system: str
    user: str


class NarrateAnswer(NamedTuple):
    """What the model wrote, or why there is nothing; see `ModelReply` and `ModelFailure`."""

    text: str
    fault: str
    reason: str
    tokens_in: int
    tokens_out: int


class Refusal(NamedTuple):
    """An error of the engine: its class and what it says, to be raised at the caller's."""

    error: str
    hint: str
    remedy: str | None
    facts: dict[str, Any]
