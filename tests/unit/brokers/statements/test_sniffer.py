"""Which export a file is; and the sentence for what is none."""

import io
import zipfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from coach.advice.hints import hint_of
from coach.brokers.statements import FORMATS, open_statement
from coach.errors import CoachError, NotAStatement, NotFound, UsageError

Written = Callable[[str | bytes], Path]

GENERIC = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
HEADERS = {
    "generic": GENERIC,
    "coinbase-history": "Timestamp,Transaction Type,Asset,Quantity Transacted,"
    "EUR Spot Price at Transaction,EUR Subtotal,EUR Total (inclusive of fees),EUR Fees,Notes\n",
    "coinbase-fills": "trade id,product,side,created at,size,size unit,price,fee,total,unit\n",
    "binance-trades": "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n",
    "binance-trades-old": "Date(UTC);Market;Type;Price;Amount;Total;Fee;Fee Coin\n",
    "kraken-trades": '"txid","ordertxid","pair","time","type","price","cost","fee","vol"\n',
}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_export_is_known_by_its_header_alone(written: Written, name: str) -> None:
    statement = open_statement(written(HEADERS[name]))
    assert statement.info.name == name
    assert list(statement.rows()) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("preamble", ["", "\n", ",,,,\n,\n", '"Notice; of, tax"\n\nUser,A,1\n'])
def test_delimiter_and_preamble_do_not_matter(
    written: Written, delimiter: str, preamble: str
) -> None:
    text = preamble + f" {GENERIC.upper()}".replace(",", delimiter)
    assert open_statement(written(text)).info.name == "generic"


@pytest.mark.parametrize(
    ("name", "family", "account", "rank", "shorts"),
    [
        ("generic", "generic", "main", 10, True),
        ("coinbase-history", "coinbase-history", "coinbase", 10, False),
        ("coinbase-fills", "coinbase-fills", "coinbase", 20, False),
        ("binance-trades", "binance-trades", "binance", 20, False),
        ("binance-trades-old", "binance-trades", "binance", 20, False),
        ("kraken-trades", "kraken", "kraken", 20, False),
    ],
)
def test_a_source_says_who_speaks(
    written: Written, name: str, family: str, account: str, rank: int, *, shorts: bool
) -> None:
    info = open_statement(written(HEADERS[name])).info
    assert (info.family, info.account, info.rank, info.shorts) == (family, account, rank, shorts)


@pytest.mark.parametrize(
    ("header", "words", "hint"),
    [
        ("ts,price,vol", "market's trades", "add a fee column"),
        ("time,price,size", "market's trades", "timestamp,symbol"),
        ("timestamp,symbol,side,size,price,tickDirection", "market's trades", "fee column"),
        ("id,price,qty,quote_qty,time,is_buyer_maker", "market's trades", "fee column"),
        ("time,open,high,low,close,volume", "candles", "export your own fills"),
        ("time,symbol,open,high,low,close,volume", "candles", "export your own fills"),
        ("t;o;h;l;c;v", "candles", "export your own fills"),
        ("Date(UTC),Product Name,Coin,Amount", "Binance Earn", "Trade History"),
        ("ActivityType,Symbol,Date,Currency,Quantity,UnitPrice,Fee", "Ghostfolio", "broker"),
        (
            "Date(UTC);Pair;Type;Order Price;Order Amount;AvgTrading Price;Filled;Total;status",
            "order history",
            "Trade History",
        ),
        (
            "Date(UTC),OrderNo,Pair,Type,Side,Order Price,Order Amount,Time,Executed,Average Price",
            "order history",
            "Trade History",
        ),
    ],
)
def test_what_people_take_for_a_statement_is_named(
    written: Written, header: str, words: str, hint: str
) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written(f"{header}\n"))
    assert words in str(refusal.value)
    assert hint in hint_of(refusal.value)
    assert refusal.value.facts["file"] == "statement.csv"


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\xef\xbb\xbf\r\n \n", "an empty file"),
        (b"\0" * 100, "an empty file"),
        (archive(), "Excel workbook"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (bytes(range(256)) * 9, "a binary file"),
        (GENERIC.encode("utf-16-le"), "a binary file"),
        (b'{"fills": []}', "JSON"),
        (b"  [1, 2]", "JSON"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"hello world\n", "a text without columns"),
        (b"1,2,3\n4,5,6\n", "rows of numbers without a header"),
    ],
)
def test_what_is_no_table_is_named(written: Written, content: bytes, words: str) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written(content))
    assert words in str(refusal.value)
    assert "timestamp,symbol,side" in refusal.value.hint


def test_unknown_columns_are_listed_with_the_nearest_export(written: Written) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written("timestamp,symbol,direction,quantity,price,fee\n"))
    assert "'direction'" in str(refusal.value)
    assert "nearest is generic, which also needs side" in str(refusal.value)


def test_a_header_like_nothing_known_has_no_nearest(written: Written) -> None:
    with pytest.raises(NotAStatement, match="belong to no known export"):
        open_statement(written("apples,pears,plums\n"))


def test_a_column_that_stands_twice_is_refused(written: Written) -> None:
    with pytest.raises(NotAStatement, match="'price' stands twice"):
        open_statement(written("timestamp,symbol,side,quantity,price,price,fee\n"))


def test_a_named_format_is_the_only_one_tried(written: Written) -> None:
    path = written(GENERIC)
    assert open_statement(path, "generic").info.name == "generic"
    with pytest.raises(NotAStatement):
        open_statement(path, "kraken-trades")


@pytest.mark.parametrize(("named", "name"), list(permutations(sorted(FORMATS), 2)))
def test_a_file_named_as_another_export_is_called_by_its_name(
    written: Written, named: str, name: str
) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written("\n" + HEADERS[name]), named)
    assert str(refusal.value.facts["looks_like"]).startswith(f"{name}: ")
    assert hint_of(refusal.value) == f"leave --as out, or say --as {name}"


def test_a_file_that_is_no_export_is_held_against_the_format_named(written: Written) -> None:
    path = written("apples,pears,plums\n")
    with pytest.raises(NotAStatement, match="nearest is kraken-trades, which also needs txid"):
        open_statement(path, "kraken-trades")


def test_a_misspelt_format_is_guessed(written: Written) -> None:
    with pytest.raises(UsageError) as refusal:
        open_statement(written(GENERIC), "kraken-trade")
    assert "did you mean kraken-trades?" in refusal.value.hint


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_statement(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="is not a file"):
        open_statement(tmp_path)


def test_a_file_that_vanishes_while_read_is_our_error(written: Written) -> None:
    path = written(GENERIC)
    statement = open_statement(path)
    path.unlink()
    with pytest.raises(CoachError, match="cannot be read: no such file"):
        list(statement.rows())


def test_a_statement_can_be_read_twice(written: Written) -> None:
    path = written(GENERIC.strip() + ",mood\n2024-03-15T10:30:00Z,BTC-EUR,buy,1,2,0,,,calm\n")
    statement = open_statement(path)
    assert list(statement.rows()) == list(statement.rows())
    assert statement.warnings() == ("columns that coach does not read: mood",)


def test_a_windows_byte_far_down_a_utf_8_file_spoils_only_its_cell(written: Written) -> None:
    row = "2024-03-15T10:30:00Z,BTC-EUR,buy,1,2,0,,\n"
    text = (GENERIC + row * 2000).encode() + b"2024-03-15T10:30:00Z,BTC-EUR,buy,1,\x80,0,,\n"
    *others, last = open_statement(written(text)).rows()
    assert len(others) == 2000
    assert last.line == 2002
