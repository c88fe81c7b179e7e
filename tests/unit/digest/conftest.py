"""A week written in the test's docstring, one trade a line; the week is 2026-W14 in Berlin.

2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
2026-04-01 09:00 ETH-EUR

Times are UTC; ids are trade01, trade02 … down the lines.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.model.accounts import AccountId
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Bias, Cost, Evidence, Finding
from coach.model.reasons import Level
from coach.model.rules import Breach, Rule, RuleId, RuleKind
from coach.model.trades import RoundTrip, TradeId, UnknownBasis

LINE = re.compile(
    r"(?P<opened>\S+ \S+) (?P<symbol>\S+?)"
    r"(?: net (?P<net>\S+) fees (?P<fees>\S+), closed (?P<closed>\S+ \S+))?"
)


@pytest.fixture
def trips(request: pytest.FixtureRequest) -> tuple[RoundTrip, ...]:
    lines = (request.function.__doc__ or "").strip().splitlines()
    return tuple(trip_of(line.strip(), number) for number, line in enumerate(lines, 1))


@pytest.fixture
def week(trips: tuple[RoundTrip, ...]) -> DigestInputs:
    """The week of the docstring's trades, and nothing else known."""
    return DigestInputs("Europe/Berlin", "2026-W14", trips, (), (), (), (), (), FillCoverage())


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """Make a finding; `cost` is (estimate, low, high, fees) in USD."""

    def made(
        bias: Bias, level: Level, cost: tuple[float, float, float, str] | None = None
    ) -> Finding:
        evidence = Evidence(
            id=f"{bias}@1:0a1b2c3d4e5f",
            formula=f"{bias}@1",
            sample={
                "n": 46,
                "seed": 7,
                "window_start": "2026-01-05T00:00:00Z",
                "window_end": "2026-04-05T22:00:00Z",
            },
            trade_ids=(TradeId("trade01"),),
        )
        known = Finding(
            bias=bias,
            level=level,
            n=46,
            needed=23 if level == "insufficient" else 0,
            unit="difference in rate" if bias == "revenge" else "relative difference in size",
            evidence=(evidence,),
        )
        if level == "insufficient":
            return known
        costs = () if cost is None else (cost_of(*cost),)
        stands = level in {"likely", "strong"}
        tested = replace(known, score=97.5, effect=0.192, interval=(0.08, 0.301), costs=costs)
        return replace(tested, held=stands, standing="told" if stands else "untold")

    return made


@pytest.fixture
def rule() -> Callable[..., Rule]:
    """Make an active rule of a kind; its id is the kind."""

    def made(kind: RuleKind, **params: float) -> Rule:
        return Rule(RuleId(kind), kind, dict(params), active=True)

    return made


@pytest.fixture
def breach() -> Callable[..., Breach]:
    """Say that an entry was the sixth of its day under a limit of five."""

    def made(rule: Rule, trade: str, at: str) -> Breach:
        return Breach(
            rule_id=rule.id,
            kind=rule.kind,
            trade_id=TradeId(trade),
            at=moment(at),
            fill_keys=(FillKey(trade.encode().ljust(16, b".")),),
            facts={"date": at[:10], "zone": "UTC", "count": 6, "limit": 5, "margin": 1},
        )

    return made


@pytest.fixture
def sale() -> Callable[[str], UnknownBasis]:
    """Make a sale without a known purchase."""

    def made(at: str) -> UnknownBasis:
        key = FillKey(at.encode())
        one = Decimal(1)
        return UnknownBasis(
            key, Symbol("BTC-USD"), "sell", moment(at), one, one, Decimal(0), "main"
        )

    return made


def trip_of(line: str, number: int) -> RoundTrip:
    told = LINE.fullmatch(line)
    assert told, line
    net, fees = Decimal(told["net"] or 0), Decimal(told["fees"] or 0)
    return RoundTrip(
        id=TradeId(f"trade{number:02d}"),
        account_id=AccountId(1),
        symbol=Symbol(told["symbol"]),
        side="long",
        opened_at=moment(told["opened"]),
        closed_at=moment(told["closed"]) if told["closed"] else None,
        quantity=Decimal(1),
        entry=Decimal(100),
        exit=Decimal(100) + net + fees if told["closed"] else None,
        gross=net + fees,
        fees=fees,
        net=net,
        fills=2,
        entry_quantity=Decimal(1),
        entry_notional=Decimal(100),
        entry_fills=(FillKey(b"in%014d" % number),),
        exit_fills=(FillKey(b"out%013d" % number),),
        other_fees={},
    )


def cost_of(estimate: float, low: float, high: float, fees: str) -> Cost:
    return Cost("USD", estimate, (low, high), fees, measurable=low > 0 or high < 0)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
