"""Completion scripts: static, whole, and good shell."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.catalogue import COMMANDS

Coach = Callable[..., CompletedProcess[str]]
SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_stands_in_the_script(real: Coach, shell: str) -> None:
    script = real("completion", shell).stdout
    assert all(name in script for name in COMMANDS)
    assert "import csv" in script


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_script(real: Coach, shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    file = tmp_path / "script"
    file.write_text(real("completion", shell).stdout)
    subprocess.run([shell, "-n", str(file)], check=True)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (["coach", "imp"], "import"),
        (["coach", "import", "un"], "undo"),
        (["coach", "pnl", "--meth"], "--method"),
        (["coach", "--json", "rules", "pau"], "pause"),
    ],
)
def test_bash_offers_what_may_follow(
    real: Coach, line: list[str], offered: str, tmp_path: Path
) -> None:
    file = tmp_path / "script"
    file.write_text(real("completion", "bash").stdout)
    words = " ".join(line)
    ask = (
        f"source {file}; COMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _coach;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(["bash", "-c", ask], check=True, capture_output=True, text=True)
    assert ended.stdout.split() == [offered]


def test_an_unknown_shell_is_a_usage_error(real: Coach) -> None:
    ended = real("completion", "tcsh")
    assert ended.returncode == 2
    assert "bash" in ended.stderr
