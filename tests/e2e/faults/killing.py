"""Disturbing a command at a moment, running it again, and comparing with an undisturbed run."""

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from tests.e2e.conftest import WarmProcess
from tests.e2e.faults.canonical import differences
from tests.e2e.faults.commits import ignore
from tests.e2e.faults.scenes import Command
from tests.e2e.faults.world import Ended, State, World, ended

How = Literal["killed", "terminated", "interrupted", "server killed", "server stopped"]
SIGNALS: dict[How, signal.Signals] = {
    "killed": signal.SIGKILL,
    "terminated": signal.SIGTERM,
    "interrupted": signal.SIGINT,
    "server killed": signal.SIGKILL,
    "server stopped": signal.SIGQUIT,
}
ENDS: dict[How, set[int]] = {
    "killed": {-9},
    "terminated": {143, -15},
    "interrupted": {130, -2},
    "server killed": {1},
    "server stopped": {1},
}
OURS, UNEXPECTED = "coach/cli/", "please report it"
"""A traceback through our own files, and an end that nobody foresaw."""
PYTHONS = "KeyboardInterrupt"
LAST_MOMENT = 1.05
"""Of the time that the undisturbed command took."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What is done to a command, and when: after so many commits, or at a share of its time."""

    how: How
    commit: int = 0
    share: float = 0.0

    def __str__(self) -> str:
        when = f"after commit {self.commit}" if self.commit else f"at {self.share:.3f} of its time"
        return f"{self.how} {when}"


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a command does when it is left alone."""

    ended: Ended
    commits: int
    before: State
    after: State


@dataclass(slots=True)
class Killing:
    """Tries disturbances on commands; what they do undisturbed is looked at once."""

    world: World
    _undisturbed: dict[str, Undisturbed] = field(default_factory=dict)

    def undisturbed(self, command: Command) -> Undisturbed:
        """Return what a command does undisturbed, and how many commits it makes."""
        if command.name not in self._undisturbed:
            self.world.set_back(command.state)
            before = self._state(command)
            self.world.commits.begin(ignore)
            ended = self._run(command, COACH_DATABASE_URL=self.world.counted)
            count = self.world.commits.count
            self._undisturbed[command.name] = Undisturbed(
                ended, count, before, self._state(command)
            )
        return self._undisturbed[command.name]

    def draw(self, command: Command, seed: str, count: int) -> Iterator[Disturbance]:
        """Yield so many disturbances; half of them after a commit."""
        dice = random.Random(f"{seed} {command.name}")
        commits = self.undisturbed(command).commits
        for _ in range(count):
            how = dice.choice(get_args(How))
            if commits and dice.random() < 0.5:
                yield Disturbance(how, commit=dice.randint(1, commits))
            else:
                yield Disturbance(how, share=dice.uniform(0, LAST_MOMENT))

    def complaints(self, command: Command, disturbance: Disturbance) -> list[str]:
        """Disturb a command, run it again, and return what is not as it is undisturbed."""
        alone = self.undisturbed(command)
        self.world.set_back(command.state)
        first = self._disturbed(command, disturbance)
        found = [*_ends_oddly(first, disturbance, alone.ended)]
        if command.once and self._is_done(command, alone, found):
            return found
        if command.resumes and not _differs(alone.after, self._state(command)):
            return found
        again = self._run(command)
        if again.code != alone.ended.code:
            found.append(f"again it ends with {again.code}: {again.err}")
        return found + _differs(alone.after, self._state(command))

    def _is_done(self, command: Command, alone: Undisturbed, found: list[str]) -> bool:
        """Return whether a command is done; one that is neither done nor undone is a finding."""
        state = self._state(command)
        if not _differs(alone.after, state):
            return True
        if halves := _differs(alone.before, state):
            found += [f"half done: {one}" for one in halves]
        return False

    def _disturbed(self, command: Command, disturbance: Disturbance) -> Ended:
        if disturbance.share:
            return self._after_a_time(command, disturbance)
        began, strike = time.monotonic(), Strike(self.world, disturbance)
        self.world.commits.begin(strike.at_commit)
        counted = {"COACH_DATABASE_URL": self.world.counted}
        strike.process = self.world.start(command.line.split(), **command.settings, **counted)
        try:
            return ended(strike.process, began)
        finally:
            self.world.commits.begin(ignore)

    def _after_a_time(self, command: Command, disturbance: Disturbance) -> Ended:
        took_s = self.undisturbed(command).ended.took_s
        began, strike = time.monotonic(), Strike(self.world, disturbance)
        strike.process = self.world.start(command.line.split(), **command.settings)
        time.sleep(took_s * disturbance.share)
        strike.now()
        return ended(strike.process, began)

    def _state(self, command: Command) -> State:
        return self.world.state(empty_runs=command.empty_runs)

    def _run(self, command: Command, **more: str) -> Ended:
        return self.world.run(command.line.split(), **command.settings, **more)


@dataclass(slots=True)
class Strike:
    """Does to a process, or to the server under it, what was chosen."""

    world: World
    disturbance: Disturbance
    process: WarmProcess | None = None

    def at_commit(self, count: int) -> None:
        """Strike when the chosen commit is done, before the process hears of it."""
        if count == self.disturbance.commit:
            self.now()

    def now(self) -> None:
        """Strike now."""
        number = SIGNALS[self.disturbance.how]
        if self.disturbance.how in {"server killed", "server stopped"}:
            self.world.kill_server(number)
        elif self.process is not None:
            self.process.send_signal(number)


def _ends_oddly(first: Ended, disturbance: Disturbance, alone: Ended) -> Iterator[str]:
    if disturbance.how == "interrupted" and PYTHONS in first.err and OURS not in first.err:
        return  # Python was still starting, and coach had no say yet
    if first.code not in ENDS[disturbance.how] | {alone.code}:
        yield f"it ends with {first.code}: {first.err}"
    elif OURS in first.err or UNEXPECTED in first.err:
        yield f"it says: {first.err}"


def _differs(was: State, now: State) -> list[str]:
    return [*differences(was.tables, now.tables), *differences(was.files, now.files)]
