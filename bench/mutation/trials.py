"""Tests of a room in a process of their own: once as it is, then with one mutant each.

Nothing is written: a fork of this process compiles the mutant in the place of its module when the
tests import it, and ends with them. Only what other people wrote is loaded before the fork.
"""

import ast
import importlib
import importlib.machinery
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any, Literal, NamedTuple

import pytest
from coverage import Coverage
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[2]
OPTIONS = [
    *("-qx", "-pno:cacheprovider", "-ppytest_socket", "-p_hypothesis_pytestplugin"),
    *("-oaddopts=", "--import-mode=importlib", "--disable-socket", f"--rootdir={ROOT}"),
    "-Wignore::pytest.PytestAssertRewriteWarning",
]
AS_LONG, LEAST_CPU_S = 20, 10
"""A test hangs once it takes this many times its CPU, and these seconds of CPU besides."""
PATIENCE_S = 1_200
MEMORY = 8 << 30
OURS = ("coach", "tests", "bench", "migrations")
LOADED_LATER = ("pytest", "_pytest", "hypothesis", "xdist", "conftest")

Outcome = Literal["killed", "hung", "survived", "undecided"]


class Tried(NamedTuple):
    """What came of a mutant: killed by a test, hung in one, survived, or not decided."""

    outcome: Outcome
    test: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What the tests of a room did: their CPU, and which of them ran which line of which file."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, frozenset[str]]]
    modules: tuple[str, ...]

    def tests_of(self, path: Path, lines: range | None) -> list[str]:
        """Return the tests that may notice, the likeliest first.

        They are those that run these lines; all of the room where the import of the module does.
        """
        of_lines = self.lines.get(str(ROOT / path), {})
        near = frozenset().union(*of_lines.values())
        own = f"/test_{path.stem}.py::"
        found = near if lines is None else {test for n in lines for test in of_lines.get(n, ())}
        everywhere = lines is None or "" in found
        chosen = set(self.seconds) if everywhere else found & self.seconds.keys()

        def likely(test: str) -> tuple[bool, bool, float]:
            return own not in test, test not in near, self.seconds[test]

        return sorted(chosen, key=likely)


class Chosen:
    """A plugin of pytest: which tests are run in which order, and what is told of each."""

    def __init__(self, tests: Sequence[str] | None, tell: Callable[[str, str], None]) -> None:
        """Take the tests, None for all."""
        self.order = None if tests is None else {test: at for at, test in enumerate(tests)}
        self.tell = tell

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Let Hypothesis not look for the smallest example: the first that fails is enough."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings.get_profile("coach"), phases=phases)
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was chosen."""
        if self.order is not None:
            order = self.order
            items[:] = sorted(
                (item for item in items if item.nodeid in order),
                key=lambda item: order[item.nodeid],
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Say which test begins and ends."""
        self.tell("begins", item.nodeid)
        done = yield
        self.tell("ends", item.nodeid)
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say which test fails."""
        if report.failed:
            self.tell("fails", report.nodeid)


def record(room: str, tests: Path) -> Recording:
    """Run the tests as they are, which must pass, and return what they did."""
    told = _forked(lambda write: _record(ROOT / "coach" / "engine" / room, tests, write))
    last = told[-1] if told else {}
    if "seconds" not in last:
        raise SystemExit(f"the tests of {room} fail as they are: {told}")
    lines = {
        path: {int(line): frozenset(found) for line, found in of_lines.items()}
        for path, of_lines in last["lines"].items()
    }
    return Recording(last["seconds"], lines, tuple(last["modules"]))


def _record(room: Path, tests: Path, write: Callable[[object], None]) -> None:
    coverage = Coverage(data_file=None, source=[str(room)], config_file=False)
    seconds: dict[str, float] = {}
    began = [0.0]

    def tell(what: str, test: str) -> None:
        if what == "begins":
            coverage.switch_context(test)
            began[0] = time.process_time()
        elif what == "ends":
            seconds[test] = time.process_time() - began[0]
            coverage.switch_context("")
        else:
            write({"fails": test})

    coverage.start()
    code = pytest.main([*OPTIONS, str(tests)], plugins=[Chosen(None, tell)])
    coverage.stop()
    if code != 0:
        write({"code": int(code)})
        return
    data = coverage.get_data()
    lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
    modules = [name for name in sys.modules if not name.startswith((*OURS, *LOADED_LATER))]
    write({"seconds": seconds, "lines": lines, "modules": modules})


def preload(modules: Collection[str]) -> None:
    """Load what other people wrote and the tests will want, so that no fork has to."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 -- a fork loads it as it would have
            continue


