"""Scripts of deploy/ among programs that only note how they were called."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Script = Callable[..., CompletedProcess[str]]
DEPLOY = Path(__file__).parents[3] / "deploy"
STUB = """\
#!/bin/bash
printf '%s\\n' "{name} $*" >> "$CALLS"
while IFS= read -r line; do
  pattern=${{line%%	*}}; rest=${{line#*	}}
  if [[ "{name} $*" == $pattern ]]; then printf '%b' "${{rest#*	}}"; exit "${{rest%%	*}}"; fi
done < "$ANSWERS"
"""


class Stubs:
    """Programs that note their calls and answer as they are told; what nobody told ends with 0."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self.folder.mkdir()
        self._calls, self._answers = folder / "calls", folder / "answers"
        self._answers.touch()
        self._calls.touch()

    def stand_in_for(self, *names: str) -> None:
        for name in names:
            program = self.folder / name
            program.write_text(STUB.format(name=name))
            program.chmod(0o755)

    def answer(self, call: str, code: int = 0, text: str = "") -> None:
        """End calls that look like that (a pattern of the shell) with that code."""
        with self._answers.open("a") as file:
            file.write(f"{call}\t{code}\t{text}\n")

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    def called(self, *words: str) -> list[str]:
        """Return the calls that hold all these words, in order."""
        return [one for one in self.calls if all(word in one for word in words)]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "CALLS": str(self._calls),
            "ANSWERS": str(self._answers),
            "COACH_PAUSE_S": "0",
            "COACH_READY_TRIES": "3",
            **more,
        }


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    made = Stubs(tmp_path)
    made.stand_in_for("compose", "docker", "curl", "chown")
    return made


@pytest.fixture
def script(stubs: Stubs, tmp_path: Path) -> Script:
    """Run a script of deploy/ among the stubs."""

    def run(name: str, *words: str, **more: str) -> CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(DEPLOY / name), *words],
            env=stubs.environment({"COACH_COMPOSE": "compose", **more}),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )

    return run
