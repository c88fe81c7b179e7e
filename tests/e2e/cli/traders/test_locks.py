"""A lock holds against clocks that lie, and says until when by the wall clock."""

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e.cli.conftest import PATIENCE, environment
from tests.e2e.cli.traders.conftest import HEADER, Coach, data

RULE = "max_trades_per_day"
NINE_DAYS_S = "777600"
NAMESPACE = ("unshare", "--time", "--boottime", NINE_DAYS_S, "--monotonic", NINE_DAYS_S)
SET_FORWARD = ("faketime", "-f", "+9d")
SET_BACK = ("faketime", "-f", "-9d")
TRADES = """
2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,,
2026-03-02T09:05:00Z,BTC-USD,sell,1,90,0,,
"""


def can_make_a_time_namespace() -> bool:
    """Say whether this machine and this user can; the kernel may have none."""
    try:
        return subprocess.run(["unshare", "--time", "true"], check=False).returncode == 0
    except OSError:
        return False


needs_faketime = pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not here")


@pytest.fixture
def locked(coach: Coach) -> Coach:
    """A rule with a lock of a day, and a looser one that waits for it."""
    data(coach("rules", "add", RULE, "limit=3", "lock_hours=24", "--json"))
    data(coach("rules", "edit", RULE, "limit=9", "--json"))
    return coach


def shown_by_a_lying_clock(
    home: Path, trader: dict[str, str], lie: tuple[str, ...]
) -> CompletedProcess[str]:
    return subprocess.run(
        [*lie, sys.executable, "-m", "coach", "rules", "show", RULE, "--json"],
        env=environment(home, **trader),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def assert_still_waiting(locked: Coach, until: str) -> None:
    """The rule says what it said, and its change waits as long as it was told."""
    shown = data(locked("rules", "show", RULE, "--json"))
    assert shown["params"] == {"limit": 3}
    late = datetime.fromisoformat(shown["waiting"]["until"]) - datetime.fromisoformat(until)
    assert timedelta(0) <= late < timedelta(minutes=PATIENCE)


@needs_faketime
@pytest.mark.parametrize("lies", [[SET_FORWARD, SET_FORWARD], [SET_BACK, SET_FORWARD]])
def test_a_library_that_fakes_the_clocks_releases_nothing(
    locked: Coach, home: Path, trader: dict[str, str], lies: list[tuple[str, ...]]
) -> None:
    until = data(locked("rules", "show", RULE, "--json"))["waiting"]["until"]
    for lie in lies:
        assert data(shown_by_a_lying_clock(home, trader, lie))["params"] == {"limit": 3}
    assert_still_waiting(locked, until)


@pytest.mark.root
def test_a_time_namespace_releases_nothing(
    locked: Coach, home: Path, trader: dict[str, str]
) -> None:
    if not can_make_a_time_namespace():
        pytest.skip("no time namespace can be made here")
    until = data(locked("rules", "show", RULE, "--json"))["waiting"]["until"]
    shown = data(shown_by_a_lying_clock(home, trader, NAMESPACE))
    assert (shown["params"], shown["waiting"]["until"]) == ({"limit": 3}, until)
    assert_still_waiting(locked, until)


def test_every_page_says_what_waits_and_until_when(locked: Coach, on_terminal: Coach) -> None:
    held = data(locked("config", "set", "zone", "Asia/Tokyo", "--json"))
    assert (held["value"], held["waiting"]["now"]) == ("UTC", "Asia/Tokyo")
    until = data(locked("status", "--json"))["waiting"][0]["until"]
    minute = f"until {until[:16].replace('T', ' ')} (UTC)"
    for words in (("rules", "show", RULE), ("rules", "list"), ("status",)):
        shown = " ".join(on_terminal(*words, COLUMNS="200").stdout.split())
        assert f"limit=9, {minute}" in shown
        assert "zone Asia/Tokyo, until" in shown
    told = on_terminal("config", "set", "zone", "Asia/Tokyo", COLUMNS="200").stdout
    assert f"the rule {RULE} is locked: the change to zone Asia/Tokyo waits until" in told
    assert locked("rules", "resume", RULE).returncode == 0
    assert "waits" not in on_terminal("status").stdout


def test_more_equity_waits_for_a_locked_limit_in_percent(locked: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(HEADER + TRADES)
    assert locked("import", "csv", str(file), "--account", "main").returncode == 0
    equity = ("accounts", "set", "main", "--json", "--equity")
    assert data(locked(*equity, "5000"))[0]["equity"] == "5000"
    data(locked("rules", "add", "max_loss_per_day", "percent=2", "lock_hours=1", "--json"))
    [account] = data(locked(*equity, "9000"))
    assert (account["equity"], account["equity_waiting"]["now"]) == ("5000", "9000")
    [account] = data(locked(*equity, "4000"))
    assert (account["equity"], account["equity_waiting"]) == ("4000", None)
