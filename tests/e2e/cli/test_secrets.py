"""`coach secrets` in processes of their own: schemas, a person at a terminal, handed settings."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import pyrage
import pytest

from tests.e2e.cli.conftest import assert_published, environment
from tests.e2e.conftest import WarmPython
from tests.e2e.homes import LentHome

MEMORY = Path("/dev/shm")  # noqa: S108 -- memory
IN_MEMORY = pytest.mark.skipif(not MEMORY.is_dir(), reason="a folder in memory is not here")


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with two age keys, a plain file and an editor; the environment names them."""

    folder: Path
    recipient: str
    other: str
    environment: dict[str, str]
    python: WarmPython

    def coach(self, *words: str, stdin: str = "") -> CompletedProcess[str]:
        return self.python.run(words, self.environment, self.folder, stdin)

    def json(self, *words: str) -> dict[str, object]:
        ended = self.coach("secrets", *words, "--json")
        assert ended.returncode == 0, ended.stdout
        found: dict[str, object] = json.loads(ended.stdout)
        return found

    def at_a_terminal(self, *words: str, typed: str) -> CompletedProcess[str]:
        return self.python.show(words, self.environment, self.folder, typed)


@pytest.fixture
def desk(tmp_path: Path, warm_python: WarmPython) -> Iterator[Desk]:
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    keys, editor = tmp_path / "keys.txt", tmp_path / "editor"
    keys.write_text(str(mine))
    keys.chmod(0o600)
    (tmp_path / "other.txt").write_text(str(other))
    (tmp_path / "other.txt").chmod(0o600)
    (tmp_path / "plain.env").write_text("COACH_USER=ann\nCOACH_COINAPI_KEY=canary\n")
    editor.write_text('#!/bin/sh\nsed -i s/canary/bird/ "$1"\n')
    editor.chmod(0o700)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as memory:
        more = {"SOPS_AGE_KEY_FILE": str(keys), "EDITOR": str(editor), "XDG_RUNTIME_DIR": memory}
        named = environment(tmp_path / "home", **more)
        yield Desk(tmp_path, str(mine.to_public()), str(other.to_public()), named, warm_python)


@IN_MEMORY
def test_what_each_command_prints_fits_its_schema_and_holds_no_value(desk: Desk) -> None:
    lines = {
        "secrets encrypt": f"encrypt plain.env --age {desk.recipient} --out my.env",
        "secrets decrypt": "decrypt my.env",
        "secrets edit": "edit my.env",
        "secrets verify": "verify my.env",
        "secrets rotate-recipients": f"rotate-recipients my.env --age {desk.recipient}",
    }
    for command, line in lines.items():
        found = desk.json(*line.split())
        assert_published(command, found["data"])
        assert "canary" not in json.dumps(found)
    assert "=bird\n" in desk.coach("secrets", "decrypt", "my.env").stdout


def test_a_pipe_edits_where_there_is_no_folder_in_memory(desk: Desk) -> None:
    plain = (desk.folder / "plain.env").read_text()
    line = ("secrets", "encrypt", "-", "--format", "dotenv", "--age", desk.recipient)
    sealed = desk.coach(*line, stdin=plain).stdout
    (desk.folder / "piped.env").write_text(sealed)
    assert desk.coach("secrets", "decrypt", "piped.env").stdout == plain


@pytest.mark.parametrize(("typed", "opens"), [("n\n", "keys.txt"), ("y\n", "other.txt")])
def test_a_person_is_asked_before_they_lock_themselves_out(
    desk: Desk, typed: str, opens: str
) -> None:
    desk.json("encrypt", "plain.env", "--age", desk.recipient, "--out", "my.env")
    line = ("secrets", "rotate-recipients", "my.env", "--age", desk.other)
    shown = desk.at_a_terminal(*line, typed=typed)
    assert "none of your age keys opens the file from now on" in " ".join(shown.stdout.split())
    assert desk.coach("secrets", "decrypt", "my.env", "--key-file", opens).returncode == 0


@IN_MEMORY
def test_a_person_whose_edit_has_a_mistake_may_edit_again(desk: Desk) -> None:
    """The editor empties a value at first, and fills it the second time."""
    desk.json("encrypt", "plain.env", "--age", desk.recipient, "--out", "my.env")
    script = 'if grep -q canary "$1"; then sed -i s/canary// "$1"; else echo A=b > "$1"; fi'
    (desk.folder / "editor").write_text(f"#!/bin/sh\n{script}\n")
    shown = desk.at_a_terminal("secrets", "edit", "my.env", typed="y\n")
    assert "'COACH_COINAPI_KEY' is empty" in shown.stdout
    assert desk.coach("secrets", "decrypt", "my.env").stdout == "A=b\n"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("way", ["sealed file", "file", "command"])
def test_a_command_reaches_the_database_that_is_handed_over(
    desk: Desk, lent_home: LentHome, way: str
) -> None:
    url = lent_home.database_url()
    place = desk.folder / "url.env"
    if way == "sealed file":
        place.write_text(f"COACH_DATABASE_URL={url}\n")
        assert desk.json("encrypt", "-i", "url.env", "--age", desk.recipient)
        desk.environment["COACH_SECRETS_FILE"] = "url.env"
    else:
        place.write_text(url)
        place.chmod(0o600)
        held = str(place) if way == "file" else f"cat {place}"
        desk.environment[f"COACH_DATABASE_URL_{way.upper()}"] = held
    assert desk.coach("db", "upgrade").returncode == 0
    for line in (("status",), ("trades",), ("events",), ("accounts",), ("doctor",)):
        ended = desk.coach(*line, "--json")
        assert ended.returncode == 0, ended.stdout
        assert url not in ended.stdout
