"""Trades written as a reader would: `02 09:00 buy BTC-USD 1 @ 100 fee 0.1 USD`, in March 2026."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.trader import Trader
from coach.engine.lab import judge
from coach.engine.lab.evaluate.made import as_candles, fills_of, profile_of
from coach.engine.lab.generator.market import market
from coach.engine.lab.generator.plans import Archetype, TraderPlan
from coach.engine.lab.generator.run import trader
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.simulate import Inputs, Stage
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Symbol

LINE = re.compile(
    r"(?P<day>\d\d) (?P<time>\d\d:\d\d) (?P<side>buy|sell) +(?P<symbol>\S+) (?P<quantity>\S+)"
    r" @ (?P<price>\S+)( fee (?P<fee>\S+) (?P<coin>\S+))?$"
)
STEP_US = 900_000_000

Quarters = Sequence[tuple[float, float, float, float]]
Made = Callable[..., Stage]


def books_of(text: str, *, shorts: bool) -> list[AccountBook]:
    """Return the books of an account from lines of fills."""
    found: dict[str, list[BookFill]] = defaultdict(list)
    lines = [line.strip() for line in text.splitlines() if line.strip()[:2].isdigit()]
    for number, line in enumerate(lines):
        told = LINE.match(line)
        assert told, line
        found[told["symbol"]].append(
            BookFill(
                key=FillKey(b"fill %04d" % number),
                side="buy" if told["side"] == "buy" else "sell",
                quantity=Decimal(told["quantity"]),
                price=Decimal(told["price"]),
                fee=Decimal(told["fee"] or 0),
                fee_currency=told["coin"] or "USD",
                at=datetime.fromisoformat(f"2026-03-{told['day']}T{told['time']}Z").astimezone(UTC),
                order_id="",
            )
        )
    account = Account(AccountId(1), "main", "generic", shorts)
    return [AccountBook(account, Symbol(name), found[name]) for name in sorted(found)]


def candles_of(start: str, quarters: Quarters, volume: float = 1e6) -> Columns:
    """Return bars of a quarter hour from a time on: open, high, low, close."""
    begin = round(datetime.fromisoformat(start).timestamp()) * 1_000_000
    count = len(quarters)
    opened, high, low, close = np.array(quarters, np.float64).reshape(count, 4).T
    starts = begin + STEP_US * np.arange(count, dtype=np.int64)
    return Columns(starts, opened, high, low, close, np.full(count, volume))


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Made:
    """Set the stage with the fills of the test's docstring; `quarters` are bars by symbol."""

    def make(
        quarters: Mapping[str, Columns] | None = None,
        money: str | None = None,
        zone: str = "UTC",
        *,
        shorts: bool = False,
    ) -> Stage:
        shown = {
            name: bars(raw, "file", STEP_US, ("ab" * 32,)) for name, raw in (quarters or {}).items()
        }
        return Stage(
            Inputs(
                books=books_of(request.function.__doc__ or "", shorts=shorts),
                market=Market(dict(shown)),
                trader=Trader(zone=zone),
                money=None if money is None else Decimal(money),
            )
        )

    return make


def lab_inputs(
    seed: int,
    archetype: Archetype = "noise",
    days: int = 90,
    deposits: int = 0,
    **habits: float,
) -> Inputs:
    """Return a made-up trader on a made-up market whose prices are martingales."""
    place = market(seed, days, rev=0.0)
    named: dict[Any, float] = dict(habits)
    plan = TraderPlan(f"{archetype}-{seed}", archetype, named, deposits=deposits)
    run = trader(place, plan, seed)
    fills = sorted(fills_of(run), key=lambda fill: fill.at_us)
    profile = profile_of(run)
    told = judge._by_symbol(fills, judge._keys(run.name, fills))
    account = Account(AccountId(1), run.name, "lab", shorts=False)
    known = Trader(offset_minutes=profile.offset_minutes, equity=profile.equity)
    brought = sum((Decimal(money) for _, money in run.deposits), Decimal(0))
    return Inputs(
        books=[AccountBook(account, symbol, taken) for symbol, taken in told.items()],
        market=as_candles(place),
        trader=known,
        money=Decimal(run.start_equity) + brought,
    )


@pytest.fixture
def lab() -> Callable[..., Inputs]:
    return lab_inputs


@pytest.fixture
def candles() -> Callable[..., Columns]:
    return candles_of
