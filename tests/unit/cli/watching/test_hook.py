"""A hook is run without a shell, with a line on its input, and never for too long."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach.cli.watching.hook import hook_words, is_there, run_hook
from coach.cli.watching.watch import clock_left, line_of, on_screen, sentences
from coach.engine.api.watch.notices import WatchNotice
from coach.errors import UsageError

NOON = datetime(2026, 4, 1, 12, 0, 5, tzinfo=UTC)
KEEP = "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + str(sorted(os.environ)))"
BREACH = WatchNotice(
    "breach",
    NOON,
    "r: trade 2 (limit 1)",
    rule_id="r",
    trade_id="abcdef0123",
    commitments=("walk",),
)


def test_it_gets_the_line_and_none_of_our_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_SECRET_TEST", "hidden")
    file = tmp_path / "kept"
    assert run_hook((sys.executable, "-c", KEEP, str(file)), '{"kind":"breach"}') == ""
    kept = file.read_text()
    assert kept.startswith('{"kind":"breach"}\n')
    assert "PATH" in kept
    assert "COACH_" not in kept


def test_words_are_no_shell() -> None:
    assert hook_words("tee 'a b' ; ls $HOME") == ("tee", "a b", ";", "ls", "$HOME")


@pytest.mark.parametrize("command", ["", "   ", "tee 'a"])
def test_what_names_no_command_is_refused(command: str) -> None:
    with pytest.raises(UsageError):
        hook_words(command)


def test_its_failure_is_told() -> None:
    assert "No such file" in run_hook(("/no/such/program",), "")
    failed = run_hook((sys.executable, "-c", "raise SystemExit(3)"), "")
    assert failed.endswith("it ended with 3")


def test_one_that_takes_too_long_is_ended() -> None:
    slow = (sys.executable, "-c", "import time; time.sleep(600)")
    assert "longer than 0.2 s" in run_hook(slow, "", seconds=0.2)


def test_a_breach_stands_on_a_line_with_what_was_signed_below() -> None:
    assert list(sentences(BREACH, "UTC")) == [
        "12:00:05  RULE BROKEN  r: trade 2 (limit 1) (trade abcdef01)",
        '  you signed: "walk"',
    ]
    assert '"kind":"breach"' in line_of(BREACH)


def test_a_breach_is_folded_between_words_where_the_screen_ends() -> None:
    assert list(on_screen(BREACH, "UTC", 40)) == [
        "12:00:05  RULE BROKEN  r: trade 2 (limit",
        "  1) (trade abcdef01)",
        '  you signed: "walk"',
    ]
    assert list(on_screen(BREACH, "UTC", None)) == list(sentences(BREACH, "UTC"))


@pytest.mark.parametrize(
    ("seconds", "left"), [(0, "00:00"), (59.6, "01:00"), (1_799, "29:59"), (3_600, "1:00:00")]
)
def test_a_cooldown_is_counted_down(seconds: float, left: str) -> None:
    until = NOON + timedelta(seconds=seconds)
    assert clock_left(WatchNotice("tick", NOON, "", until=until)) == left


def test_a_program_that_is_not_there_is_known_before_a_breach(tmp_path: Path) -> None:
    assert is_there((sys.executable, "-c", "pass"))
    (tmp_path / "no program").touch(0o600)
    for name in ("/no/such/program", "no-such-program-of-anybody", str(tmp_path / "no program")):
        assert not is_there((name,))
