"""What a test may rely on: none of the developer's settings, and only what the machine has."""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from coach.settings import one_thread

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

# A red run must speak of the change: the same examples each time, however busy the machine.
# The gate runs them once with --hypothesis-profile=thorough.
settings.register_profile(
    "thorough",
    derandomize=True,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("coach", settings.get_profile("thorough"), max_examples=12)
settings.load_profile("coach")
one_thread()  # as every command computes; the workers of a run share the cores already

TESTS = Path(__file__).parent
MOST_WORKERS = 8  # each of them reads every test first
SELDOM = (20_000, 20, 50)  # Python's own: 700, 10, 10
INHERITED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGCHLD)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests that take minutes, too")


def pytest_configure(config: pytest.Config) -> None:
    keep_compiled_modules()
    told: list[int] = getattr(config, "workerinput", {}).get("ignored_signals", [])
    start_children_with_default_signals(told)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "WorkerController") -> None:
    """Tell a worker which signals the shell wants ignored: it no longer sees that itself."""
    node.workerinput["ignored_signals"] = [
        int(number) for number in INHERITED if signal.getsignal(number) is ignore
    ]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return a worker per core for whole folders, and none for a few files or with `-s`."""
    named = [word.partition("::")[0] for word in config.args]
    if config.getoption("capture") == "no" or all(word.endswith(".py") for word in named):
        return 0
    return min(usable_cores(), MOST_WORKERS)


def keep_compiled_modules() -> None:
    """Let Python keep what it compiles, even where the shell forbids it.

    Otherwise every worker, and every command that a test starts, compiles all of coach.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_children_with_default_signals(told: list[int]) -> None:
    """Keep the shell's choice of ignored signals for this process, but not for its children.

    A script starts what runs in the background with SIGINT ignored, `nohup` ignores SIGHUP, and
    every child inherits that. A handler that does nothing ignores a signal, too, and is not
    inherited by another program.
    """
    for number in INHERITED:
        if number in told or signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, ignore)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INHERITED)


def ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing about a signal."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the collector of garbage the modules and tests that are read: they all stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Spare it them for the rest of the run, too, and let it look less often than it would."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for marker, reason in absent(config).items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    for item in items:
        item.add_marker(level_of(item))
        if starts_processes(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


def level_of(item: pytest.Item) -> str:
    """Return the level of a test, which is the folder that it stands in."""
    return item.path.relative_to(TESTS).parts[0]


def starts_processes(item: pytest.Item) -> bool:
    """Whether other processes take part, which a busy machine may hold up for any time.

    Such a test is tried once more, at most three of a run are, and what failed at first is
    printed whole. Whatever runs in this process alone must pass at once.
    """
    return item.get_closest_marker("fresh") is not None or any(
        item.path.is_relative_to(TESTS / level) for level in ("e2e", "integration")
    )


def absent(config: pytest.Config) -> dict[str, str]:
    """Markers whose tests cannot run here, each with its reason."""
    reasons = {}
    if "COACH_TEST_DATABASE_URL" not in os.environ:
        reasons["external"] = "COACH_TEST_DATABASE_URL is not set"
    if "COACH_TEST_ORACLES" not in os.environ:
        reasons["oracle"] = "COACH_TEST_ORACLES is not set"
    if shutil.which("redis-server") is None:
        reasons["redis"] = "redis-server is not here"
    if shutil.which("chromium") is None and config.option.markexpr != "must":
        # who asks for nothing but what must work is not told that it passed
        reasons["browser"] = "chromium is not here"
    if os.geteuid() != 0:
        reasons["root"] = "needs root"
    if not config.getoption("--slow"):
        reasons["slow"] = "needs --slow"
    return reasons


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own coach: a test must never reach the data they keep."""
    for name in list(os.environ):
        if name.startswith(("COACH_", "SOPS_")) and not name.startswith("COACH_TEST_"):
            monkeypatch.delenv(name)
