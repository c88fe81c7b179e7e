from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coach.engine.biases.detection import findings
from coach.engine.features.history import history
from coach.model.insights import Evidence
from coach.model.trades import Trip

Simulate = Callable[..., list[Trip]]
Habit = Callable[..., Any]


def proof(trips: list[Trip], days_back: int = 0) -> Evidence:
    end = (trips[-1].closed_us or 0) + 1
    start = trips[0].opened_us + days_back * 86_400_000_000
    found = findings(history(trips), start, end)
    return next(one for one in found if one.bias == "revenge").evidence[0]


def test_evidence_names_the_newest_fifty_trades_and_counts_all(
    trader: Simulate, habit: Habit
) -> None:
    trips = trader(1, 300, habit(back_after_loss=0.7))
    found = proof(trips)
    assert len(found.trade_ids) == 50
    assert int(str(found.sample["affected"])) > 80
    assert list(found.trade_ids) == sorted(found.trade_ids)
    assert max(found.trade_ids) > "trade-00280"


def test_evidence_names_the_fills_of_the_entry_and_of_the_loss_before(
    trader: Simulate, habit: Habit
) -> None:
    found = proof(trader(1, 60, habit(back_after_loss=0.7)))
    number = int(found.trade_ids[0][-5:])
    assert found.fill_keys[:2] == (f"out-{number - 1}".encode(), f"in-{number}".encode())


def test_the_id_changes_with_the_window_and_with_any_number(trader: Simulate) -> None:
    trips = trader(1, 60)
    dearer = [*trips[:-1], trips[-1]._replace(fees=trips[-1].fees + Decimal("0.01"))]
    ids = {proof(trips).id, proof(trips, days_back=3).id, proof(dearer).id}
    assert len(ids) == 3


def test_the_id_is_the_same_on_every_machine(trader: Simulate) -> None:
    fixed = [
        trip._replace(opened_us=place * 10**9, closed_us=place * 10**9 + 10**8)
        for place, trip in enumerate(trader(1, 12))
    ]
    told = proof([plain(trip, place) for place, trip in enumerate(fixed)])
    assert told.id == "revenge@3:d18b9cb0b7bc"


def test_the_sample_tells_window_seed_and_counts(trader: Simulate) -> None:
    sample = proof(trader(1, 60)).sample
    assert sample["n"] == int(str(sample["losses"])) + int(str(sample["wins"]))
    assert str(sample["window_start"]).endswith("Z")
    assert 0 <= int(str(sample["seed"])) < 2**48


def plain(trip: Trip, place: int) -> Trip:
    net = Decimal(10 if place % 3 else -10)
    return trip._replace(net=net, gross=net + 1, fees=Decimal(1), notional=Decimal(100 + place))
