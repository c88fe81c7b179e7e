"""An import is one run: counted, all or nothing, and told."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import events, imports, insights, sight, trades, users
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.imports.turn import import_lock
from coach.errors import Locked, NotFound, Refused, StrictImport
from coach.model.accounts import Run

Importer = Callable[..., Run]
BAD = ["09:00 buy BTC-USD 1 @ 100", "09:01 buy BTC-USD nonsense @ 100"]


def test_a_bad_row_is_named_and_the_rest_is_imported(imported: Importer) -> None:
    run = imported(*BAD)
    assert (run.fetched, run.new, run.skipped_count) == (2, 1, 1)
    assert (run.skipped[0].line, run.skipped[0].column) == (3, "quantity")


def test_strict_imports_nothing_when_a_row_is_bad(session: Session, imported: Importer) -> None:
    with pytest.raises(StrictImport, match="line 3"):
        imported(*BAD, strict=True)
    assert trades.profit(session).rows == ()
    assert [run.state for run in imports.all_runs(session)] == ["failed"]


def test_a_dry_run_counts_and_leaves_no_trace(session: Session, imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100", dry_run=True)
    assert run.new == 1
    assert imports.all_runs(session) == []
    assert list(events.every(session)) == []
    assert trades.profit(session).rows == ()


def test_an_import_tells_what_it_brought(session: Session, imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100")
    told = [event for event in events.every(session) if event.type == "import.done"]
    assert [event.payload["run_id"] for event in told] == [run.id]
    assert told[0].payload["new"] == 1


def test_a_breach_is_told_with_its_trades(session: Session, imported: Importer) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 1})
    imported(
        "09:00 buy BTC-USD 1 @ 100",
        "09:01 sell BTC-USD 1 @ 101",
        "09:02 buy BTC-USD 1 @ 100",
    )
    (told,) = [event for event in events.every(session) if event.type == "rule.breached"]
    (breach,) = rules.breaches(session)
    assert told.payload["trade_ids"] == [breach.trade_id]
    assert len(breach.fill_keys) == 1


def test_a_new_rule_is_held_against_the_past(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90", "09:02 buy BTC-USD 1 @ 90")
    view = rules.add(session, "cooldown_after_loss", {"minutes": 5})
    assert view.breaches == 1
    assert rules.set_active(session, view.rule.id, active=False).breaches == 1
    rules.remove(session, view.rule.id)
    assert rules.breaches(session) == []


def test_a_few_fills_are_not_enough_evidence(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    found = insights.findings(session).findings
    assert {finding.level for finding in found} == {"insufficient"}
    assert all(finding.needed > 0 or finding.lacks for finding in found)


def test_the_second_importer_is_told_to_wait(session: Session, imported: Importer) -> None:
    with (
        session.connect() as other,
        import_lock(other, session.user),
        pytest.raises(Locked, match="another coach"),
    ):
        imported("09:00 buy BTC-USD 1 @ 100", wait_s=0.05)


def test_a_wait_for_another_import_is_announced_once(session: Session) -> None:
    announced: list[str] = []
    patient = replace(session, announce_wait=lambda: announced.append("waiting"))
    with (
        session.connect() as other,
        import_lock(other, session.user),
        pytest.raises(Locked),
        sight.import_turn(patient, patience_s=1.1),
    ):
        raise AssertionError
    assert announced == ["waiting"]


def test_whoever_has_its_turn_at_once_announces_nothing(session: Session) -> None:
    announced: list[str] = []
    patient = replace(session, announce_wait=lambda: announced.append("waiting"))
    with sight.import_turn(patient):
        pass
    assert announced == []


def test_an_interrupted_run_is_seen_and_can_be_tried_again(
    session: Session, imported: Importer
) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100")
    imports.undo(session, run.id)
    session.connection.execute("update run set state = 'running'")
    imported("09:05 buy BTC-USD 1 @ 100")
    states = {found.id: found.state for found in imports.all_runs(session)}
    assert states[run.id] == "failed"


def test_an_unknown_run_cannot_be_undone(session: Session) -> None:
    with pytest.raises(NotFound):
        imports.undo(session, "abc")


def test_a_run_is_undone_once(session: Session, imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100")
    imports.undo(session, run.id)
    with pytest.raises(Refused, match="undone"):
        imports.undo(session, run.id)


def test_a_file_that_is_not_there_is_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.csv"):
        import_statement(session, tmp_path / "nowhere.csv", ImportRequest())


def test_a_third_coin_fee_is_a_line_of_its_own(session: Session, tmp_path: Path) -> None:
    """
    buy 1 @ 100, fee 0.01 BNB; sell 1 @ 110, fee 1 USD
    """
    file = tmp_path / "bnb.csv"
    file.write_text(
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0.01,BNB,\n"
        "2026-03-02T09:05:00Z,BTC-USD,sell,1,110,1,USD,\n"
    )
    import_statement(session, file, ImportRequest())
    profit = trades.profit(session)
    position = profit.rows[0].position
    assert [position.gross, position.fees, position.net] == [Decimal(10), Decimal(1), Decimal(9)]
    assert {coin: str(fee) for coin, fee in position.other_fees.items()} == {"BNB": "0.01"}
    assert "BNB" in profit.warnings[0]


def test_totals_are_the_exact_sum_of_their_symbols(session: Session, imported: Importer) -> None:
    imported(
        "09:00 buy BTC-USD 1 @ 10000000000000000000.000000000001",
        "09:01 sell BTC-USD 1 @ 20000000000000000000.000000000003",
        "09:00 buy ETH-USD 1 @ 0.000000000000000001",
        "09:01 sell ETH-USD 1 @ 0.000000000000000003",
    )
    assert (
        str(trades.profit(session).totals["USD"].gross) == "10000000000000000000.000000000002000002"
    )


def test_breaches_follow_the_zone_that_days_are_cut_in(
    session: Session, imported: Importer
) -> None:
    """Three entries of one UTC day fall on two days in Auckland."""
    rules.add(session, "max_trades_per_day", {"limit": 2})
    imported(
        *(f"{hour}:00 buy {coin}-USD 1 @ 10" for hour, coin in ((10, "A"), (12, "B"), (13, "C")))
    )
    assert len(rules.breaches(session)) == 1
    users.set_zone(session, "Pacific/Auckland")
    assert rules.breaches(session) == []
    elsewhere = replace(session, user=replace(session.user, zone="Pacific/Auckland"))
    users.set_zone(elsewhere, "UTC")
    assert len(rules.breaches(session)) == 1
