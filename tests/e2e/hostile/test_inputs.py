"""Input without an end, and rows that nobody can read: small in memory, soon over, told in words.

Some thousands of rows run always, a million with --slow.
"""

import gzip
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.hostile.conftest import Watched

HEADER = "timestamp,symbol,side,quantity,price,fee\n"
CANDLE_HEADER = "time,symbol,open,high,low,close,volume\n"
MOST_MB = 300
LONGEST_S = 60
ROWS = [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
FILES = {
    "unreadable": "2026-01-01T00:00:00Z,BTC-USD,buy,much,1,0\n",
    "one open quote": "2026-01-01T00:00:00Z,BTC-USD,buy,much,1,0\n",
    "open quotes": '"2026-01-01T00:00:00Z,BTC-USD,buy,much,1,0\n',
}


def rows(head: str, first: str, row: str, count: int, file: Path) -> Path:
    with file.open("w") as out:
        out.write(head + first)
        for _ in range(count // 1_000):
            out.write(row * 1_000)
    return file


@pytest.mark.parametrize("count", ROWS)
@pytest.mark.parametrize("kind", FILES)
def test_rows_that_cannot_be_read_are_counted_and_the_first_hundred_named(
    kind: str, count: int, watched: Watched, tmp_path: Path
) -> None:
    first = '2026-01-01T00:00:00Z,"BTC-USD,buy,1,1,0\n' if kind == "one open quote" else ""
    file = rows(HEADER, first, FILES[kind], count, tmp_path / "file.csv")
    ended = watched("import", "csv", str(file), "--account", kind, "--json")
    run = json.loads(ended.out)["data"]
    assert ended.code == 3
    assert run["skipped_count"] == count + (first != "")
    assert len(run["skipped"]) == 100
    assert [one["line"] for one in run["skipped"][:3]] == [2, 3, 4]
    assert ended.peak_mb < MOST_MB
    assert ended.seconds < LONGEST_S


@pytest.mark.parametrize("count", ROWS)
def test_kinds_of_rows_without_end_are_counted_together(
    count: int, watched: Watched, tmp_path: Path
) -> None:
    head = "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers\n"
    file = tmp_path / "kraken.csv"
    with file.open("w") as out:
        out.write(head)
        for number in range(count):
            out.write(f"T{number},O,XXBTZUSD,2026-01-01 00:00:00,k{number},m,1,1,0,1,0,,\n")
    ended = watched("import", "csv", str(file), "--json")
    run = json.loads(ended.out)["data"]
    assert run["skipped_count"] + sum(run["other"].values()) == count
    assert len(run["other"]) <= 101
    assert ended.peak_mb < MOST_MB


@pytest.mark.parametrize("count", ROWS)
@pytest.mark.parametrize("symbol", ["BTC-USD", "S{0}-USD"])
def test_candles_that_cannot_be_read_stay_small(
    symbol: str, count: int, watched: Watched, tmp_path: Path
) -> None:
    file = tmp_path / "candles.csv"
    with file.open("w") as out:
        out.write(CANDLE_HEADER)
        for number in range(count):
            out.write(f"2026-01-01T00:00:00Z,{symbol.format(number)},x,1,1,1,1\n")
    ended = watched("candles", "import", str(file), "--source", "mine", "--json")
    assert ended.error["code"] == "E_NO_TRUTH"
    assert ended.peak_mb < MOST_MB
    assert ended.seconds < LONGEST_S


def test_a_line_without_an_end_is_no_statement(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "line.csv"
    with file.open("wb") as out:
        out.write(HEADER.encode() + b"2026-01-01T00:00:00Z,BTC-USD,buy,1,1,")
        for _ in range(400):
            out.write(b"0" * (1 << 20))
    ended = watched("import", "csv", str(file), "--json")
    assert ended.error["code"] == "E_NOT_A_STATEMENT"
    assert "a line of more than 1048576 bytes (limit)" in ended.error["message"]
    assert ended.peak_mb < MOST_MB


def test_a_file_beyond_the_stated_maximum_is_refused_before_it_is_read(
    watched: Watched, tmp_path: Path
) -> None:
    file = tmp_path / "hole.csv"
    with file.open("wb") as out:
        out.truncate(3_000_000_000)
    for words in (
        ("import", "csv", str(file)),
        ("candles", "import", str(file), "--source", "x"),
    ):
        ended = watched(*words, "--json")
        assert ended.error["message"] == "hole.csv is larger than 2 GB (limit)"
        assert ended.seconds < 10


@pytest.fixture
def endless_pipe(tmp_path: Path) -> Iterator[Path]:
    """A pipe into which rows are written for as long as somebody reads."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        try:
            with pipe.open("wb") as out:
                while True:
                    out.write(FILES["unreadable"].encode() * 10_000)
        except BrokenPipeError:
            return

    threading.Thread(target=write, daemon=True).start()
    yield pipe
    pipe.unlink()


@pytest.mark.slow
def test_what_has_no_end_stops_at_the_limit_and_leaves_nothing(
    watched: Watched, home: Path, endless_pipe: Path
) -> None:
    """Two gigabytes go to the disk and away again."""
    for words in (
        ("import", "csv", "/dev/zero"),
        ("import", "csv", str(endless_pipe)),
        ("candles", "import", "/dev/zero", "--source", "x"),
    ):
        ended = watched(*words, "--json")
        assert ended.code == 2
        assert "(limit)" in ended.error["message"]
        assert ended.peak_mb < MOST_MB
    assert list((home / "cache").iterdir()) == []


@pytest.mark.slow
def test_candles_that_unpack_without_end_stop_at_the_limit(
    watched: Watched, tmp_path: Path
) -> None:
    file = tmp_path / "bomb.csv.gz"
    with gzip.open(file, "wb", 1) as out:
        out.write(CANDLE_HEADER.encode())
        for _ in range(2_300):
            out.write(b"x" * (1 << 20))
    ended = watched("candles", "import", str(file), "--source", "x", "--json")
    assert ended.error["code"] == "E_NOT_CANDLES"
    assert "larger than 2 GB unpacked (limit)" in ended.error["message"]
    assert ended.peak_mb < MOST_MB


@pytest.mark.parametrize(
    "words",
    [
        ("connect", "coinbase", "--key-file", "/dev/zero"),
        ("connect", "coinbase", "--key-file", "-"),
        ("rules", "add", "--from", "/dev/zero"),
        ("rules", "add", "--from", "-"),
        ("sandbox", "--faults", "/dev/zero"),
    ],
)
def test_a_small_file_without_end_is_refused(words: tuple[str, ...], watched: Watched) -> None:
    ended = watched(*words, "--json", stdin=Path("/dev/zero"))
    assert ended.code == 2
    assert ended.peak_mb < MOST_MB
    assert ended.seconds < 20


def test_settings_without_end_are_refused(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").symlink_to("/dev/zero")
    ended = watched("status", "--home", str(tmp_path), "--json")
    assert ended.error["code"] == "E_CONFIG"
    assert "larger than 1 MB (limit)" in ended.error["message"]


def test_the_files_of_an_evaluation_have_limits_too(watched: Watched) -> None:
    ended = watched("lab", "evaluate", "--fills", "/dev/zero", "--json")
    assert ended.code == 2
    assert ended.peak_mb < MOST_MB
