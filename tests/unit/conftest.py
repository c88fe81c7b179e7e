"""What unit tests share: no socket is opened, and trades are written in docstrings.

2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
2026-03-02 09:12 BTC-USD size 300, closed 09:30 with 1 after fees 2
2026-03-02 10:00 BTC-USD size 100

Times are UTC, ids are t01, t02 … down the lines, `with` is the net result, fees are zero
unless told. The fills of t01 are `t01-in` and `t01-out`.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.features.history import History, history
from coach.model.fills import FillKey, Symbol
from coach.model.times import EPOCH
from coach.model.trades import TradeId, Trip

LINE = re.compile(
    r"(?P<day>\S+) (?P<opened>\S+) (?P<symbol>\S+) size (?P<size>[\d.]+)"
    r"(?:, closed (?P<closed>\S+) with (?P<net>\S+)(?: after fees (?P<fees>\S+))?)?"
)


@pytest.fixture(autouse=True)
def no_socket(socket_disabled: None) -> None:
    """Refuse every socket for the length of the test."""


@pytest.fixture
def trips(request: pytest.FixtureRequest) -> list[Trip]:
    lines = (request.function.__doc__ or "").strip().splitlines()
    return [trip_of(line.strip(), f"t{number:02d}") for number, line in enumerate(lines, 1)]


@pytest.fixture
def past(trips: list[Trip]) -> History:
    return history(trips)


def trip_of(line: str, name: str) -> Trip:
    told = LINE.fullmatch(line)
    assert told, line
    net, fees = Decimal(told["net"] or 0), Decimal(told["fees"] or 0)
    return Trip(
        id=TradeId(name),
        symbol=Symbol(told["symbol"]),
        quote=told["symbol"].rpartition("-")[2],
        side="long",
        opened_us=microseconds(told["day"], told["opened"]),
        closed_us=microseconds(told["day"], told["closed"]) if told["closed"] else None,
        gross=net + fees,
        fees=fees,
        net=net,
        quantity=Decimal(1),
        notional=Decimal(told["size"]),
        entry_fills=(FillKey(f"{name}-in".encode()),),
        exit_fills=(FillKey(f"{name}-out".encode()),),
    )


def microseconds(day: str, time: str) -> int:
    return (datetime.fromisoformat(f"{day}T{time}Z") - EPOCH) // timedelta(microseconds=1)
