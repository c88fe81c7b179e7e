"""`coach secrets` on files of the test's own."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyrage
import pytest

Coach = Callable[..., CompletedProcess[str]]
PLAIN = "COACH_USER=ann\nCOACH_COINAPI_KEY=canary\n"
IN_MEMORY = pytest.mark.skipif(
    not os.access("/dev/shm", os.W_OK),  # noqa: S108 -- memory
    reason="a folder in memory is not here",
)


@pytest.fixture(autouse=True)
def recipient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a key that the command line finds; return what is sealed for it."""
    identity = pyrage.x25519.Identity.generate()
    file = tmp_path / "keys.txt"
    file.write_text(f"{identity}\n")
    file.chmod(0o600)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(file))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    return str(identity.to_public())


@pytest.fixture
def file(tmp_path: Path, real: Coach, recipient: str) -> Path:
    """Seal PLAIN."""
    place = tmp_path / "my.env"
    (tmp_path / "plain.env").write_text(PLAIN)
    line = ("secrets", "encrypt", str(tmp_path / "plain.env"), "--age", recipient)
    assert real(*line, "--out", str(place)).returncode == 0
    return place


def edited_by(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: str) -> None:
    """Let an editor be a script; `$1` is the file."""
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\n{lines}\n")
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))


def test_what_was_encrypted_is_decrypted(real: Coach, file: Path) -> None:
    assert "canary" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert real("secrets", "decrypt", str(file)).stdout == PLAIN


def test_without_a_place_the_sealed_file_goes_to_stdout(
    real: Coach, tmp_path: Path, recipient: str
) -> None:
    (tmp_path / "plain.env").write_text(PLAIN)
    line = ("secrets", "encrypt", str(tmp_path / "plain.env"), "--age", recipient)
    text = real(*line).stdout
    assert text.startswith("COACH_USER=ENC[AES256_GCM,data:")
    assert json.loads(real(*line, "--json").stdout)["data"]["text"].startswith("COACH_USER=ENC[")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.txt", "plain.env"]


def test_in_place_the_plain_file_is_replaced(real: Coach, tmp_path: Path, recipient: str) -> None:
    place = tmp_path / "mine.yaml"
    place.write_text("a: canary\n")
    assert real("secrets", "encrypt", "-i", str(place), "--age", recipient).returncode == 0
    assert "canary" not in place.read_text()
    assert real("secrets", "decrypt", str(place)).stdout == "a: canary\n"


def test_a_file_that_is_there_is_not_overwritten(
    real: Coach, file: Path, tmp_path: Path, recipient: str
) -> None:
    before = file.read_bytes()
    line = ("secrets", "encrypt", str(tmp_path / "plain.env"), "--age", recipient)
    ended = real(*line, "--out", str(file))
    assert (ended.returncode, file.read_bytes()) == (2, before)


def test_recipients_come_from_the_nearest_creation_rules(
    real: Coach, tmp_path: Path, recipient: str
) -> None:
    (tmp_path / "plain.env").write_text(PLAIN)
    assert "--age RECIPIENT" in real("secrets", "encrypt", str(tmp_path / "plain.env")).stderr
    (tmp_path / ".sops.yaml").write_text(f"creation_rules:\n  - age: {recipient}\n")
    assert real("secrets", "encrypt", str(tmp_path / "plain.env")).returncode == 0


def test_a_format_that_there_is_not_is_refused_by_its_flag(real: Coach, file: Path) -> None:
    ended = real("secrets", "decrypt", str(file), "--format", "toml")
    assert ended.returncode == 2
    assert "--format takes one of dotenv, yaml, json, not 'toml'" in ended.stderr


def test_no_value_is_in_json(real: Coach, file: Path) -> None:
    said = real("secrets", "decrypt", str(file), "--json").stdout
    assert json.loads(said)["data"]["values"][1]["name"] == "COACH_COINAPI_KEY"
    assert "canary" not in said


def test_verify_says_of_each_file_whether_it_can_be_trusted(real: Coach, file: Path) -> None:
    other = file.with_name("other.env")
    other.write_text(file.read_text() + "EVIL=\n")
    ended = real("secrets", "verify", str(file), str(other), "--json")
    rows = json.loads(ended.stdout)["data"]
    assert (ended.returncode, [row["ok"] for row in rows]) == (5, [True, False])
    assert "'EVIL' is empty" in rows[1]["reason"]
    assert real("secrets", "verify", str(file)).returncode == 0


def test_a_changed_file_is_neither_decrypted_nor_edited_nor_rotated(
    real: Coach, file: Path, recipient: str
) -> None:
    file.write_text(file.read_text().replace("COACH_USER=", "COACH_ZONE="))
    before = file.read_bytes()
    for line in (
        ("decrypt", str(file)),
        ("edit", str(file)),
        ("rotate-recipients", str(file), "--age", recipient),
    ):
        ended = real("secrets", *line)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "cannot be trusted" in ended.stderr
    assert file.read_bytes() == before


