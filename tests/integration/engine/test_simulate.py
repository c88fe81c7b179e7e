"""A what-if over stored fills: the same profit on every surface, and one run for one question."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coach.engine.api import simulate, trades
from coach.engine.api.promises import plans, rules
from coach.engine.api.session import Session
from coach.engine.api.simulate import Interventions, Simulation, Skips, WhatIfRequest
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import candle_use
from coach.errors import Invalid, NotFound, NotInitialised, ObjectTrouble, UsageError
from coach.model.accounts import Run
from coach.model.candles import QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol

Importer = Callable[..., Run]
STEP_US = 900_000_000
DAY = (
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:30 sell BTC-USD 1 @ 90 fee 0.1",
    "09:40 buy BTC-USD 2 @ 91 fee 0.2",
    "11:00 sell BTC-USD 2 @ 89 fee 0.2",
    "12:00 buy ETH-USD 3 @ 10 fee 0.03",
    "12:30 sell ETH-USD 1 @ 11 fee 0.01",
)
PAUSE = WhatIfRequest(Skips(after_loss=30))


@pytest.fixture
def seeing(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles, and two weeks of bitcoin in it."""
    able = replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))
    assert able.objects is not None
    start = round(datetime.fromisoformat("2026-02-23T00:00:00Z").timestamp()) * 1_000_000
    bars = [
        Candle(
            start + n * STEP_US, Decimal(95), Decimal(101), Decimal(88), Decimal(95), Decimal(900)
        )
        for n in range(1344)
    ]
    asked = FetchedWindow(CandleWindow(start, start + 1344 * STEP_US), session.clock())
    shelf = CandleShelf(able.connection, able.objects(), able.user.id)
    keep(shelf, Series(Symbol("BTC-USD"), QUARTER, "file"), bars, asked)
    return able


def samples(found: Simulation) -> list[dict[str, Any]]:
    told: Any = found.result["samples"]
    return list(told)


def runs(session: Session) -> int:
    row = session.connection.execute("select count(*) from simulation").fetchone()
    assert row is not None
    return int(row[0])


def test_nothing_asked_is_the_profit_to_the_last_digit(
    session: Session, imported: Importer
) -> None:
    imported(*DAY)
    [sample] = samples(simulate.simulate(session, WhatIfRequest()))
    profit = trades.profit(session).totals["USD"]
    assert Decimal(sample["actual"]) == Decimal(sample["replay"]) == profit.net
    assert Decimal(sample["replay_gross"]) == profit.gross
    assert Decimal(sample["replay_fees"]) == profit.fees


def test_a_rule_of_ones_own_is_replayed(session: Session, imported: Importer) -> None:
    imported(*DAY)
    made = rules.add(session, "cooldown_after_loss", {"minutes": 30})
    [sample] = samples(simulate.simulate(session, WhatIfRequest(Skips(rules=(made.rule.id,)))))
    assert sample["changed"] == 1
    assert Decimal(sample["replay"]) - Decimal(sample["actual"]) == Decimal("4.4")
    assert sample["fees_saved"] == "0.4"


def test_the_same_question_is_one_run(session: Session, imported: Importer) -> None:
    imported(*DAY)
    first, again = simulate.simulate(session, PAUSE), simulate.simulate(session, PAUSE)
    assert (first.known, again.known, runs(session)) == (False, True, 1)
    assert list(again.result.items()) == list(first.result.items())
    assert (again.id, again.made_at) == (first.id, first.made_at)


def test_new_fills_are_a_new_question(session: Session, imported: Importer) -> None:
    imported(*DAY)
    first = simulate.simulate(session, PAUSE)
    imported("12:40 sell ETH-USD 2 @ 11")
    again = simulate.simulate(session, PAUSE)
    assert (again.known, runs(session)) == (False, 2)
    assert again.id != first.id


def test_the_candles_of_a_run_are_named_and_kept(seeing: Session, imported: Importer) -> None:
    imported(*DAY)
    found = simulate.simulate(seeing, WhatIfRequest(changes=Interventions(stop="5")))
    used = candle_use.snapshots(seeing.connection, seeing.user.id, f"simulation:{found.id}")
    assert found.result["candles"] == used
    assert len(used) == 2
    refused: Any = found.result["refused"]
    assert [one["symbol"] for one in refused] == ["ETH-USD"]


def test_candles_that_nobody_asked_for_are_not_read(seeing: Session, imported: Importer) -> None:
    imported(*DAY)

    def nobody_answers() -> Objects:
        raise ObjectTrouble("", what="nobody answers")

    blind = replace(seeing, objects=nobody_answers)
    assert simulate.simulate(blind, PAUSE).result["candles"] == []
    with pytest.raises(ObjectTrouble):
        simulate.simulate(blind, WhatIfRequest(changes=Interventions(delay=30)))


def test_compounding_goes_by_what_the_accounts_began_with(
    session: Session, imported: Importer
) -> None:
    imported(*DAY)
    with pytest.raises(UsageError, match="began with"):
        simulate.simulate(session, replace(PAUSE, compounding=True))
    plans.set_equity(session, "main", Decimal(1000))
    equity: Any = simulate.simulate(session, replace(PAUSE, compounding=True)).result["equity"]
    assert (equity["start"], equity["quote"]) == ("1000", "USD")
    assert Decimal(equity["actual"]) == 1000 + trades.profit(session).totals["USD"].net


def test_an_unknown_rule_and_an_empty_home_are_said(session: Session, imported: Importer) -> None:
    with pytest.raises(NotInitialised):
        simulate.simulate(session, PAUSE)
    imported(*DAY)
    with pytest.raises(NotFound, match="no rule 'nix'"):
        simulate.simulate(session, WhatIfRequest(Skips(rules=("nix",))))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (WhatIfRequest(days=0), "days"),
        (WhatIfRequest(split=0), "split"),
        (WhatIfRequest(Skips(after="24:00")), "no_trade_after"),
        (WhatIfRequest(Skips(after_losses=0)), "stop_after_losses"),
        (WhatIfRequest(Skips(after_loss=float("nan"))), "skip_after_loss"),
        (WhatIfRequest(changes=Interventions(delay=-1)), "delay"),
        (WhatIfRequest(changes=Interventions(cap_size="nan")), "cap_size"),
        (WhatIfRequest(changes=Interventions(cap_size="much")), "cap_size"),
        (WhatIfRequest(changes=Interventions(stop="100")), "stop"),
        (WhatIfRequest(changes=Interventions(target="0%")), "target"),
    ],
)
def test_the_field_that_makes_no_sense_is_named(
    session: Session, imported: Importer, wanted: WhatIfRequest, field: str
) -> None:
    imported(*DAY)
    with pytest.raises(Invalid) as refused:
        simulate.simulate(session, wanted)
    assert refused.value.field == field
