"""A file's clock: what it names, else what is documented, and never a guess."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coach.brokers.statements import open_statement
from coach.errors import UnknownClock
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

Written = Callable[[str], Path]

MADRID = ZoneInfo("Europe/Madrid")
BINANCE = (
    "{},Pair,Side,Price,Executed,Amount,Fee\n"
    "2024-03-08 10:15:42,BTCEUR,BUY,50000,0.05BTC,2500EUR,1EUR\n"
)
GENERIC = "timestamp,symbol,side,quantity,price,fee\n{},BTC-EUR,buy,1,100,0\n"
KRAKEN = (
    "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers\n"
    "T1,O1,XXBTZEUR,2024-03-08 10:15:42,buy,limit,50000,2500,1,0.05,0,,L1\n"
)


def clock(path: Path, name: str = "mine.csv") -> tuple[str, str]:
    found = open_statement(path, file_name=name).clock
    assert found is not None
    return found.name, found.origin


def test_a_file_that_names_no_clock_has_none(written: Written) -> None:
    assert open_statement(written(BINANCE.format("Time"))).clock is None
    assert open_statement(written(GENERIC.format("2024-03-08 10:15:42"))).clock is None


def test_a_broker_that_documents_utc_is_believed(written: Written) -> None:
    assert clock(written(KRAKEN)) == ("UTC", "format")


def test_times_that_name_their_zone_need_no_clock(written: Written) -> None:
    assert clock(written(GENERIC.format("2024-03-08T10:15:42Z"))) == ("", "rows")


def test_a_line_above_the_header_is_believed(written: Written) -> None:
    text = "Report of mine\nTime Zone:,UTC+8\n" + BINANCE.format("Time")
    assert clock(written(text)) == ("UTC+8", "preamble")


def test_the_name_of_the_file_is_believed(written: Written) -> None:
    path = written(BINANCE.format("Time"))
    assert clock(path, "trades (UTC+2).csv") == ("UTC+2", "file name")


def test_a_header_and_a_file_name_that_disagree_settle_nothing(written: Written) -> None:
    statement = open_statement(written(BINANCE.format("Date(UTC)")), file_name="trades (UTC+2).csv")
    assert statement.clock is None
    assert "header says UTC and the file name says UTC+2" in str(statement.clock_trouble)


def test_a_person_settles_what_the_file_leaves_open(written: Written) -> None:
    path = written(BINANCE.format("Date (EST)"))
    assert "'est', which is no one clock" in str(open_statement(path).clock_trouble)
    found = open_statement(path, zone=ZoneInfo("America/New_York")).clock
    assert found is not None
    assert (found.name, found.origin) == ("America/New_York", "user")


def test_a_person_cannot_say_against_the_file(written: Written) -> None:
    with pytest.raises(UnknownClock, match=r"header says UTC\+1, and you say Europe/Madrid"):
        open_statement(written(BINANCE.format("Date(UTC+1)")), zone=MADRID)


def test_a_time_with_its_own_zone_keeps_it_whatever_the_file_is_on(written: Written) -> None:
    path = written(
        GENERIC.format("2024-03-08T10:15:42Z") + "2024-03-08 10:15:42,BTC-EUR,sell,1,100,0\n"
    )
    first, second = open_statement(path, zone=MADRID).rows()
    assert isinstance(first, Fill)
    assert isinstance(second, Fill)
    assert [first.at.hour, second.at.hour] == [10, 9]


def test_among_times_with_zones_one_without_is_not_read(written: Written) -> None:
    path = written(
        GENERIC.format("2024-03-08T10:15:42Z") + "2024-03-08 10:15:42,BTC-EUR,sell,1,100,0\n"
    )
    _, second = open_statement(path).rows()
    assert isinstance(second, SkippedRow)
    assert "has no zone" in second.reason
