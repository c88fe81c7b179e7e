"""A command line in this process, over a tiny command table, and a terminal made of memory."""

import signal
import sys
from collections.abc import Callable, Iterator
from errno import EACCES
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType
from typing import Annotated, ClassVar

import pytest
import typer

from coach.cli.app import run
from coach.cli.frame import frame_of
from coach.cli.lazy import Entry, LazyGroup, sub_app
from coach.cli.show.answers import Answer
from coach.cli.signals import Terminated
from coach.errors import (
    AuthenticationFailed,
    ConfigError,
    Locked,
    NotInitialised,
    TryLater,
    UsageError,
)
from coach.model.events import Json
from coach.views.table import Column, Table

Coach = Callable[..., CompletedProcess[str]]
COLUMNS = (Column("symbol", "symbol"), Column("net", "net", "money"))
ROWS: list[dict[str, Json]] = [{"symbol": "BTC-USD", "quote": "USD", "net": "-12.5"}]

TROUBLES: dict[str, BaseException] = {
    "usage": UsageError("do it so", what="that makes no sense"),
    "config": ConfigError(name="zone", what="no such zone"),
    "auth": AuthenticationFailed(broker="coinbase", reason="expired"),
    "nothing": NotInitialised(),
    "locked": Locked(doing="importing"),
    "later": TryLater(broker="coinbase", reason="429"),
    "interrupt": KeyboardInterrupt(),
    "terminate": Terminated(),
    "bug": ZeroDivisionError("postgresql://me:secret@host/db"),
    "denied": PermissionError(EACCES, "Permission denied", "/home/me/.config/coach"),
    "pipe": BrokenPipeError(),
}


def show(context: typer.Context) -> None:
    """Show one row."""
    answer = Answer("show", list(ROWS), Table(COLUMNS, ROWS), warnings=("mind",), hints=("next",))
    frame_of(context).show(answer)


def fail(context: typer.Context, how: Annotated[str, typer.Argument(help="With what.")]) -> None:
    """End in an error."""
    del context
    raise TROUBLES[how]


group = sub_app("A group of one.", former={"lone": "only"})


@group.command()
def only(context: typer.Context) -> None:
    """Show the only one."""
    show(context)


class TinyRoot(LazyGroup):
    """Three commands."""

    table: ClassVar = {
        "show": Entry("made_up_commands:show", "Show one row."),
        "fail": Entry("made_up_commands:fail", "End in an error."),
        "group": Entry("made_up_commands:group", "A group of one."),
        "absent": Entry("no_such_module:absent", "Never imported."),
    }
    former: ClassVar = {"display": "show"}


class MemoryTerminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> StringIO:
    return MemoryTerminal()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def same_signals() -> Iterator[None]:
    """Give SIGTERM back to whoever had it."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def tiny(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Coach:
    """Run a line against the tiny table."""
    module = ModuleType("made_up_commands")
    module.__dict__.update(show=show, fail=fail, group=group)
    monkeypatch.setitem(sys.modules, "made_up_commands", module)

    def coach(*words: str) -> CompletedProcess[str]:
        code = run(words, TinyRoot)
        said = capfd.readouterr()
        return CompletedProcess(words, code, said.out, said.err)

    return coach


@pytest.fixture
def real(capfd: pytest.CaptureFixture[str]) -> Coach:
    """Run a line against the whole command line; no database is there."""

    def coach(*words: str) -> CompletedProcess[str]:
        code = run(words)
        said = capfd.readouterr()
        return CompletedProcess(words, code, said.out, said.err)

    return coach
