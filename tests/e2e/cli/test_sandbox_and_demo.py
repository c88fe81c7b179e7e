"""The made-up broker and the demo, as a newcomer runs them."""

import json
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run

import pytest

Coach = Callable[..., CompletedProcess[str]]


@pytest.fixture
def broker(home: Path) -> Iterator[dict[str, str]]:
    """A running sandbox: its address and its two keys."""
    with Popen(
        [sys.executable, "-m", "coach", "sandbox", "--json"],
        env={**os.environ, "COACH_HOME": str(home)},
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told: dict[str, str] = json.loads(process.stdout.readline())["data"]
        yield told
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert said == ""


def test_a_view_key_connects_and_its_fills_come_once(coach: Coach, broker: dict[str, str]) -> None:
    where = ("--base-url", broker["url"], "--account", "sandbox")
    made = coach("connect", "coinbase", "--key-file", broker["view_key"], *where, "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert "PRIVATE KEY" not in made.stdout
    first = json.loads(coach("import", "sync", "--json").stdout)["data"]
    again = json.loads(coach("import", "sync", "--since", "90d", "--json").stdout)["data"]
    assert first["new"] == first["fetched"] > 500
    assert again["new"] == 0


def test_a_key_that_can_trade_is_refused_and_not_kept(coach: Coach, broker: dict[str, str]) -> None:
    key = Path(broker["trade_key"]).read_text()
    where = ("--base-url", broker["url"], "--account", "bold", "--json")
    ended = coach("connect", "coinbase", "--key-file", "-", *where, stdin=key)
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"]["code"] == "E_KEY_TOO_STRONG"
    assert "bold" not in coach("accounts").stdout


@pytest.mark.usefixtures("broker")
def test_the_keys_of_the_sandbox_are_private(home: Path) -> None:
    keys = list((home / "state" / "sandbox").iterdir())
    assert len(keys) == 5
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


def test_a_key_file_that_is_not_there_is_a_usage_error(coach: Coach) -> None:
    assert coach("connect", "coinbase", "--key-file", "nowhere.json").returncode == 2


def test_the_demo_ends_with_its_point_on_one_screen(coach: Coach, on_terminal: Coach) -> None:
    ended = coach("demo", "--evidence")
    assert (ended.returncode, ended.stderr) == (0, "")
    everything, _, point = ended.stdout.partition("\nA made-up trader: ")
    assert "Trading digest" in everything
    assert "\nEvidence\n" in everything
    lines = point.splitlines()
    assert len(lines) <= 23
    assert max(map(len, lines[:-1])) <= 80
    assert point.count("cost about") == 1
    assert "would have caught" in point
    assert len(re.findall(r"\[\w+@\d+:\w+\]", point)) in {1, 2, 3}
    words = shlex.split(lines[-1])
    assert words[:2] == ["coach", "--home"]
    assert coach(*words[1:], "--json").returncode == 0
    biases = on_terminal(*words[1:3], "biases", COLUMNS="80").stdout
    assert len(biases.splitlines()) <= 23, "with the prompt it fits a screen"
    checks = json.loads(coach("--home", words[2], "doctor", "--json").stdout)["data"]["checks"]
    [keys] = [check for check in checks if check["name"] == "key of keys"]
    assert keys["state"] != "error", "what the demo sealed opens in its own home"
    coach("--home", words[2], "db", "stop")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not here")
@pytest.mark.parametrize("day", range(7))
def test_every_day_of_the_week_has_a_demo_with_a_cost(coach: Coach, home: Path, day: int) -> None:
    env = {**os.environ, "COACH_HOME": str(home), "COLUMNS": "80"}
    line = ["faketime", f"2027-02-{22 + day} 00:03:00", sys.executable, "-m", "coach", "demo"]
    shown = run(line, env=env, capture_output=True, text=True, check=True).stdout
    assert shown.count("cost about") == 1
    assert "would have caught" in shown
    coach("--home", str(home / "cache/demo"), "db", "stop")
