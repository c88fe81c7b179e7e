"""Files of candles: any order, any length of bar, and every row accounted for."""

import gzip
from array import array
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.market.files import CandleFile, FileWeek, Survey, length_of_bars, time_us
from coach.errors import NotCandles, UsageError
from coach.model.fills import Symbol
from coach.model.times import SECOND_US

HEADER = "time,symbol,open,high,low,close,volume"
NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())
Write = Callable[..., Path]


def row(minute: int, symbol: str = "BTC-USD", bar: str = "10,12,9,11,3") -> str:
    return f"{NOON + 60 * minute},{symbol},{bar}"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, header: str = HEADER) -> Path:
        file = tmp_path / "candles.csv"
        file.write_text("\n".join([header, *rows]) + "\n")
        return file

    return written


def read(path: Path, only: str | None = None) -> tuple[Survey, list[FileWeek]]:
    file = CandleFile(path, Symbol(only) if only else None)
    survey = file.survey()
    return survey, list(file.weeks(survey))


def test_rows_become_weeks_of_bars(write: Write) -> None:
    survey, weeks = read(write(*(row(minute) for minute in (0, 1, 2, 10_000, 10_001))))
    assert [(week.week, len(week.candles), week.granularity) for week in weeks] == [
        (date(2026, 3, 2), 3, 60),
        (date(2026, 3, 9), 2, 60),
    ]
    assert weeks[0].candles[0].close == Decimal(11)
    assert survey.skipped.count == 0


@pytest.mark.parametrize(
    "time",
    ["2026-03-04T12:00:00Z", "2026-03-04T13:00:00+01:00", f"{NOON}", f"{NOON}000", f"{NOON}.0"],
)
def test_a_time_may_be_written_in_many_ways(time: str) -> None:
    assert time_us(time) == NOON * SECOND_US


@pytest.mark.parametrize("time", ["2026-03-04T12:00:00", "yesterday", "", "12", "-5", "9" * 30])
def test_a_time_without_a_zone_or_sense_is_none(time: str) -> None:
    assert time_us(time) is None


def test_the_length_of_the_bars_is_seen_per_symbol_in_spite_of_gaps(write: Write) -> None:
    rows = [row(minute, "LINK-USD") for minute in (0, 2, 4, 5, 9, 11)]
    rows += [row(15 * quarter, "ETH-USD") for quarter in (0, 1, 2, 4)]
    survey, _ = read(write(*rows))
    lengths = {symbol: series.granularity for symbol, series in survey.series.items()}
    assert lengths == {"LINK-USD": 60, "ETH-USD": 900}


def test_a_wrong_minute_among_many_is_skipped_by_its_line(write: Write) -> None:
    rows = [row(minute) for minute in range(60)]
    rows[30] = f"{NOON + 60 * 30 + 7},BTC-USD,10,12,9,11,3"
    survey, weeks = read(write(*rows))
    assert [(one.line, one.column) for one in survey.skipped.rows] == [(32, "time")]
    assert len(weeks[0].candles) == 59


def test_rows_that_cannot_be_read_are_named_and_the_rest_is_taken(write: Write) -> None:
    rows = [row(minute) for minute in range(100)]
    rows[1], rows[2] = row(1, bar="10,12,9,much,3"), f"soon,{rows[2]}"
    rows[3] = row(3, symbol="=cmd()")
    survey, weeks = read(write(*rows))
    assert [(one.line, one.column) for one in survey.skipped.rows] == [
        (3, "close"),
        (4, "row"),
        (5, "symbol"),
    ]
    assert len(weeks[0].candles) == 97


def test_a_symbol_of_which_a_tenth_cannot_be_true_is_refused_and_others_are_not(
    write: Write,
) -> None:
    rows = [row(minute, bar="10,9,12,11,3") for minute in range(1)]
    rows += [row(minute) for minute in range(1, 10)]
    rows += [row(minute, "ETH-USD") for minute in range(5)]
    survey, weeks = read(write(*rows))
    assert set(survey.refused) == {"BTC-USD"}
    assert [week.symbol for week in weeks] == ["ETH-USD"]


def test_bars_that_contradict_each_other_refuse_the_symbol(write: Write) -> None:
    rows = [row(0), row(1), row(1, bar="10,20,9,11,3")]
    assert set(read(write(*rows))[0].refused) == {"BTC-USD"}


def test_one_bar_does_not_tell_its_length(write: Write) -> None:
    assert "length" in read(write(row(0)))[0].refused[Symbol("BTC-USD")]


def test_a_header_alone_holds_nothing_and_is_no_error(write: Write) -> None:
    survey, weeks = read(write())
    assert (survey.series, survey.refused, weeks) == ({}, {}, [])


def test_gzip_columns_in_any_order_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "candles.csv.gz"
    lines = ["\ufeffSymbol;Close;Open;High;Low;Volume;Time;trades"]
    lines += [f"eth-usd;11;10;12;9;3;{NOON + 60 * minute};7" for minute in range(3)]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    _, weeks = read(file)
    assert weeks[0].symbol == "ETH-USD"
    assert weeks[0].candles[0].open == Decimal(10)


def test_a_symbol_can_be_given_or_chosen(write: Write) -> None:
    bare = [f"{NOON + 60 * minute},10,12,9,11,3" for minute in range(2)]
    file = write(*bare, header=HEADER.replace("symbol,", ""))
    assert read(file, "SOL-USD")[1][0].symbol == "SOL-USD"
    with pytest.raises(UsageError):
        read(file)
    rows = [row(minute, name) for name in ("BTC-USD", "ETH-USD") for minute in range(2)]
    assert {week.symbol for week in read(write(*rows), "ETH-USD")[1]} == {"ETH-USD"}


def test_what_is_no_file_of_candles_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(NotCandles):
        read(write("1,2", header="ts,price,vol"))
    torn = tmp_path / "torn.gz"
    torn.write_bytes(gzip.compress(b"x" * 5000)[:30])
    with pytest.raises(NotCandles):
        read(torn)
    with pytest.raises(UsageError):
        read(tmp_path / "absent.csv")


@given(st.permutations(range(24)))
def test_the_order_of_the_rows_changes_nothing(order: list[int]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = Path(folder) / "shuffled.csv"
        file.write_text("\n".join([HEADER, *(row(720 * hour) for hour in order)]) + "\n")
        _, weeks = read(file)
    found = [
        candle.start_us
        for week in sorted(weeks, key=lambda one: one.week)
        for candle in week.candles
    ]
    assert found == [(NOON + 60 * 720 * hour) * SECOND_US for hour in range(24)]


def test_a_line_without_an_end_is_cut_and_counted(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.brokers.market.files.LONGEST_LINE", 500)
    rows = [row(minute) for minute in range(40)]
    survey, weeks = read(write(*rows, "x" * 1200))
    assert survey.skipped.count == 3
    assert len(weeks[0].candles) == 40


def test_two_bars_an_hour_apart_are_hours() -> None:
    assert length_of_bars(array("q", [0, 3600 * SECOND_US])) == 3600 * SECOND_US
