"""A command that is killed anywhere leaves the old file or the new one, and nothing plain."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
import pytest

PLAIN = "COACH_USER=ann\nCOACH_COINAPI_KEY=canary\n"
EDITED = PLAIN.replace("canary", "bird")

# One process with coach in it; each attempt is a fork that kills itself before its next step with
# a file, one step later than the attempt before, until one comes to its end.
EACH_STEP = """
import gc, json, os, signal, sys
from pathlib import Path
from coach.cli.app import run
import coach.cli.secrets.group, coach.sops.store, coach.sops.sealing, coach.sops.memory
import cryptography.hazmat.primitives.ciphers.aead, pyrage, yaml, coach.wiring

STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "fcntl.flock", "os.scandir",
         "subprocess.Popen", "shutil.rmtree"}
file, places, words = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
before = file.read_bytes()

def counts(event, arguments):
    at = str(arguments[0]) if arguments else ""
    return event in STEPS and (event in {"fcntl.flock", "subprocess.Popen"}
                               or any(at.startswith(place) for place in places))

def attempt(last):
    child = os.fork()
    if child == 0:
        left = last
        def watch(event, arguments):
            nonlocal left
            if counts(event, arguments):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(run(words))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

found, code = [], -9
while code == -9:
    file.write_bytes(before)
    code = attempt(len(found))
    found.append([code, file.read_text()])
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a key and an editor, and the environment that names them."""

    folder: Path
    recipient: str
    other: str
    environment: dict[str, str]

    def coach(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "coach", *words]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def kill_at_each_step(self, file: Path, words: Sequence[str]) -> list[tuple[int, str]]:
        """Return how each attempt ended and what the file was then; the last came to its end."""
        places = [str(self.folder), self.environment["XDG_RUNTIME_DIR"]]
        arguments = [str(file), json.dumps(places), json.dumps(list(words))]
        ended = subprocess.run(
            [sys.executable, "-c", EACH_STEP, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return [(code, text) for code, text in json.loads(ended.stdout)]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    keys, editor = tmp_path / "keys.txt", tmp_path / "editor"
    keys.write_text(f"{mine}\n{other}\n")
    keys.chmod(0o600)
    editor.write_text('#!/bin/sh\nsed -i s/canary/bird/ "$1"\n')
    editor.chmod(0o700)
    environment = {
        "COACH_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "SOPS_AGE_KEY_FILE": str(keys),
        "EDITOR": str(editor),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    return Workshop(tmp_path, str(mine.to_public()), str(other.to_public()), environment)


@pytest.fixture
def memory() -> Iterator[Path]:
    """Make a folder in memory; the next edit cleans up there, and nobody else's edit does."""
    with TemporaryDirectory(dir="/dev/shm", prefix="coach-test-") as folder:
        yield Path(folder)


def plain_text(workshop: Workshop, sealed: str) -> str:
    """Return what a sealed text holds."""
    from coach.settings.age_keys import find_age_keys
    from coach.sops.formats import read_document
    from coach.sops.opening import open_sealed

    keys = find_age_keys(workshop.environment)
    return open_sealed(read_document(sealed, "my.env"), keys).plain_text()


def leftovers(workshop: Workshop) -> list[str]:
    """Return the files of the folder that hold a plain secret."""
    files = [path for path in workshop.folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if b"canary" in path.read_bytes() and path.name != "editor"]


@pytest.fixture
def sealed(workshop: Workshop) -> Path:
    file = workshop.folder / "my.env"
    file.write_text(PLAIN)
    line = ("secrets", "encrypt", "-i", str(file), "--age", workshop.recipient)
    assert workshop.coach(*line).returncode == 0
    return file


def test_a_rotation_that_is_killed_anywhere_loses_nothing(workshop: Workshop, sealed: Path) -> None:
    line = ("secrets", "rotate-recipients", str(sealed), "--age", workshop.other)
    attempts = workshop.kill_at_each_step(sealed, line)
    assert len(attempts) > 5
    assert {plain_text(workshop, text) for _, text in attempts} == {PLAIN}
    assert attempts[-1][0] == 0
    assert workshop.other in attempts[-1][1]
    assert leftovers(workshop) == []


def test_an_encryption_that_is_killed_anywhere_loses_nothing(workshop: Workshop) -> None:
    """The plain file is the user's; it is there, whole, until the sealed one is."""
    file = workshop.folder / "my.env"
    file.write_text(PLAIN)
    line = ("secrets", "encrypt", "-i", str(file), "--age", workshop.recipient)
    attempts = workshop.kill_at_each_step(file, line)
    texts = [text for _, text in attempts]
    assert {plain_text(workshop, text) for text in texts if text != PLAIN} == {PLAIN}
    assert attempts[-1][0] == 0
    assert leftovers(workshop) == []


@pytest.mark.skipif(
    not os.access("/dev/shm", os.W_OK),  # noqa: S108 -- memory
    reason="a folder in memory is not here",
)
def test_an_edit_that_is_killed_anywhere_loses_nothing(
    workshop: Workshop, sealed: Path, memory: Path
) -> None:
    workshop.environment["XDG_RUNTIME_DIR"] = str(memory)
    attempts = workshop.kill_at_each_step(sealed, ("secrets", "edit", str(sealed)))
    assert len(attempts) > 10
    assert {plain_text(workshop, text) for _, text in attempts} == {PLAIN, EDITED}
    assert (attempts[-1][0], plain_text(workshop, attempts[-1][1])) == (0, EDITED)
    assert leftovers(workshop) == []
    assert list(memory.iterdir()) == []
