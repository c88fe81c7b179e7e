"""What is read back looks like what was computed: byte for byte, on every surface."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from uuid import uuid4

import pytest

from coach.engine.store.connect import connect

Coach = Callable[..., CompletedProcess[str]]
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
FIRST = datetime.fromisoformat("2026-01-05T08:00:00Z")
DAYS = 30
SURFACES = (
    "biases",
    "biases --json",
    "biases --bias revenge --json",
    "biases --days 20 --json",
    "why revenge",
    "why revenge --json",
    "digest --week 2026-W05",
    "digest --week 2026-W05 --json",
    "digest --week 2026-W05 --format html",
    "digest --week 2026-W05 --format md",
    "digest --week 2026-W05 --format svg",
)


def revenge_rows() -> list[str]:
    """Three trades a day; after a loss back within minutes and three times as large."""
    rows, lost = [], False
    for number in range(DAYS * 3):
        hours = timedelta(days=number // 3, hours=number % 3 * 3)
        opened = FIRST + hours - (timedelta(hours=2, minutes=50) if lost else timedelta())
        size = 3 if lost else 1
        lost = number * 7 % 5 in {0, 2} and number % 3 < 2
        price = 90 if lost else 108
        closed = opened + timedelta(minutes=5)
        rows.append(f"{opened.isoformat()},BTC-USD,buy,{size},100,0.1,USD,a{number}")
        rows.append(f"{closed.isoformat()},BTC-USD,sell,{size},{price},0.1,USD,b{number}")
    return rows


@pytest.fixture
def coach(coach: Coach, tmp_path: Path) -> Coach:
    """A user of its own who takes revenge for a month, and a rule against it."""
    name = f"t{uuid4().hex}"
    assert coach("users", "add", name, "--zone", "UTC").returncode == 0
    mine = partial(coach, COACH_USER=name)
    file = tmp_path / "mine.csv"
    file.write_text("\n".join([HEADER, *revenge_rows()]) + "\n")
    assert mine("rules", "add", "cooldown_after_loss", "minutes=30").returncode == 0
    assert mine("import", "csv", str(file), "--account", "main").returncode == 0
    return mine


def shown(coach: Coach) -> dict[str, tuple[int, str, str]]:
    ended = {line: coach(*line.split()) for line in SURFACES}
    return {line: (one.returncode, one.stdout, one.stderr) for line, one in ended.items()}


def test_every_surface_shows_the_same_read_back_as_computed(coach: Coach) -> None:
    with connect(coach("db", "url").stdout.strip()) as connection:
        connection.execute("delete from kept_result")
        connection.execute("delete from digest")
        computed = shown(coach)
        kept = connection.execute("select count(*) from kept_result where name in ('90', '20')")
        assert kept.fetchone() == (2,)
        assert shown(coach) == computed
    assert {code for code, _, _ in computed.values()} == {0}
    assert '"level":"strong"' in computed["biases --json"][1].replace(" ", "")


def test_a_digest_goes_to_a_file_in_every_form(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "week"
    for form in ("text", "md", "html", "json", "svg"):
        line = ("digest", "--week", "2026-W05", "--format", form)
        printed = coach(*line).stdout
        ended = coach(*line, "-o", str(file))
        assert ended.stdout == f"2026-W05: {file}, {len(file.read_bytes())} bytes\n"
        assert file.read_text().rstrip("\n") == printed.rstrip("\n")
    assert coach("digest", "--format", "png", "-o", str(file)).returncode == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_mode & 0o077 == 0
    refused = coach("digest", "--format", "png")
    assert refused.returncode == 2
    assert "-o week.png" in refused.stderr
    assert coach("digest", "--week", "2026-W05", "--verify").returncode == 0
