"""A file of candles that is uploaded is kept once, as the command imports a file."""

import gzip

import pytest

from tests.integration.server.writes.conftest import Trader

KEY = "5f0c6b1e-2222-4222-8333-abcdefabcdef"
PATH = "/api/candles"
COLUMNS = "time,symbol,open,high,low,close,volume"


def candles(*hours: int, high: int = 101) -> bytes:
    bars = [f"2026-03-02T{hour:02d}:00:00Z,BTC-USD,100,{high},99,100,5" for hour in hours]
    return ("\n".join([COLUMNS, *bars]) + "\n").encode()


def test_an_upload_of_candles_is_kept_under_its_source(trader: Trader) -> None:
    file = ("btc.csv", candles(*range(24)))
    status, answer = trader.upload_to(PATH, file, source="mine")
    assert (status, answer["command"]) == (201, "candles import")
    [kept] = trader.client.get(PATH).json()["data"]
    assert (kept["symbol"], kept["source"], kept["bars"]) == ("BTC-USD", "mine", 24)
    assert not list(trader.settings.home.cache.glob("upload-*"))


def test_candles_may_come_gzipped(trader: Trader) -> None:
    file = ("btc.csv.gz", gzip.compress(candles(*range(24))))
    status, answer = trader.upload_to(PATH, file, source="mine", symbol="BTC-USD")
    assert status == 201
    assert isinstance(answer["data"], dict)
    assert answer["data"]["bars"] == 24


def test_an_upload_of_candles_that_comes_again_has_the_first_answer(trader: Trader) -> None:
    file = ("btc.csv", candles(*range(24)))
    first = trader.upload_to(PATH, file, KEY, source="mine")
    assert trader.upload_to(PATH, file, KEY, source="mine") == first
    assert trader.upload_to(PATH, file, KEY, source="others")[0] == 422


def test_bars_that_cannot_be_used_are_named_and_the_others_kept(trader: Trader) -> None:
    content = candles(*range(23)) + b"2026-03-02T23:00:00Z,BTC-USD,100,much,99,100,5\n"
    status, answer = trader.upload_to(PATH, ("btc.csv", content), source="mine")
    assert status == 201
    assert isinstance(answer["data"], dict)
    assert (answer["data"]["bars"], answer["data"]["skipped_count"]) == (23, 1)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"nothing\n", 422),
        (b"\xff\xfe\x00", 422),
        (gzip.compress(candles(*range(24)))[:-9], 422),
        (candles(*range(24), high=1), 422),
    ],
)
def test_what_is_no_file_of_candles_is_named_as_its_sender_names_it(
    trader: Trader, content: bytes, status: int
) -> None:
    told, answer = trader.upload_to(PATH, ("btc.csv", content), source="mine")
    assert told == status, answer
    assert "upload-" not in str(answer)
    assert trader.client.get(PATH).json()["data"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"source": ""},
        {"source": "../mine"},
        {"source": "mine", "symbol": "no symbol"},
        {"source": "mine", "colour": "red"},
    ],
)
def test_a_field_that_an_upload_of_candles_does_not_take_is_refused(
    trader: Trader, fields: dict[str, str]
) -> None:
    status, answer = trader.upload_to(PATH, ("btc.csv", candles(*range(24))), **fields)
    assert status == 400, answer
    assert "E_USAGE" in str(answer)
