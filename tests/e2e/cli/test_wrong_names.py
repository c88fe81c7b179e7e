"""What is asked for and is not there, and what cannot be used: told in the person's own words."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Coach = Callable[..., CompletedProcess[str]]
NOT_FOUND = "E_NOT_FOUND"


@pytest.fixture
def imported(coach: Coach, statement: Path) -> None:
    assert coach("import", "csv", str(statement), "--account", "main").returncode == 0


def refusal(ended: CompletedProcess[str]) -> dict[str, Any]:
    """Return the error a command said in JSON."""
    error: dict[str, Any] = json.loads(ended.stdout)["error"]
    return error


@pytest.mark.usefixtures("imported")
def test_a_symbol_never_traded_is_not_found(coach: Coach) -> None:
    ended = coach("trades", "--symbol", "nope", "--json")
    assert (ended.returncode, refusal(ended)["code"]) == (1, NOT_FOUND)
    assert "BTC-USD" in refusal(ended)["hint"]


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_no_trade_in_a_span_is_an_empty_answer(coach: Coach, zone: str) -> None:
    line = ("trades", "--symbol", "BTC-USD", "--since", "2030-01-01", "--until", "9999-12-31")
    ended = coach(*line, "--json", "--zone", zone)
    assert (ended.returncode, json.loads(ended.stdout)["data"]) == (0, [])


@pytest.mark.usefixtures("imported")
def test_a_bias_nobody_looks_for_is_not_found(coach: Coach) -> None:
    ended = coach("tags", "--bias", "foo", "--json")
    assert (ended.returncode, refusal(ended)["code"]) == (1, NOT_FOUND)
    assert "revenge" in refusal(ended)["hint"]


def test_what_is_wrong_with_stdin_is_told_of_stdin(coach: Coach) -> None:
    ended = coach("import", "csv", "-", stdin="a,b\n1,2\n")
    assert ended.returncode == 1
    assert ended.stderr.startswith("coach: stdin: coach cannot read it as your trades")


@pytest.mark.usefixtures("imported")
def test_an_undo_of_nothing_asks_nothing(on_terminal: Coach) -> None:
    ended = on_terminal("import", "undo", "ffffffffffff")
    assert ended.returncode == 1
    assert "[y/N]" not in ended.stdout


@pytest.mark.usefixtures("imported")
def test_a_rule_taken_out_is_said_to_be_removed(coach: Coach, on_terminal: Coach) -> None:
    made = json.loads(coach("rules", "add", "max_trades_per_day", "limit=5", "--json").stdout)
    shown = on_terminal("rules", "remove", made["data"]["id"]).stdout
    assert shown.startswith(f"removed {made['data']['id']}: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="needs an ordinary user")
@pytest.mark.parametrize("line", ["config set zone UTC", "demo", "sandbox"])
def test_a_home_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path, line: str) -> None:
    tmp_path.chmod(0o500)
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *line.split()],
        env={**os.environ, "COACH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"coach: cannot use '{tmp_path}")
    assert len(ended.stderr.splitlines()) == 2


def test_a_password_that_is_easy_to_guess_is_given_to_nobody(coach: Coach) -> None:
    assert coach("users", "add", "ann").returncode == 0
    for easy in ("password1234", "ann-ann-2026"):
        for command in ("add", "password"):
            ended = coach("users", command, "ann", "--password-file", "-", "--json", stdin=easy)
            assert ended.returncode == 2
            assert "hard to guess" in refusal(ended)["message"]
            assert "four words" in refusal(ended)["hint"]
            assert easy not in ended.stdout + ended.stderr
    listed = json.loads(coach("users", "list", "--json").stdout)["data"]
    assert [one["has_password"] for one in listed] == [False, False]
