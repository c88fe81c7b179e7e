"""Completion scripts: static, whole, and good shell."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from coach.cli.catalogue import COMMANDS
from coach.files import completion_script

Coach = Callable[..., CompletedProcess[str]]
SHELLS = ("bash", "zsh", "fish")
OFFERED = [
    (["coach", "imp"], "import"),
    (["coach", "import", "un"], "undo"),
    (["coach", "pnl", "--meth"], "--method"),
    (["coach", "--json", "rules", "pau"], "pause"),
    (["coach", "--home", "rules", "dige"], "digest"),
    (["coach", "digest", "--format", "ht"], "html"),
    (["coach", "completion", "fi"], "fish"),
    (["coach", "why", "abc", "--deb"], "--debug"),
]
IN_BASH = """
source {file}; COMP_WORDS=({words}); COMP_CWORD={at}; _coach; printf "%s\\n" "${{COMPREPLY[@]}}"
"""
IN_ZSH = """
compadd() {{ shift; print -l -- "$@" }}
_files() {{ }}
source {file}; words=({words}); CURRENT=$(({at} + 1)); _coach
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_stands_in_the_script(real: Coach, shell: str) -> None:
    script = real("completion", shell).stdout
    assert all(name in script for name in COMMANDS)
    assert "import csv" in script


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_script(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    subprocess.run([shell, "-n", str(completion_script(shell))], check=True)


@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_bash_offers_what_may_follow(line: list[str], offered: str) -> None:
    ask = IN_BASH.format(file=completion_script("bash"), words=" ".join(line), at=len(line) - 1)
    ended = subprocess.run(["bash", "-c", ask], check=True, capture_output=True, text=True)
    assert ended.stdout.split() == [offered]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not here")
@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_zsh_offers_what_may_follow(line: list[str], offered: str) -> None:
    file = completion_script("zsh")
    ask = IN_ZSH.format(file=file, words=" ".join(line), at=len(line) - 1)
    ended = subprocess.run(["zsh", "-f", "-c", ask], check=True, capture_output=True, text=True)
    assert offered in ended.stdout.split()


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not here")
def test_fish_offers_what_may_follow(tmp_path: Path) -> None:
    asks = "; echo @@; ".join(f"complete -C '{' '.join(line)}'" for line, _ in OFFERED)
    ended = subprocess.run(
        ["fish", "--no-config", "-c", f"source {completion_script('fish')}; {asks}"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )
    found = [
        [row.split("\t")[0] for row in part.splitlines() if row]
        for part in ended.stdout.split("@@\n")
    ]
    assert [offered for _, offered in OFFERED] == [words[0] for words in found]


def test_an_unknown_shell_is_a_usage_error(real: Coach) -> None:
    ended = real("completion", "tcsh")
    assert ended.returncode == 2
    assert "bash" in ended.stderr