def try_mutant(path: Path, tree: ast.Module, tests: Sequence[str], recording: Recording) -> Tried:
    """Run these tests until one notices that the module at `path` is this tree."""
    if not tests:
        return Tried("survived", "no test runs it")
    told = _forked(lambda write: _try(path, tree, tests, recording, write))
    begun = next((line["begins"] for line in reversed(told) if "begins" in line), "the import")
    last = told[-1] if told else {}
    if last.get("code") == pytest.ExitCode.OK:
        return Tried("survived", "")
    if last.get("code") in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}:
        return Tried("killed", next((one["fails"] for one in told if "fails" in one), "the import"))
    if last.get("signal") == signal.SIGPROF:
        return Tried("hung", begun)
    return Tried("undecided", f"{begun}: {last}")


def _try(
    path: Path,
    tree: ast.Module,
    tests: Sequence[str],
    recording: Recording,
    write: Callable[[object], None],
) -> None:
    def tell(what: str, test: str) -> None:
        write({what: test})
        if what == "begins":
            limit = LEAST_CPU_S + AS_LONG * recording.seconds.get(test, 0.0)
            signal.setitimer(signal.ITIMER_PROF, limit)

    _swap(str(ROOT / path), tree)
    signal.setitimer(signal.ITIMER_PROF, 3 * LEAST_CPU_S)
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    code = pytest.main([*OPTIONS, *files], plugins=[Chosen(tests, tell)])
    write({"code": int(code)})


def _swap(path: str, tree: ast.Module) -> None:
    """Compile this tree in the place of the module of that file."""
    loader = importlib.machinery.SourceFileLoader
    get_code = loader.get_code

    def swapped(self: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if self.path == path:
            return compile(tree, path, "exec", dont_inherit=True)
        return get_code(self, name)

    setattr(loader, "get_code", swapped)  # noqa: B010 -- mypy allows no method to be assigned


def _forked(work: Callable[[Callable[[object], None]], None]) -> list[dict[str, Any]]:
    """Return what a fork wrote, and last the signal that ended it, if one did."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    text, over = _read(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    told = [json.loads(line) for line in text.splitlines()]
    if over or os.WIFSIGNALED(status):
        told.append({"signal": 0 if over else os.WTERMSIG(status)})
    return told


def _work(work: Callable[[Callable[[object], None]], None], writing: int) -> None:
    """Do the work of a fork, silently, and end it."""
    code = 1
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(quiet, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(ROOT)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # a second of CPU, and none is asked
        work(lambda value: _write_line(writing, value))
        code = 0
    finally:
        os._exit(code)


def _write_line(writing: int, value: object) -> None:
    rest = json.dumps(value).encode() + b"\n"
    while rest:
        rest = rest[os.write(writing, rest) :]


def _read(reading: int, child: int) -> tuple[str, bool]:
    """Return what a fork writes until it ends, and whether patience ended first."""
    parts: list[bytes] = []
    ends = time.monotonic() + PATIENCE_S
    while True:
        ready, _, _ = select.select([reading], [], [], max(ends - time.monotonic(), 0))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return b"".join(parts).decode(), True
        part = os.read(reading, 1 << 16)
        if not part:
            return b"".join(parts).decode(), False
        parts.append(part)
