"""The root: every end of a command, told once, with the right exit code."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.commands.connect import key_in
from coach.cli.frame import of_process
from coach.cli.manner import read

Coach = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("usage", 2),
        ("config", 2),
        ("auth", 4),
        ("nothing", 10),
        ("locked", 11),
        ("later", 75),
        ("interrupt", 130),
        ("terminate", 143),
        ("bug", 1),
    ],
)
def test_each_trouble_has_its_exit_code(tiny: Coach, trouble: str, code: int) -> None:
    ended = tiny("fail", trouble)
    assert ended.returncode == code
    assert ended.stdout == ""
    assert ended.stderr.startswith("coach: ")


def test_an_error_is_one_line_and_a_hint(tiny: Coach) -> None:
    assert tiny("fail", "usage").stderr == "coach: that makes no sense\nhint: do it so\n"


def test_with_json_an_error_is_an_object_on_stdout(tiny: Coach) -> None:
    ended = tiny("fail", "usage", "--json")
    assert json.loads(ended.stdout) == {
        "schema_version": 1,
        "error": {"code": "E_USAGE", "message": "that makes no sense", "hint": "do it so"},
    }


@pytest.mark.parametrize("trouble", ["interrupt", "terminate", "bug"])
def test_json_is_promised_for_every_end(tiny: Coach, trouble: str) -> None:
    assert json.loads(tiny("--json", "fail", trouble).stdout)["error"]["code"]


def test_an_unexpected_error_shows_no_traceback(tiny: Coach, home: Path) -> None:
    ended = tiny("fail", "bug")
    assert "Traceback" not in ended.stderr
    log = (home / "state" / "coach.log").read_text()
    assert "Traceback" in log
    assert log.split()[0] in ended.stderr


def test_a_folder_that_may_not_be_written_is_no_bug(tiny: Coach) -> None:
    ended = tiny("fail", "denied")
    said, hint = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert said == "coach: cannot use '/home/me/.config/coach': Permission denied"
    assert "--home FOLDER" in hint


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_cannot_be_is_a_wrong_line(real: Coach, port: str) -> None:
    assert real("sandbox", "--port", port).returncode == 2


def test_a_closed_stdin_holds_no_statement(real: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    ended = real("import", "csv", "-")
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (2, "coach: stdin is closed")


def test_a_closed_stdin_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert of_process(read([])).sure("take it back?")


def test_a_closed_stdin_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert key_in("-") == ""


def test_a_path_too_long_to_be_one_cannot_be_read(real: Coach) -> None:
    ended = real("import", "csv", "x" * 300)
    assert ended.returncode == 2
    assert "File name too long" in ended.stderr


def test_debug_shows_the_traceback(tiny: Coach) -> None:
    assert "Traceback" in tiny("fail", "bug", "--debug").stderr


def test_a_password_in_an_unexpected_error_is_hidden_everywhere(tiny: Coach, home: Path) -> None:
    ended = tiny("fail", "bug", "--debug", "--json")
    log = (home / "state" / "coach.log").read_text()
    assert "secret" not in ended.stdout + ended.stderr + log


def test_the_log_is_private(tiny: Coach, home: Path) -> None:
    tiny("fail", "bug")
    assert (home / "state" / "coach.log").stat().st_mode & 0o777 == 0o600
    assert (home / "state").stat().st_mode & 0o777 == 0o700


def test_a_log_that_cannot_be_written_changes_nothing(tiny: Coach, home: Path) -> None:
    home.mkdir()
    (home / "state").write_text("in the way")
    ended = tiny("fail", "bug")
    assert ended.returncode == 1
    assert "log cannot be written" in ended.stderr


def test_a_bad_setting_is_told_as_json_too(real: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_ZONE", "Nowhere/Atall")
    ended = real("pnl", "--json")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["code"] == "E_CONFIG"


def test_success_in_a_pipe_leaves_stderr_empty(tiny: Coach) -> None:
    ended = tiny("show")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "symbol\tnet\nBTC-USD\t-12.5\n"


@pytest.mark.parametrize("line", [["--json", "show"], ["show", "--json"]])
def test_options_of_every_command_stand_before_or_after_it(tiny: Coach, line: list[str]) -> None:
    assert json.loads(tiny(*line).stdout)["command"] == "show"


@pytest.mark.parametrize(
    "line", [["--json", "group", "only"], ["group", "--json", "only"], ["group", "only", "--json"]]
)
def test_options_stand_anywhere_among_groups(tiny: Coach, line: list[str]) -> None:
    assert json.loads(tiny(*line).stdout)["warnings"] == ["mind"]


def test_a_typo_is_answered_with_the_nearest_command(tiny: Coach) -> None:
    ended = tiny("shwo")
    assert ended.returncode == 2
    assert ended.stderr == "coach: no such command 'shwo'\nhint: did you mean 'show'?\n"


def test_a_typo_in_a_group_is_answered_too(tiny: Coach) -> None:
    assert tiny("group", "olny").stderr.endswith("hint: did you mean 'only'?\n")


def test_a_typo_in_an_option_is_answered_too(tiny: Coach) -> None:
    ended = tiny("show", "--jsno", "--json")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["hint"] == "did you mean --json?"


def test_a_group_alone_names_its_commands(tiny: Coach) -> None:
    ended = tiny("group")
    assert ended.returncode == 2
    assert ended.stderr == "coach: missing command\nhint: one of only; see coach group --help\n"


def test_a_group_of_one_stays_a_group(tiny: Coach) -> None:
    page = tiny("group", "--help").stdout
    assert "A group of one." in page
    assert "only" in page


@pytest.mark.parametrize(
    ("former", "now"), [(["display"], ["show"]), (["group", "lone"], ["group", "only"])]
)
def test_a_former_name_still_works_and_says_the_new_one(
    tiny: Coach, former: list[str], now: list[str]
) -> None:
    assert tiny(*former).stdout == tiny(*now).stdout
    assert tiny(*former).stderr == ""
    renaming, *others = json.loads(tiny("--json", *former).stdout)["warnings"]
    old, new = " ".join(former), " ".join(now)
    assert renaming == f"coach {old} is now coach {new}; the former name still works"
    assert others == ["mind"]


def test_a_person_who_types_a_former_name_is_told_the_new_one(
    tiny: Coach, monkeypatch: pytest.MonkeyPatch, terminal: StringIO
) -> None:
    monkeypatch.setattr("sys.stderr", terminal)
    tiny("display", "--help")
    assert "coach display is now coach show" in terminal.getvalue()


def test_help_lists_no_former_name(tiny: Coach) -> None:
    assert "display" not in tiny("--help").stdout


def test_help_imports_no_command(tiny: Coach) -> None:
    ended = tiny("--help")
    assert ended.returncode == 0
    assert "absent  Never imported." in ended.stdout


def test_the_version_is_told_among_other_options(real: Coach) -> None:
    assert real("-V", "-q").stdout == "coach 0.1.0\n"
    assert json.loads(real("--version", "--json").stdout)["data"] == {"version": "0.1.0"}


def test_coach_alone_tells_a_newcomer_where_to_start(real: Coach) -> None:
    ended = real()
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) == 6
    assert "coach demo" in ended.stdout


def test_looking_at_nothing_makes_nothing(real: Coach, home: Path) -> None:
    assert real("pnl").returncode == 10
    assert not home.exists()
