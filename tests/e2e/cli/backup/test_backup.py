"""`coach backup`, from the key to the way back, as somebody types it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.conftest import STATEMENT, Coach, assert_published


@pytest.fixture(autouse=True)
def used(coach: Coach) -> None:
    """A home with an import."""
    done = coach("import", "csv", "-", stdin=STATEMENT)
    assert done.returncode == 0, done.stderr


def answer(coach: Coach, *words: str, code: int = 0) -> Any:  # noqa: ANN401 -- any JSON
    done = coach(*words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    found = json.loads(done.stdout)
    if code:
        return found["error"]
    rows = found["data"]
    for row in rows if isinstance(rows, list) else [rows]:
        assert_published(" ".join(words[:2]), row)
    return rows


def test_a_backup_from_its_key_to_the_way_back(coach: Coach, home: Path) -> None:
    key = str(home / "key.txt")
    assert answer(coach, "backup", "create", code=2)["code"] == "E_USAGE"
    made = answer(coach, "backup", "key", "--out", key)
    assert made["recipient"].startswith("age1")
    assert made["recipient"] in Path(key).read_text()
    assert (Path(key).stat().st_mode & 0o777) == 0o600
    created = answer(coach, "backup", "create", "--verify", "--key-file", key)
    assert created["verified"]
    file = created["backup"]["file"]
    [listed] = answer(coach, "backup", "list")
    assert listed == created["backup"]
    verified_at = listed["verified_at"]
    assert verified_at
    before = answer(coach, "trades")
    assert before
    name = Path(file).name
    assert answer(coach, "backup", "verify", name, "--key-file", key)["rows"] == created["rows"]
    assert answer(coach, "backup", "list")[0]["verified_at"] > verified_at
    undone = answer(coach, "import", "list")[0]["run_id"]
    assert coach("import", "undo", undone, "--yes").returncode == 0
    assert answer(coach, "trades") == []
    restored = answer(coach, "backup", "restore", file, "--key-file", key, "--yes")
    assert (restored["rows"], restored["reconnect"]) == (created["rows"], [])
    assert answer(coach, "trades") == before
    assert answer(coach, "backup", "undo", "--yes")["kept"] == restored["kept"]
    assert answer(coach, "trades") == []


def test_a_key_is_not_shown_where_nobody_reads_it(coach: Coach) -> None:
    refused = answer(coach, "backup", "key", code=2)
    assert "--out" in refused["hint"]


def test_a_wrong_key_is_named_beside_the_right_one(coach: Coach, home: Path) -> None:
    right = answer(coach, "backup", "key", "--out", str(home / "right.txt"))["recipient"]
    file = answer(coach, "backup", "create")["backup"]["file"]
    (home / "wrong.txt").write_text(
        "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33\n"
    )
    refused = answer(coach, "backup", "verify", file, "--key-file", str(home / "wrong.txt"), code=4)
    assert right in refused["message"]
    assert refused["code"] == "E_NO_AGE_KEY"


def test_a_statement_is_no_backup(coach: Coach, home: Path) -> None:
    file = home / "statement.csv"
    file.write_text(STATEMENT)
    assert "no backup" in answer(coach, "backup", "restore", str(file), code=1)["message"]


@pytest.mark.parametrize("value", ["somewhere/else", "./backups"])
def test_a_folder_in_the_settings_is_a_whole_path(coach: Coach, value: str) -> None:
    assert "whole path" in answer(coach, "config", "set", "backup_folder", value, code=2)["message"]


def test_a_recipient_in_the_settings_is_one(coach: Coach) -> None:
    refused = answer(coach, "config", "set", "backup_recipients", "age1nobody", code=2)
    assert "backup_recipients" in refused["message"]


def test_a_timer_makes_one_without_a_word_once_there_is_a_key(coach: Coach, home: Path) -> None:
    folder = ("--folder", str(home / "data" / "backups"))
    before = len(answer(coach, "backup", "list", *folder))
    coach("config", "unset", "backup_recipients")
    assert "run backup" not in coach("schedule", "print", "--cron").stdout
    answer(coach, "backup", "key", "--out", str(home / "timer.txt"))
    assert "run backup" in coach("schedule", "print", "--cron").stdout
    done = coach("schedule", "run", "backup")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(answer(coach, "backup", "list", *folder)) == before + 1
