"""One run of chaos: writers write, followers follow, things break, and a checker judges.

    python -m tests.chaos.run --seed 1 --minutes 10 --page docs/chaos.md

With --folder a run that was broken off goes on where it was, from the same folder.
"""

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from time import monotonic, sleep

from tests.chaos.checker import Verdict, judge
from tests.chaos.clients import Position
from tests.chaos.database import ChaosDatabase, discard
from tests.chaos.history import History, in_order
from tests.chaos.nemesis import Nemesis
from tests.chaos.place import RunFolder, users
from tests.chaos.processes import Cast
from tests.chaos.server import open_streams

USER = users(1)[0]
PAUSE_S = (0.3, 2.5)
LOOK_S = 0.2
START_PATIENCE_S = 120.0
MOST_MB = 300
MOST_OPEN_FILES = 100
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How large a run is; `patience_s` is how long followers may stand still at the end.

    `servers` are of `coach serve`, for one of the users, and `followers` follow over its sockets.
    """

    seed: int
    minutes: float
    writers: int = 20
    writer_processes: int = 4
    clients: int = 12
    client_processes: int = 2
    users: int = 6
    relays: int = 2
    workers: int = 2
    servers: int = 2
    followers: int = 8
    restores: int = 2
    epochs: int = 1
    mutant: str = ""
    patience_s: float = 180.0


@dataclass(frozen=True, slots=True)
class RunSize:
    """How many of each there are in a small run."""

    writers: int = 4
    writer_processes: int = 1
    clients: int = 4
    client_processes: int = 1
    users: int = 3
    relays: int = 1
    workers: int = 0
    servers: int = 0
    restores: int = 1


SMALL = RunSize()
SMALL_ON_SOCKETS = RunSize(clients=0, relays=0, servers=2)
MUTANT_PATIENCE_S = 8.0


@dataclass(slots=True)
class Progress:
    """How far each follower has come, read from the histories as they grow."""

    folder: Path
    places: dict[str, tuple[str, Position]] = field(default_factory=dict)
    read: dict[Path, int] = field(default_factory=Counter)
    boxes: dict[str, int] = field(default_factory=dict)
    moved: float = field(default_factory=monotonic)

    def look(self) -> None:
        """Read what was written since the last look."""
        for path in self.folder.glob("*.jsonl"):
            if not path.name.startswith(("clients", "inner", "relay", "sockets")):
                continue
            with path.open("rb") as lines:
                lines.seek(self.read.get(path, 0))
                for line in lines:
                    if line.endswith(b"\n"):
                        self.read[path] = self.read.get(path, 0) + len(line)
                        self._take(path.stem, json.loads(line))

    def _take(self, who: str, record: dict[str, object]) -> None:
        if record["kind"] == "holds":
            self.boxes[who] = int(str(record["boxes"]))
        elif "client" in record:
            _, position = self.places.setdefault(
                str(record["client"]), (str(record["user"]), Position())
            )
            position.note(record)
            if record["kind"] == "recv":
                self.moved = monotonic()

    def behind(self, heads: dict[str, tuple[str, int]]) -> list[str]:
        """Return the followers that do not have the last event of their user."""
        return [
            name
            for name, (user, position) in self.places.items()
            if (position.epoch, position.seq) != heads[user]
        ]


class Run:
    """One run, from the first process to the verdict."""

    def __init__(self, path: Path, settings: RunSettings) -> None:
        self.settings = settings
        self.folder = RunFolder(path)
        self.incarnation = int(self.folder.text("incarnation", "0")) + 1
        self.elapsed = float(self.folder.text("elapsed", "0"))
        self.folder.put("incarnation", str(self.incarnation))
        self.folder.put("settings", json.dumps(asdict(settings)))
        for stale in (path / "stop", *path.glob("port-*")):
            stale.unlink(missing_ok=True)
        for name, text in (("network", "pass"), ("clock", "+0s")):
            self.folder.put(name, text)
        self.history = History(path, f"run-{self.incarnation}")
        self.history.write("header", elapsed=self.elapsed, **asdict(settings))
        self.database = ChaosDatabase(self.folder, self.history)
        self.cast = Cast(self.folder)
        chance = Random(f"{settings.seed}/{self.incarnation}")
        self.chance = chance
        self.nemesis = Nemesis(
            self.folder,
            self.history,
            self.database,
            self.cast,
            chance,
            settings.restores,
            settings.epochs,
        )

    def go(self) -> Verdict:
        """Run to the end, and return what the checker says."""
        try:
            self.database.begin(self.settings.users)
            self._start()
            self._break_things()
            self._end()
        finally:
            self.cast.close()
        return judge(in_order(self.folder.path))

    def _start(self) -> None:
        """Start everybody, and wait until all of them are at work."""
        settings, cast = self.settings, self.cast
        self._start_behind_networks("relay", "net", "doors", settings.relays)
        self._start_behind_networks("server", "gate", "gates", settings.servers, USER)
        each = settings.clients // settings.client_processes
        for number in range(settings.client_processes if each else 0):
            cast.add(f"clients-{number}", "clients", str(number * each), str(each))
        if settings.servers:
            cast.add("sockets-0", "sockets", "0", str(settings.followers))
        cast.add("inner-0", "follower")
        for number in range(settings.workers):
            cast.add(f"workers-{number}", "worker")
        each = settings.writers // settings.writer_processes
        for number in range(settings.writer_processes):
            name = f"writers-{self.incarnation}-{number}"
            cast.add(name, "writer", str(number * each), str(each), clocked=True)

    def _start_behind_networks(
        self, module: str, network: str, doors: str, count: int, *words: str
    ) -> None:
        """Start so many of a module, a network before each, and say where the networks listen."""
        pairs = [(f"{module}-{number}", f"{network}-{number}") for number in range(count)]
        for name, net in pairs:
            self.cast.add(name, module, *words)
            self.cast.add(net, "proxy", name)
        self._wait_for([f"port-{name}" for pair in pairs for name in pair])
        ports = [int(self.folder.text(f"port-{net}")) for _, net in pairs]
        self.folder.put(doors, json.dumps(ports))

    def _wait_for(self, names: Sequence[str]) -> None:
        deadline = monotonic() + START_PATIENCE_S
        while not all(self.folder.text(name) for name in names):
            if monotonic() > deadline or self.cast.dead():
                raise RuntimeError(f"did not start: {self.cast.dead()}; see {self.folder.path}")
            sleep(LOOK_S)

    def _break_things(self) -> None:
        """Do one fault after the other until the time is over."""
        whole = self.settings.minutes * MINUTE_S
        while self.elapsed < whole:
            began = monotonic()
            sleep(self.chance.uniform(*PAUSE_S))
            self.nemesis.strike()
            self.elapsed += monotonic() - began
            self.folder.put("elapsed", f"{self.elapsed:.3f}")
            dead = self.cast.dead()
            if dead:
                raise RuntimeError(f"ended by themselves: {dead}; see {self.folder.path}")

    def _end(self) -> None:
        """Let everything be well again, and give followers the time to get all there is."""
        self.nemesis.heal()
        self.folder.put("stop", "")
        self.cast.wait("writers")
        self._wait_for_runs()
        self.database.tell_everyone("last")
        progress, heads = Progress(self.folder.path), self.database.heads()
        progress.look()
        progress.moved = monotonic()
        while progress.behind(heads) and monotonic() - progress.moved < self.settings.patience_s:
            sleep(LOOK_S)
            progress.look()
        self.database.note_what_stays()
        self._note_bounds(progress)

    def _wait_for_runs(self) -> None:
        """Let workers do what is left; what was tried too often is asked for once more."""
        left, moved = -1, monotonic()
        while left and monotonic() - moved < self.settings.patience_s:
            undone = self.database.undone_runs()
            if undone != left:
                left, moved = undone, monotonic()
            sleep(LOOK_S)
        for name in self.cast.named("workers"):
            self.cast.end(name)

    def _note_bounds(self, progress: Progress) -> None:
        """Note what the relays hold when nobody follows any more."""
        for kind in ("clients", "inner", "sockets"):
            for name in self.cast.named(kind):
                self.cast.end(name)
        deadline = monotonic() + self.settings.patience_s
        while any(progress.boxes.values()) and monotonic() < deadline:
            sleep(LOOK_S)
            progress.look()
        for name in self.cast.named("relay"):
            self._bound(f"users followed by {name}", progress.boxes[name], 0)
        for name in self.cast.named("server"):
            pid, held = self.cast.running[name].pid, None
            while held != 0 and monotonic() < deadline:
                sleep(LOOK_S)
                held = open_streams(self.folder, name, pid)
            self._bound(f"streams of {name}", 1 if held is None else held, 0)
        for name in (*self.cast.named("relay"), *self.cast.named("server")):
            pid = self.cast.running[name].pid
            files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
            self._bound(f"open files of {name}", files, MOST_OPEN_FILES)
            self._bound(f"MB of {name}", resident_mb(pid), MOST_MB)

    def _bound(self, name: str, value: int, limit: int) -> None:
        self.history.write("bound", name=name, value=value, limit=limit)


def resident_mb(pid: int) -> int:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise ValueError(pid)


def row(settings: RunSettings, verdict: Verdict) -> str:
    """Return the line of a run for the page."""
    faults = ", ".join(f"{name} {count}" for name, count in sorted(verdict.faults.items()))
    wrong = [
        verdict.count("lost", "undurable"),
        verdict.count("gap", "jump"),
        verdict.count("order"),
        verdict.count("aborted"),
        verdict.count("disagree", "epoch"),
    ]
    cells = [
        settings.seed,
        f"{settings.minutes:g}",
        f"{settings.writers} + {settings.workers} + {settings.servers}",
        verdict.acked,
        verdict.delivered,
        f"{verdict.faults.total()}: {faults}",
        " / ".join(map(str, wrong)),
        verdict.count("bounds"),
    ]
    return f"| {' | '.join(map(str, cells))} |\n"


def settings_of(given: argparse.Namespace) -> RunSettings:
    """Return how large the run is that was asked for."""
    settings = RunSettings(given.seed, given.minutes, mutant=given.mutant, workers=given.workers)
    if given.mutant:
        settings = replace(settings, patience_s=MUTANT_PATIENCE_S)
    if given.small or given.sockets:
        return replace(settings, **asdict(SMALL_ON_SOCKETS if given.sockets else SMALL))
    return settings


def main(words: Sequence[str] | None = None) -> int:
    """Run once, print the row and what is wrong; return 1 where something is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--mutant", default="", help="one of M1 to M9, which must be found")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="with few processes")
    parser.add_argument("--sockets", action="store_true", help="small, and of `coach serve` alone")
    parser.add_argument("--folder", type=Path, help="kept afterwards; a run goes on from it")
    parser.add_argument("--page", type=Path, help="where to append the row")
    given = parser.parse_args(words)
    settings = settings_of(given)
    path = (given.folder or Path(mkdtemp(prefix="coach-chaos-"))).resolve()
    path.mkdir(parents=True, exist_ok=True)
    run = Run(path, settings)
    verdict = run.go()
    discard(path)
    for finding in verdict.findings:
        sys.stdout.write(f"{finding.fault}\t{finding.what}\n")
    line = row(settings, verdict)
    sys.stdout.write(line)
    if given.page is not None:
        with given.page.open("a") as page:
            page.write(line)
    if given.folder is None and not verdict.findings:
        shutil.rmtree(path)
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main())