def test_a_key_that_does_not_fit_ends_with_4(real: Coach, file: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text(str(pyrage.x25519.Identity.generate()))
    ended = real("secrets", "decrypt", str(file), "--key-file", str(tmp_path / "wrong"))
    assert (ended.returncode, "--key-file FILE" in ended.stderr) == (4, True)


def test_a_key_file_that_others_may_read_is_a_warning(
    real: Coach, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "keys.txt").chmod(0o644)
    said = json.loads(real("secrets", "verify", str(file), "--json").stdout)
    assert said["warnings"] == [
        f"{tmp_path}/keys.txt is a secret key that others may read; chmod 600 {tmp_path}/keys.txt"
    ]


def test_after_a_rotation_the_old_key_does_not_fit(real: Coach, file: Path, tmp_path: Path) -> None:
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other").write_text(str(other))
    line = ("secrets", "rotate-recipients", str(file), "--age", str(other.to_public()), "--json")
    warnings = json.loads(real(*line).stdout)["warnings"]
    assert "none of your age keys opens the file" in warnings[0]
    assert "change those secrets, too" in warnings[1]
    assert real("secrets", "decrypt", str(file)).returncode == 4
    again = real("secrets", "decrypt", str(file), "--key-file", str(tmp_path / "other"))
    assert again.stdout == PLAIN


@IN_MEMORY
def test_an_edit_changes_what_was_edited(
    real: Coach, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_text().splitlines()
    edited_by(monkeypatch, tmp_path, 'sed -i s/canary/bird/ "$1"')
    assert real("secrets", "edit", str(file)).stdout == f"{file} is sealed again\n"
    assert real("secrets", "decrypt", str(file)).stdout == PLAIN.replace("canary", "bird")
    assert file.read_text().splitlines()[0] == before[0]


@IN_MEMORY
def test_the_editor_s_file_is_private_in_memory_and_goes(
    real: Coach, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note"
    edited_by(
        monkeypatch,
        tmp_path,
        f'stat -c "%a %n" "$1" "$(dirname "$1")" > {note}; stat -f -c %T "$1" >> {note}; '
        f"env | grep -c canary >> {note}; true",
    )
    monkeypatch.setenv("COACH_COINBASE_KEY", "canary")
    ended = real("secrets", "edit", str(file))
    assert (ended.returncode, ended.stdout) == (0, "nothing was changed\n")
    (mode, place), (folder_mode, folder), (kind,), (canaries,) = map(
        str.split, note.read_text().splitlines()
    )
    assert (mode, folder_mode, kind, canaries) == ("600", "700", "tmpfs", "0")
    assert (Path(place).name, Path(place).exists(), Path(folder).exists()) == (
        "my.env",
        False,
        False,
    )


@IN_MEMORY
@pytest.mark.parametrize(
    ("lines", "code", "told"),
    [
        ('echo COACH_USER= > "$1"', 2, "empty"),
        ('printf "\\377" >> "$1"', 2, "UTF-8"),
        ('rm "$1"', 1, "the editor removed it"),
        ("exit 3", 1, "exit code 3"),
    ],
)
def test_an_edit_that_cannot_be_sealed_leaves_the_file_as_it_was(  # noqa: PLR0913, PLR0917
    real: Coach,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    code: int,
    told: str,
) -> None:
    before = file.read_bytes()
    edited_by(monkeypatch, tmp_path, lines)
    ended = real("secrets", "edit", str(file))
    assert (ended.returncode, file.read_bytes()) == (code, before)
    assert told in ended.stderr
    assert "canary" not in ended.stderr


@IN_MEMORY
def test_what_somebody_else_wrote_meanwhile_stays_and_the_edit_too(
    real: Coach, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited_by(monkeypatch, tmp_path, f'sed -i s/canary/bird/ "$1"; echo "#" >> {file}')
    ended = real("secrets", "edit", str(file))
    assert (ended.returncode, "my.edited.env" in ended.stderr) == (2, True)
    assert file.read_text().endswith("#\n")
    beside = file.with_name("my.edited.env")
    assert real("secrets", "decrypt", str(beside)).stdout == PLAIN.replace("canary", "bird")


def test_where_no_folder_is_in_memory_an_edit_is_refused(
    real: Coach, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sops.memory.MEMORY", frozenset())
    ended = real("secrets", "edit", str(file))
    assert (ended.returncode, "never written to a disk" in ended.stderr) == (1, True)


def test_a_link_stays_a_link(real: Coach, file: Path, recipient: str) -> None:
    link = file.with_name("link.env")
    link.symlink_to(file)
    before = file.read_bytes()
    assert real("secrets", "rotate-recipients", str(link), "--age", recipient).returncode == 0
    assert link.is_symlink()
    assert file.read_bytes() != before


def test_whoever_could_read_the_sealed_file_still_can(
    real: Coach, file: Path, recipient: str
) -> None:
    file.chmod(0o644)
    real("secrets", "rotate-recipients", str(file), "--age", recipient)
    assert file.stat().st_mode & 0o777 == 0o644


def test_the_sealed_file_is_the_settings_of_every_command(
    real: Coach, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_SECRETS_FILE", str(file))
    listed = real("config", "list", "--show-origin")
    assert f"user\tann\tsecrets file {file}\n" in listed.stdout
    assert f"coinapi_key\t***\tsecrets file {file}\n" in listed.stdout
    assert "canary" not in listed.stdout + real("config", "list", "--json").stdout


def test_a_command_that_needs_no_setting_fetches_no_secret(
    real: Coach, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = tmp_path / "ran"
    monkeypatch.setenv("COACH_REDIS_URL_COMMAND", f"touch {witness}; echo redis://h")
    for line in (("version",), ("secrets", "decrypt", str(file)), ("config", "path", "--json")):
        assert real(*line).returncode == 0
    assert not witness.exists()
    assert real("config", "list").returncode == 0
    assert witness.exists()


def test_a_sealed_file_that_was_changed_stops_every_command_but_those_that_mend_it(
    real: Coach, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_SECRETS_FILE", str(file))
    file.write_text(file.read_text() + "COACH_USER=\n")
    for line in (("status",), ("config", "list"), ("trades",)):
        ended = real(*line)
        assert (ended.returncode, "cannot be trusted" in ended.stderr) == (2, True)
    assert "cannot be trusted" in real("doctor").stdout
    assert real("secrets", "verify", str(file)).returncode == 5
    assert real("version").returncode == 0
