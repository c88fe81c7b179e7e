"""`coach config` on a home of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Coach = Callable[..., CompletedProcess[str]]


def test_what_is_set_can_be_got_and_unset(real: Coach) -> None:
    assert real("config", "set", "zone", "Asia/Tokyo").returncode == 0
    assert real("config", "get", "zone").stdout == "Asia/Tokyo\n"
    assert real("config", "unset", "zone").stdout == "zone is unset\n"
    assert real("config", "get", "zone").stdout == "UTC\n"


def test_unsetting_what_was_not_set_is_no_failure(real: Coach) -> None:
    ended = real("config", "unset", "zone", "--json")
    assert (ended.returncode, json.loads(ended.stdout)["data"]["was_set"]) == (0, False)


def test_a_comment_in_the_file_survives(real: Coach, home: Path) -> None:
    file = home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('# where I live\nuser = "ada"  # me\n')
    real("config", "set", "zone", "Asia/Tokyo")
    assert file.read_text() == '# where I live\nuser = "ada"  # me\nzone = "Asia/Tokyo"\n'


def test_the_file_is_private(real: Coach, home: Path) -> None:
    real("config", "set", "zone", "Asia/Tokyo")
    assert (home / "config" / "config.toml").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_the_origin_of_each_setting_is_shown(real: Coach, home: Path) -> None:
    real("config", "set", "user", "ada")
    listed = real("--zone", "Asia/Tokyo", "config", "list", "--show-origin").stdout.splitlines()
    assert listed[:2] == ["name\tvalue\torigin", f"home\t{home}\tenv COACH_HOME"]
    assert {
        "database_url\t\tdefault",
        "zone\tUTC\tdefault",
        f"user\tada\tfile {home}/config/config.toml:1",
        "candle_sources\tcoinbase,binance\tdefault",
    } <= set(listed)


def test_a_password_is_hidden_wherever_it_is_shown(
    real: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://me:secret@/db?host=/nowhere")
    said = [
        real("config", "list").stdout,
        real("config", "list", "--json").stdout,
        real("config", "get", "database_url").stdout,
        real("config", "set", "database_url", "postgresql://me:secret@/db?host=/nowhere").stdout,
    ]
    assert all("***" in text and "secret" not in text for text in said)


def test_a_setting_that_makes_no_sense_is_not_written(real: Coach, home: Path) -> None:
    ended = real("config", "set", "zone", "Europe/Berlni")
    assert ended.returncode == 2
    assert not home.exists()


def test_a_broken_file_can_be_repaired(real: Coach, home: Path) -> None:
    file = home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('zone = "Mars/Base"\n')
    assert real("config", "list").returncode == 2
    assert real("config", "path").stdout == f"{file}\n"
    assert real("config", "set", "zone", "UTC").returncode == 0
    assert real("config", "list").returncode == 0


def test_a_file_that_is_no_toml_is_named(real: Coach, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("zone = \n")
    ended = real("config", "set", "zone", "UTC")
    assert ended.returncode == 2
    assert "config.toml" in ended.stderr


def test_an_unknown_setting_is_a_usage_error(real: Coach) -> None:
    assert real("config", "get", "zoen").returncode == 2
    assert real("config", "set", "zoen", "UTC").stderr.endswith("hint: did you mean zone?\n")
