"""A file's clock: asked for, kept with the account, and held against the fills that are known."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.advice.hints import hint_of
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from coach.engine.store import fills
from coach.errors import ShiftedImport, UnknownClock, UsageError
from coach.model.accounts import Run

TIME = "Time,Pair,Side,Price,Executed,Amount,Fee"
UTC_HEADER = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee"
TRADE = (
    "2025-07-10 00:30:07,BTCUSDC,BUY,100000,0.01BTC,1000USDC,1USDC",
    "2025-07-10 12:00:21,BTCUSDC,SELL,101000,0.01BTC,1010USDC,1.01USDC",
)
LATER = (
    "2025-07-11 08:15:33,ETHUSDC,BUY,2500,0.4ETH,1000USDC,1USDC",
    "2025-07-11 09:00:21,ETHUSDC,SELL,2600,0.4ETH,1040USDC,1.04USDC",
)

Importer = Callable[..., Run]


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Importer:
    def bring(header: str, *rows: str, name: str = "mine.csv", **more: object) -> Run:
        file = tmp_path / name
        file.write_text("\n".join([header, *rows]) + "\n")
        return import_statement(session, file, ImportRequest(**more))  # type: ignore[arg-type]

    return bring


def moments(session: Session) -> list[datetime]:
    rows = session.connection.execute("select at from fill order by at").fetchall()
    return [row[0] for row in rows]


def shifted(rows: tuple[str, ...], before: str, after: str) -> list[str]:
    return [row.replace(before, after) for row in rows]


def test_a_file_of_unknown_clock_is_refused_with_what_to_say(
    bring: Importer, session: Session
) -> None:
    with pytest.raises(UnknownClock) as refused:
        bring(TIME, *TRADE)
    assert "--zone Europe/Madrid" in hint_of(refused.value)
    assert moments(session) == []


def test_the_zone_of_a_file_is_kept_with_the_account_for_its_format(
    bring: Importer, session: Session
) -> None:
    first = bring(TIME, *TRADE, zone="Europe/Madrid")
    second = bring(TIME, *LATER, name="later.csv")
    assert (first.clock, first.clock_origin) == ("Europe/Madrid", "user")
    assert (second.clock, second.clock_origin) == ("Europe/Madrid", "account")
    assert moments(session)[0] == datetime(2025, 7, 9, 22, 30, 7, tzinfo=UTC)
    assert moments(session)[2] == datetime(2025, 7, 11, 6, 15, 33, tzinfo=UTC)


def test_the_kept_zone_settles_a_header_that_can_mean_two(bring: Importer) -> None:
    header = TIME.replace("Time", "Time (EST)")
    with pytest.raises(UnknownClock, match="no one clock"):
        bring(header, *TRADE)
    bring(header, *TRADE, zone="America/New_York")
    assert bring(header, *LATER, name="later.csv").clock == "America/New_York"


def test_another_account_does_not_have_that_zone(bring: Importer) -> None:
    bring(TIME, *TRADE, zone="Europe/Madrid")
    with pytest.raises(UnknownClock):
        bring(TIME, *LATER, account="second")


def test_a_dry_run_keeps_no_zone(bring: Importer) -> None:
    assert bring(TIME, *TRADE, zone="Europe/Madrid", dry_run=True).new == 2
    with pytest.raises(UnknownClock):
        bring(TIME, *TRADE)


def test_a_zone_that_is_none_is_named(bring: Importer) -> None:
    with pytest.raises(UsageError, match="not 'Europe/Madird'"):
        bring(TIME, *TRADE, zone="Europe/Madird")


def test_the_same_file_on_another_clock_is_refused_and_stores_nothing(
    bring: Importer, session: Session
) -> None:
    bring(TIME, *TRADE, zone="Europe/Madrid")
    before = moments(session)
    with pytest.raises(ShiftedImport, match=r"2 of 2 fills .* but for a shift of \+2 h"):
        bring(TIME, *TRADE, zone="UTC")
    assert moments(session) == before


def test_anyway_takes_them_as_other_trades(bring: Importer, session: Session) -> None:
    bring(TIME, *TRADE, zone="Europe/Madrid")
    assert bring(TIME, *TRADE, zone="UTC", anyway=True).new == 2
    assert len(moments(session)) == 4


def test_undoing_the_wrong_clock_makes_room_for_the_right_one(
    bring: Importer, session: Session
) -> None:
    wrong = bring(TIME, *TRADE, zone="UTC")
    undo(session, wrong.id)
    assert bring(TIME, *TRADE, zone="Europe/Madrid").new == 2
    assert moments(session)[0] == datetime(2025, 7, 9, 22, 30, 7, tzinfo=UTC)


def test_a_file_with_dropped_seconds_is_refused(bring: Importer, session: Session) -> None:
    bring(UTC_HEADER, *TRADE)
    dropped = [row.replace(":07,", ":00,").replace(":21,", ":00,") for row in TRADE]
    with pytest.raises(ShiftedImport, match="but for dropped seconds"):
        bring(UTC_HEADER, *dropped, name="saved.csv")
    assert len(moments(session)) == 2


def test_ids_do_not_hide_a_shift(bring: Importer, session: Session) -> None:
    """the same two trades with their ids, the second time read an hour later"""
    header = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
    rows = (
        "2025-07-10T10:00:07{},BTC-EUR,buy,1,100,0,,a1",
        "2025-07-10T11:00:07{},BTC-EUR,sell,1,110,0,,a2",
    )
    bring(header, *(row.format("+01:00") for row in rows))
    with pytest.raises(ShiftedImport):
        bring(header, *(row.format("Z") for row in rows), name="again.csv")
    assert moments(session)[0] == datetime(2025, 7, 10, 9, 0, 7, tzinfo=UTC)


def test_one_corrected_time_among_known_rows_is_a_correction(bring: Importer) -> None:
    header = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
    rows = [f"2025-07-10T1{hour}:00:07Z,BTC-EUR,buy,1,10{hour},0,,a{hour}" for hour in range(4)]
    bring(header, *rows)
    corrected = [rows[0].replace("T10:", "T09:"), *rows[1:]]
    run = bring(header, *corrected, name="again.csv")
    assert (run.known, run.changed) == (3, 1)


def test_later_trades_at_the_same_price_are_new(bring: Importer) -> None:
    bring(UTC_HEADER, *TRADE)
    later = [row.replace("2025-07-10", "2025-07-11") for row in TRADE]
    assert bring(UTC_HEADER, *later, name="later.csv").new == 2


def test_a_file_that_begins_before_and_overlaps_on_another_clock_is_refused(
    bring: Importer,
) -> None:
    older = [
        f"2025-06-{day:02d} 10:00:11,SOLUSDC,BUY,150,{day}SOL,{150 * day}USDC,1USDC"
        for day in range(1, 20)
    ]
    bring(UTC_HEADER, *TRADE, *LATER)
    moved = shifted((*TRADE, *LATER), "2025-07-1", "2025-07-1")
    with pytest.raises(ShiftedImport):
        bring("Date(UTC+2),Pair,Side,Price,Executed,Amount,Fee", *older, *moved, name="longer.csv")


def test_fills_with_ids_of_their_own_are_other_fills(bring: Importer) -> None:
    header = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
    row = "2025-07-10T1{0}:00:07Z,BTC-EUR,buy,1,100,0,,a{0}"
    bring(header, row.format(0), row.format(1))
    assert bring(header, row.format(2), row.format(3), name="later.csv").new == 2


def test_fills_are_compared_in_their_own_account_only(bring: Importer, session: Session) -> None:
    bring(TIME, *TRADE, zone="Europe/Madrid")
    assert bring(TIME, *TRADE, zone="UTC", account="second").new == 2
    assert fills.reach(session.connection, session.user.id, None)[0] == 4
