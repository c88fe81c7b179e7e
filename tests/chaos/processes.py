"""The processes of a run: writers, relays, networks and followers, started anew when killed."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from tests.chaos.place import PARENT, RunFolder

ROOT = Path(__file__).parents[2]
LOOK_S = 0.05
FAKE_CLOCK = "faketime"


@dataclass(slots=True)
class Cast:
    """Running processes by name, and the words that start each of them."""

    folder: RunFolder
    words: dict[str, list[str]] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    clocked: set[str] = field(default_factory=set)

    def add(self, name: str, module: str, *words: str, clocked: bool = False) -> None:
        """Start a process that stays; `clocked`: its clock may be turned where that is possible."""
        self.words[name] = [f"tests.chaos.{module}", str(self.folder.path), name, *words]
        if clocked and fake_clock():
            self.clocked.add(name)
        self.start(name)

    def start(self, name: str) -> None:
        """Start a process by its name."""
        environment = os.environ | {"PYTHONPATH": str(ROOT), PARENT: str(os.getpid())}
        if name in self.clocked:
            environment |= fake_clock() | {
                "FAKETIME_TIMESTAMP_FILE": str(self.folder.path / "clock"),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        with (self.folder.path / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *self.words[name]],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End a process at once, and start it anew."""
        self.end(name)
        self.start(name)

    def end(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process."""
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait()

    def stand_still(self, name: str, seconds: float) -> None:
        """Stop a process for a while, as a laptop that sleeps."""
        self.running[name].send_signal(signal.SIGSTOP)
        sleep(seconds)
        self.running[name].send_signal(signal.SIGCONT)

    def named(self, beginning: str) -> list[str]:
        """Return the processes whose names begin so."""
        return sorted(name for name in self.words if name.startswith(beginning))

    def wait(self, beginning: str) -> None:
        """Wait for processes that end by themselves."""
        for name in self.named(beginning):
            self.running.pop(name).wait()
            del self.words[name]

    def dead(self) -> list[str]:
        """Return the processes that ended although nobody ended them."""
        return sorted(name for name, one in self.running.items() if one.poll() is not None)

    def close(self) -> None:
        """End everything."""
        for name in list(self.running):
            self.end(name)


def fake_clock() -> dict[str, str]:
    """Return the environment that turns a process's clock; nothing where libfaketime is not."""
    program = shutil.which(FAKE_CLOCK)
    if program is None:
        return {}
    shown = subprocess.run([program, "+0s", "env"], capture_output=True, text=True, check=False)
    lines = [line for line in shown.stdout.splitlines() if line.startswith("LD_PRELOAD=")]
    return {"LD_PRELOAD": lines[0].partition("=")[2]} if lines else {}
