"""A value of each noun, as the engine gives it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.engine.api.excursions import TradeExcursion
from coach.engine.api.health import Check, Status
from coach.engine.api.promises.labels import Agreement
from coach.engine.api.promises.rules import RuleView
from coach.engine.api.trades import Profit, ProfitRow, Sum
from coach.engine.api.why import BiasEvidence, Path, PathBar, TradeEvidence
from coach.engine.store.accounts import AccountSummary
from coach.engine.store.health import AccountHealth
from coach.model.accounts import AccountId, Run, RunId, SkippedRow
from coach.model.fills import BookFill, FillKey, Symbol
from coach.model.insights import Cost, Evidence, Fact, Finding, Tag
from coach.model.journal.notes import JournalNote, NotedTrade, NoteId
from coach.model.labels import Label, LabelShare, Question
from coach.model.plans import Plan, QuestionId, ReasonQuestion
from coach.model.reasons import Reason
from coach.model.rules import Breach, Rule, RuleId
from coach.model.trades import Position, RoundTrip, TradeId, UnknownBasis

NINE = datetime(2026, 4, 1, 9, tzinfo=UTC)
KEY = FillKey(bytes(range(16)))
TRIP = TradeId("abcdefghijklmnop")

RUN = Run(
    id=RunId("ab" * 32),
    account="main",
    source="generic",
    label="mine.csv",
    state="done",
    attempt=1,
    fetched=10,
    new=6,
    known=2,
    changed=0,
    skipped=(SkippedRow(7, "fee", "expected a number, got 'abc'"), SkippedRow(9, "side", "?")),
    skipped_count=2,
    other={"deposit": 3, "reward": 1},
    warnings=("2 fills came before",),
    first=NINE,
    last=NINE + timedelta(days=3),
    started_at=NINE,
    finished_at=NINE,
)
ROUND_TRIP = RoundTrip(
    id=TRIP,
    account_id=AccountId(1),
    symbol=Symbol("BTC-USD"),
    side="long",
    opened_at=NINE,
    closed_at=NINE + timedelta(minutes=90),
    quantity=Decimal("0.10"),
    entry=Decimal(60000),
    exit=Decimal(59000),
    gross=Decimal("-100.000"),
    fees=Decimal("1.5"),
    net=Decimal("-101.5"),
    fills=2,
    entry_quantity=Decimal("0.10"),
    entry_notional=Decimal(6000),
    entry_fills=(KEY,),
    exit_fills=(KEY,),
    other_fees={"BNB": Decimal("0.001")},
)
POSITION = Position(
    symbol=Symbol("BTC-USD"),
    quote="USD",
    method="fifo",
    gross=Decimal(-100),
    fees=Decimal("1.5"),
    net=Decimal("-101.5"),
    open_quantity=Decimal("0.5"),
    open_cost=Decimal("30000.25"),
)
PROFIT = Profit(
    method="fifo",
    rows=(ProfitRow("main", POSITION), ProfitRow("=other", replace(POSITION, gross=Decimal(0)))),
    totals={"USD": Sum(Decimal(-100), Decimal(3), Decimal(-103))},
    unknown=(
        UnknownBasis(
            KEY, Symbol("ETH-USD"), "sell", NINE, Decimal(1), Decimal(2000), Decimal(2), "main"
        ),
    ),
    warnings=("1 sells have no known buy",),
)
FINDING = Finding(
    bias="revenge",
    level="likely",
    n=120,
    needed=0,
    score=97.1234567,
    effect=0.31,
    interval=(0.1, 0.5),
    unit="share",
    p=0.004,
    p_adjusted=0.012,
    costs=(Cost("USD", -123.456, (-200.0, 1e-9), "12.5", measurable=True),),
    evidence=(Evidence("revenge@1:abc", "revenge@1", {"n": 120}, (TRIP,), (KEY,)),),
)
AFTER: dict[str, Fact] = {
    "minutes_after_loss": 19.2,
    "size_ratio": 2.1,
    "losses_in_a_row": 2,
    "loss": "-35.051",
    "currency": "USD",
    "loss_trade": "abc",
}
TAG = Tag("revenge", TRIP, NINE, (KEY,), AFTER, "revenge@1")
RULE = RuleView(
    Rule(RuleId("max_trades_per_day"), "max_trades_per_day", {"limit": 5}, active=True),
    "At most 5 new trades per day",
    2,
    NINE,
)
ACCOUNT = AccountSummary(
    "main", "coinbase", False, "broker", 12, NINE, NINE, None, "organizations/x"
)
STATUS = Status(
    user="local",
    zone="UTC",
    now=NINE,
    accounts=(AccountHealth("main", "coinbase", 12, NINE, NINE, 3, 1, "ok"),),
    levels={"revenge": "likely"},
    rules_active=1,
    rules_paused=0,
    events=9,
)
CHECK = Check("disk", "warning", "0.1 GB free", "make room")
LABEL = Label(TRIP, "revenge", "no", True, 1.0, NINE, "planned")
NOTE = JournalNote(
    NoteId(3),
    NotedTrade(TRIP, "main", "BTC-USD", "long", NINE, TRIP),
    "=chased it\n\tand \x1b[31msaw it",
    NINE,
)
QUESTION = Question("2026-W14", TRIP, "revenge", 0.05, NINE)
REASON = Reason(
    "target",
    40,
    0.92,
    1.0,
    (0.9, 1.2),
    "%",
    {"state": "best", "sides": "long"},
)
REASON_QUESTION = ReasonQuestion(
    QuestionId("disposition-target"), "disposition", REASON, NINE, 1, "answered", "yes", NINE
)
PLAN = Plan("stop", "stop", {"percent": 2.0}, NINE)
SHARE = LabelShare(0.75, (0.5, 0.9), 12)
SIXTH: dict[str, Fact] = {"date": "2026-04-01", "zone": "UTC", "count": 6, "limit": 5, "margin": 1}
BREACH = Breach(RuleId("r"), "max_trades_per_day", TRIP, NINE, (KEY,), SIXTH)
TRADE_EVIDENCE = TradeEvidence(
    trip=ROUND_TRIP,
    account="main",
    outcome="loss",
    reached=TradeExcursion(
        Decimal("0.02"), Decimal("0.01"), source="file", step_s=900, r=Decimal("-0.8")
    ),
    fills=(
        BookFill(KEY, "buy", Decimal("0.1"), Decimal(60000), Decimal("1.5"), "USD", NINE, "o1"),
    ),
    fee_values={},
    tags=(replace(TAG, facts=AFTER),),
    breaches=(BREACH,),
    labels=(LABEL,),
    path=Path(
        "file", 900, tuple(PathBar(n * 900_000_000, n, n + 2, n, n + 1) for n in range(8)), ()
    ),
)
COUNTER = Evidence("revenge@1:against:abc", "revenge@1", {"against": 1}, (TRIP,))
BIAS_EVIDENCE = BiasEvidence(
    finding=replace(FINDING, counter=(COUNTER,), lacks=("candles of ETH-USD",), held=True),
    supporting=(ROUND_TRIP,) * 12,
    opposing=(ROUND_TRIP,),
    agreement=Agreement(SHARE, None),
    questions=(REASON_QUESTION,),
    warnings=(),
)
