"""Completions and manual pages are those of the commands, and good to read for `man`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coach.cli.catalogue import COMMANDS

ROOT = Path(__file__).parents[4]
ROOMS = ("completions", "man")


def contents(folder: Path) -> dict[str, str]:
    return {
        f"{room}/{one.name}": one.read_text() for room in ROOMS for one in folder.glob(f"{room}/*")
    }


def test_what_is_kept_is_what_is_generated(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / ".ci" / "command_pages.py", tmp_path], check=True)
    assert contents(ROOT) == contents(tmp_path), "python .ci/command_pages.py writes them anew"


def test_every_command_has_a_page() -> None:
    names = {one.name for one in (ROOT / "man").iterdir()}
    assert names == {"coach.1", *(f"coach-{command}.1" for command in COMMANDS)}


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not here")
def test_no_page_has_a_mistake() -> None:
    pages = sorted(map(str, (ROOT / "man").iterdir()))
    line = ["mandoc", "-Tlint", "-W", "warning", *pages]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not here")
def test_the_page_of_a_command_reads_well() -> None:
    line = ["mandoc", "-Tutf8", "-O", "width=80", str(ROOT / "man" / "coach-digest.1")]
    text = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    shown = "".join(
        sign for sign, after in zip(text, [*text[1:], ""], strict=True) if "\b" not in {sign, after}
    )
    assert "coach digest --week 2026-W14 --format html -o week.html" in shown
    assert "--format text|md|html|json|svg|png" in shown
