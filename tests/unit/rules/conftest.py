"""A history written in the test's docstring, one trade a line.

2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
2026-03-02 09:12 BTC-USD size 300

Times are UTC, ids are t01, t02 … down the lines, `with` is the net result, fees are zero.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.schema import read_rule
from coach.model.events import Json
from coach.model.fills import FillKey, Symbol
from coach.model.rules import Rule, RuleId, RuleKind
from coach.model.times import microseconds
from coach.model.trades import TradeId, Trip

LINE = re.compile(
    r"(?P<day>\S+) (?P<opened>\S+) (?P<symbol>\S+) size (?P<size>\S+?)"
    r"(?:, closed (?P<closed>\S+) with (?P<net>\S+))?"
)


@pytest.fixture
def trips(request: pytest.FixtureRequest) -> list[Trip]:
    lines = (request.function.__doc__ or "").strip().splitlines()
    return [trip_of(line.strip(), number) for number, line in enumerate(lines, 1)]


@pytest.fixture
def past(trips: list[Trip]) -> History:
    return history(trips)


@pytest.fixture
def rule() -> Callable[..., Rule]:
    """Make an active rule of a kind; its id is the kind."""

    def made(kind: RuleKind, **params: float) -> Rule:
        return Rule(RuleId(kind), kind, dict(params), active=True)

    return made


@pytest.fixture
def promise() -> Callable[..., Rule]:
    """Make an active rule as the command line would: checked, with its defaults."""

    def made(kind: RuleKind, **params: Json) -> Rule:
        return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)

    return made


def trip_of(line: str, number: int) -> Trip:
    told = LINE.fullmatch(line)
    assert told, line
    net = Decimal(told["net"] or 0)
    return Trip(
        id=TradeId(f"t{number:02d}"),
        symbol=Symbol(told["symbol"]),
        quote=told["symbol"].rpartition("-")[2],
        side="long",
        opened_us=local_us(told["day"], told["opened"]),
        closed_us=local_us(told["day"], told["closed"]) if told["closed"] else None,
        gross=net,
        fees=Decimal(0),
        net=net,
        quantity=Decimal(1),
        notional=Decimal(told["size"]),
        entry_fills=(FillKey(b"in%02d" % number),),
        exit_fills=(FillKey(b"out%02d" % number),) if told["closed"] else (),
    )


def local_us(day: str, clock: str) -> int:
    moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)
    return microseconds(moment)
