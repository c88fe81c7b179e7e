"""Spoiled records: what is listed suffers, what is true stays."""

import pytest

from coach.engine.lab.generator.faults import FAULTS, Fault, spoil
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.plans import TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader


@pytest.fixture(scope="module")
def run(grounds: list[GeneratedMarket]) -> TraderRun:
    return trader(grounds[0], TraderPlan("spoiled", biases={"size_after_loss": 1.0}), 1)


def lengths(run: TraderRun) -> set[int]:
    columns = (run.trade_id, run.time_us, run.symbol, run.side, run.qty, run.price, run.fee)
    return {len(column) for column in columns}


def test_no_fault_changes_nothing(run: TraderRun) -> None:
    assert spoil(run, (), 1) == run


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_a_table_and_labels_of_what_is_left(run: TraderRun, fault: Fault) -> None:
    spoiled = spoil(run, [fault], 1)
    assert spoiled != run
    assert spoiled == spoil(run, [fault], 1)
    assert len(lengths(spoiled)) == 1
    assert {trade_id for trade_id, _ in spoiled.labels} <= set(spoiled.trade_id)


def test_an_overlapping_import_lists_fills_twice(run: TraderRun) -> None:
    spoiled = spoil(run, ["duplicates"], 1)
    assert set(spoiled.trade_id) == set(run.trade_id)
    assert len(spoiled.trade_id) == pytest.approx(1.1 * len(run.trade_id), abs=1)
    assert spoiled.trade_id[: len(run.trade_id)] == run.trade_id


def test_a_gap_is_one_stretch(run: TraderRun) -> None:
    spoiled = spoil(run, ["gaps"], 1)
    gone = [row for row, trade_id in enumerate(run.trade_id) if trade_id not in spoiled.trade_id]
    assert len(gone) == pytest.approx(0.05 * len(run.trade_id), abs=1)
    assert gone == list(range(gone[0], gone[-1] + 1))


def test_a_wrong_zone_shifts_every_time_alike(run: TraderRun) -> None:
    spoiled = spoil(run, ["wrong_zone"], 1)
    shifts = {now - was for was, now in zip(run.time_us, spoiled.time_us, strict=True)}
    assert shifts == {int((run.utc_offset_h or 1) * 3_600_000_000)}


def test_five_fills_are_the_last_five(run: TraderRun) -> None:
    assert spoil(run, ["five_fills"], 1).trade_id == run.trade_id[-5:]


def test_an_empty_record_can_be_spoiled(grounds: list[GeneratedMarket], run: TraderRun) -> None:
    nobody = trader(grounds[0], TraderPlan("nobody"), 1)
    for _ in range(3):
        nobody = spoil(nobody, ["five_fills"], 1)
    empty = spoil(nobody, ["gaps"] * 5, 1)
    assert empty.trade_id == ()
    assert spoil(empty, FAULTS, 1).trade_id == ()
    assert run.trade_id
