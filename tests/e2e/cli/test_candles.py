"""Candles on the command line: from a file, from the sandbox, and what is told of them."""

import gzip
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from coach.engine.postgres import embedded
from tests.e2e.cli.conftest import assert_published, running_sandbox

Coach = Callable[..., CompletedProcess[str]]
HEADER = "time,symbol,open,high,low,close,volume"
MONDAY = 1_772_409_600  # 2026-03-02T00:00:00Z


def bars(symbol: str, count: int, step: int = 900) -> list[str]:
    return [f"{MONDAY + step * number},{symbol},10,12,9,11,3" for number in range(count)]


def data(ended: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- whatever the command tells
    return json.loads(ended.stdout)["data"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "bars.csv.gz"
    lines = [HEADER, *bars("BTC-USD", 700), *bars("ETH-USD", 50, 3600)]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    return file


@pytest.fixture
def sandbox(home: Path) -> Iterator[dict[str, str]]:
    with running_sandbox(home) as told:
        yield told


def test_a_file_tells_its_symbols_bars_and_span(coach: Coach, file: Path) -> None:
    ended = coach("candles", "import", str(file), "--source", "my-data", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = data(ended)
    assert (told["symbols"], told["bars"]) == (["BTC-USD", "ETH-USD"], 750)
    assert (told["first"], told["last"]) == ("2026-03-02T00:00:00Z", "2026-03-09T06:45:00Z")
    assert (told["source"], told["granularity"], told["weeks"]) == ("my-data", None, 3)
    again = data(coach("candles", "import", str(file), "--source", "my-data", "--json"))
    assert (again["bars"], again["new"], again["changed"]) == (750, 0, 0)


def test_what_is_kept_is_listed(coach: Coach, file: Path) -> None:
    coach("candles", "import", str(file), "--source", "my-data")
    rows = {(one["symbol"], one["source"]): one for one in data(coach("candles", "list", "--json"))}
    kept = rows["BTC-USD", "my-data"]
    assert (kept["granularity"], kept["weeks"], kept["complete"], kept["gaps"]) == ("15m", 2, 1, 0)


def test_a_bar_that_cannot_be_true_ends_in_3_and_is_named(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    lines = bars("SOL-USD", 100)
    lines[9] = lines[9].replace("12,9", "8,9")
    file.write_text("\n".join([HEADER, *lines]))
    ended = coach("candles", "import", str(file), "--source", "x")
    assert ended.returncode == 3
    assert "line 11, high: below the low" in ended.stderr
    told = data(coach("candles", "import", str(file), "--source", "x", "--json"))
    [skipped] = told["skipped"]
    assert {"line": 11, "column": "high", "reason": "below the low"}.items() <= skipped.items()


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        ("a,b\n1,2\n", 1, "E_NOT_CANDLES"),
        ("\n".join([HEADER, *(row.replace("12,9", "8,9") for row in bars("X-Y", 9))]), 1, None),
        ("time,open,high,low,close,volume\n1772409600,1,1,1,1,1\n", 2, "E_USAGE"),
    ],
)
def test_what_holds_no_candles_is_refused(
    coach: Coach, tmp_path: Path, text: str, code: int, error: str | None
) -> None:
    file = tmp_path / "bars.csv"
    file.write_text(text)
    ended = coach("candles", "import", str(file), "--source", "x", "--json")
    assert ended.returncode == code
    assert json.loads(ended.stdout)["error"]["code"] == (error or "E_NO_TRUTH")


def test_candles_may_come_from_stdin_and_be_given_a_symbol(coach: Coach) -> None:
    lines = [row.replace(",LTC-USD", "") for row in bars("LTC-USD", 5)]
    text = "\n".join([HEADER.replace(",symbol", ""), *lines])
    words = ("candles", "import", "-", "--source", "x", "--symbol", "ltc-usd", "--json")
    assert data(coach(*words, stdin=text))["symbols"] == ["LTC-USD"]


@pytest.fixture
def unconnected(coach: Coach, file: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home that holds candles of a file and is connected to no broker."""
    database = embedded.DatabaseHome(tmp_path / "home/data", throwaway=True)
    home = {"COACH_HOME": str(tmp_path / "home")}
    embedded.ensure_running(database)
    try:
        assert coach("candles", "import", str(file), "--source", "x", **home).returncode == 0
        yield home
    finally:
        embedded.discard(database)


def test_the_sources_are_shown_without_asking_any(
    coach: Coach, unconnected: dict[str, str]
) -> None:
    ended = coach("candles", "sources", "--symbol", "BTC-USDT", "--json", **unconnected)
    assert (ended.returncode, ended.stderr) == (0, "")
    told = data(ended)
    assert [one["source"] for one in told["sources"]] == [
        *("coinbase", "binance", "coinapi", "alphavantage"),
    ]
    assert (told["chosen"], told["sources"][2]["enabled"]) == ("coinbase", False)


def test_a_vendors_key_is_never_shown(coach: Coach, unconnected: dict[str, str]) -> None:
    said = {**unconnected, "COACH_CANDLE_SOURCES": "coinapi,alphavantage"}
    keys = {"COACH_COINAPI_KEY": "K-0NE-S3CRET", "COACH_ALPHAVANTAGE_KEY": "K-TW0-S3CRET"}
    ended = [
        coach("candles", "sources", "--symbol", "BTC-USD", "--json", **said, **keys),
        coach("config", "list", "--show-origin", "--json", **said, **keys),
        coach("candles", "sources", "--symbol", "not a symbol", "--debug", **said, **keys),
    ]
    assert data(ended[0])["chosen"] == "coinapi"
    assert not [one for one in ended if "S3CRET" in one.stdout + one.stderr]


def test_candles_of_ones_trades_come_from_the_connected_sandbox(
    coach: Coach, sandbox: dict[str, str]
) -> None:
    key = ("--key-file", sandbox["view_key"], "--base-url", sandbox["url"])
    connected = data(coach("connect", "coinbase", *key, "--account", "sandbox", "--json"))
    assert_published("connect coinbase", connected)
    assert_published("import sync", data(coach("import", "sync", "--since", "12d", "--json")))
    words = ("candles", "fetch", "--symbol", "SOL-USD", "--granularity", "1h", "--json")
    ended = coach(*words)
    assert (ended.returncode, ended.stderr) == (0, "")
    told = data(ended)
    assert_published("candles fetch", told)
    assert [one["source"] for one in told["series"]] == ["coinbase"]
    assert told["new"] == told["bars"] > 200
    assert data(coach(*words))["new"] == 0
    synced = coach("import", "sync", "--since", "2d", COACH_CANDLES_AUTO="on")
    assert (synced.returncode, synced.stderr) == (0, "")
    listed = data(coach("candles", "list", "--json"))
    assert {"15m", "1h"} <= {one["granularity"] for one in listed if one["source"] == "coinbase"}


def test_a_broker_that_is_gone_ends_in_75_and_is_named(
    coach: Coach, sandbox: dict[str, str]
) -> None:
    key = ("--key-file", sandbox["view_key"], "--base-url", sandbox["url"])
    assert coach("connect", "coinbase", *key, "--account", "sandbox").returncode == 0
    os.kill(int(sandbox["pid"]), signal.SIGKILL)
    words = ("candles", "fetch", "--symbol", "DOGE-USD", "--granularity", "2h", "--since", "10d")
    ended = coach(*words, "--json")
    assert ended.returncode == 75
    error = json.loads(ended.stdout)["error"]
    assert error["code"] == "E_NO_CANDLES"
    assert error["message"].startswith("coinbase: DOGE-USD from 20")


def test_nobody_is_asked_for_what_nobody_has(coach: Coach) -> None:
    words = ("candles", "fetch", "--symbol", "EUR-USD", "--since", "10d", "--json")
    ended = coach(*words)
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"]["code"] == "E_NOT_FOUND"


def test_a_dry_prune_deletes_nothing(coach: Coach, file: Path) -> None:
    coach("candles", "import", str(file), "--source", "my-data")
    told = data(coach("candles", "prune", "--dry-run", "--json"))
    assert (told["objects"], told["dry_run"]) == (0, True)
    assert coach("candles", "list").stdout.count("my-data") == 2
