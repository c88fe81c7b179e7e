"""coach as a process: pipes, signals, terminals."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import pytest

Coach = Callable[..., CompletedProcess[str]]


@pytest.fixture
def imported(coach: Coach, statement: Path) -> None:
    assert coach("import", "csv", str(statement), "--account", "main").returncode == 0


@pytest.mark.fresh
def test_the_module_is_the_command(coach: Coach) -> None:
    assert coach("--version").stdout == "coach 0.1.0\n"
    assert coach("-V").stdout == "coach 0.1.0\n"


@pytest.mark.usefixtures("imported")
def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    line = f"set -o pipefail; {sys.executable} -m coach rules schema | head -n 1"
    ended = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "COACH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "{\n", "")


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_with_its_code_and_one_line(
    home: Path, number: signal.Signals, code: int, word: str
) -> None:
    with Popen(
        [sys.executable, "-m", "coach", "events", "--follow"],
        env={**os.environ, "COACH_HOME": str(home)},
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        following.stdout.readline()
        time.sleep(0.2)
        following.send_signal(number)
        _, said = following.communicate(timeout=60)
    assert (following.returncode, said) == (code, f"coach: {word}\n")


def test_a_person_sees_a_table_hints_and_where_to_go_next(
    on_terminal: Coach, statement: Path
) -> None:
    ended = on_terminal("import", "csv", str(statement), "--account", "seen")
    assert ended.returncode == 0
    assert "seen  fetched 4  new 4  known 0  changed 0  skipped 0\n" in ended.stdout
    assert "next: coach pnl" in ended.stdout


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("quiet", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_means_no_escape_at_all(on_terminal: Coach, quiet: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal("trades", **quiet).stdout


@pytest.mark.usefixtures("imported")
def test_colour_is_there_for_who_wants_it(on_terminal: Coach) -> None:
    assert "\x1b[" in on_terminal("trades").stdout
    assert "\x1b[" not in on_terminal("trades", "--no-color").stdout


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("command", ["trades", "pnl", "biases", "status", "accounts", "doctor"])
def test_a_narrow_screen_is_respected(on_terminal: Coach, command: str) -> None:
    shown = on_terminal(command, "-q", COLUMNS="40", NO_COLOR="1").stdout
    table = shown.split("\n\n")[0].splitlines()
    assert max(len(line) for line in table if not line.startswith(("total", "size", "rev"))) <= 40


@pytest.mark.usefixtures("imported")
def test_quiet_keeps_the_data_and_drops_the_talk(on_terminal: Coach, statement: Path) -> None:
    shown = on_terminal("import", "csv", str(statement), "--account", "main", "-q").stdout
    assert "fetched 4" in shown
    assert "next:" not in shown


def test_json_on_a_terminal_is_json_alone(on_terminal: Coach, statement: Path) -> None:
    shown = on_terminal("import", "csv", str(statement), "--dry-run", "--json").stdout
    assert shown.startswith('{"schema_version":1,"command":"import csv"')
    assert shown.count("\n") == 1


def test_a_help_page_on_a_full_disk_is_told_with_what_to_do(home: Path) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m coach --help > /dev/full"],
        env={**os.environ, "COACH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = "coach: cannot write: No space left on device\n"
    told += "hint: make room, then run the same command again\n"
    assert (ended.returncode, ended.stderr) == (1, told)


@pytest.mark.parametrize("options", ["", "--json"])
def test_a_full_disk_is_told_in_one_line(home: Path, options: str) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m coach rules schema {options} > /dev/full"],
        env={**os.environ, "COACH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = "coach: cannot write the answer: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, told)


def test_closed_streams_are_no_crash(home: Path) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m coach nonsense >&- 2>&-"],
        env={**os.environ, "COACH_HOME": str(home)},
        check=False,
    )
    assert ended.returncode == 2


@pytest.mark.fresh
def test_data_is_utf_8_whatever_the_locale_says(coach: Coach) -> None:
    ended = coach("import", "csv", "nö.csv", "--json", PYTHONIOENCODING="ascii")
    assert "nö.csv" in json.loads(ended.stdout)["error"]["message"]
    assert "n\\xf6.csv" in ended.stderr


def test_a_name_that_is_no_text_is_still_json(coach: Coach) -> None:
    ended = coach("import", "csv", "n\udcff.csv", "--json")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["code"] == "E_USAGE"
