"""One run of the command line: what was asked, with what, and where the answer goes.

A command gets it as `context.obj` and makes three moves: read input, one call into the engine's
API, show.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from io import StringIO, TextIOWrapper
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from coach import settings
from coach.advice.hints import completed, hint_of, message_of
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.cli.show.talk import Talk
from coach.cli.signals import Termination
from coach.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from typer._click import Context

    from coach.cli.manner import Manner
    from coach.cli.show.answers import Answer
    from coach.engine.api.session import Session
    from coach.errors import CoachError
    from coach.model.machine.engine_service import EngineServeRequest
    from coach.model.machine.home import Home
    from coach.model.machine.listening import Announce, ServeRequest
    from coach.model.machine.panel import PanelRequest
    from coach.settings.values import Setting, Settings

    Serve = Callable[[Settings, ServeRequest | EngineServeRequest, Announce], int]
    """Serves until a signal comes, tells its URL, and returns the signal's number."""
    OpenPanel = Callable[[Settings, PanelRequest], None]
    """Runs the panel until it is left."""

YES = frozenset({"y", "yes"})


class Frame:
    """What every command holds."""

    def __init__(self, manner: Manner, output: Output, talk: Talk) -> None:
        self.manner = manner
        self.output = output
        self.talk = talk
        self.termination = Termination()
        self._serve: Serve | None = None
        self._open_panel: OpenPanel | None = None
        self._users_zone = ""
        self.renaming = ""

    @cached_property
    def settings(self) -> Settings:
        """What the user decided; ConfigError when it makes no sense."""
        from coach.settings.reading import from_process

        return from_process(self._flags)

    @property
    def debug(self) -> bool:
        """Whether tracebacks are to be shown."""
        return self.manner.debug or settings.wants_debug(settings.process_environment())

    @property
    def home(self) -> Home:
        """The folders, known even when the settings make no sense."""
        from coach.settings.folders import find_home

        return find_home(settings.process_environment(), self._flags)[0]

    @property
    def progress_wanted(self) -> bool:
        """Whether somebody watches a bar."""
        return self.talk.someone_looks_on

    @property
    def columns(self) -> int | None:
        """How wide the terminal is that shows the answer; None where it goes elsewhere."""
        return _width() if self.output.terminal and not self.output.json else None

    @property
    def accessible(self) -> bool:
        """Whether a terminal shows the answer that is read aloud: no charts and no columns."""
        return self.talk.accessible and self.output.terminal

    @property
    def serve(self) -> Serve:
        """How to serve: another face, which only the door of the program knows."""
        assert self._serve is not None
        return self._serve

    @serve.setter
    def serve(self, serve: Serve | None) -> None:
        self._serve = serve

    @property
    def open_panel(self) -> OpenPanel:
        """How to open the panel: another face, which only the door of the program knows."""
        assert self._open_panel is not None
        return self._open_panel

    @open_panel.setter
    def open_panel(self, open_panel: OpenPanel | None) -> None:
        self._open_panel = open_panel

    @property
    def zone(self) -> str:
        """The zone that times are shown and typed in: --zone, else that of the user."""
        # Settings that make no sense must not keep the command that repairs them from speaking.
        try:
            return self.settings.shown_zone or self._users_zone or self.settings.zone
        except ConfigError:
            return settings.DEFAULT_ZONE

    @contextmanager
    def session(self, *, create: bool = False) -> Iterator[Session]:
        """Open the session; `create` makes the database where there is none yet."""
        from coach.wiring import start

        with start(self.settings, create=create) as session, self._uncut(session):
            yield replace(session, announce_wait=self._announce_wait)

    @contextmanager
    def session_if_there(self) -> Iterator[Session | CoachError]:
        """Open the session where there is a database that answers, else yield why there is none."""
        from coach.errors import CoachError
        from coach.wiring import start_if_there

        with start_if_there(self.settings) as found:
            if isinstance(found, CoachError):
                yield found
            else:
                with self._uncut(found):
                    yield found

    def _announce_wait(self) -> None:
        self.talk.hint("waiting for another coach that imports for you; Ctrl-C gives up")

    @contextmanager
    def _uncut(self, session: Session) -> Iterator[None]:
        """Let a signal wait for an open transaction of the session, and know its user's zone."""
        from coach.wiring import at_rest

        connection = session.connection
        self._users_zone = session.user.zone
        with self.termination.held_while(lambda: not at_rest(connection)):
            yield

    def show(self, answer: Answer) -> None:
        """Give the answer, then what a person may want to know with it."""
        warnings = tuple(map(completed, answer.warnings))
        answer = replace(answer, warnings=self._renamings + warnings)
        on_screen = self.output.as_a_table and answer.text is None
        self.output.show(answer, self._screen(zoned=on_screen))
        for warning in warnings:
            self.talk.warning(warning)
        for hint in answer.hints:
            self.talk.hint(hint)

    def renamed(self, former: str, name: str) -> None:
        """Note that a command was called by its former name, and tell a person at once."""
        self.renaming = f"{former} is now {name}; the former name still works"
        self.talk.warning(self.renaming)

    def refuse(self, error: CoachError) -> None:
        """Tell what went wrong: to a person, and as an object where JSON was asked for."""
        self.refuse_plainly(error.code, message_of(error), hint_of(error))

    def refuse_plainly(self, code: str, message: str, hint: str = "") -> None:
        """Tell of an end that is not one of our errors."""
        if self.output.json:
            self.output.refuse(code, message, hint)
        self.talk.error(message, hint)

    def sure(self, question: str) -> bool:
        """Ask a person on a terminal; everybody else is sure, for what they typed is a decision."""
        if self.manner.assume_yes or not self.somebody_answers:
            return True
        self.talk.ask(question)
        return self._answer() in YES

    def asked(self, question: str, answers: str) -> str:
        """Ask a person on a terminal and return what they said, empty where nobody is there."""
        if not self.somebody_answers:
            return ""
        self.talk.ask(question, answers)
        return self._answer()

    def _answer(self) -> str:
        """Read what was typed; where that ended without a line, end the line of the question."""
        typed = sys.stdin.readline()
        if not typed.endswith("\n"):
            self.talk.end_line()
        return typed.strip().lower()

    def typed(self, question: str) -> str:
        """Ask a person on a terminal for a line, and return it as it was typed."""
        self.talk.ask(question, "")
        return sys.stdin.readline().strip()

    def typed_unseen(self, question: str) -> str:
        """Ask a person on a terminal for a line that is not shown while it is typed."""
        from getpass import getpass

        self.talk.ask(question, "")
        return getpass("", self.talk.stream)

    @property
    def may_draw(self) -> bool:
        """Whether a panel can be drawn: it reads stdin and writes stderr, both on a terminal."""
        streams = sys.stdin, sys.stderr
        return self.output.terminal and all(one and one.isatty() for one in streams)

    @property
    def somebody_answers(self) -> bool:
        """Whether a person sits at a terminal and may be asked."""
        on_terminal = bool(sys.stdin and sys.stdin.isatty() and self.talk.stream.isatty())
        return on_terminal and not self.manner.no_input

    @property
    def _renamings(self) -> tuple[str, ...]:
        return (self.renaming,) if self.renaming else ()

    @property
    def _flags(self) -> dict[str, Setting]:
        from coach.settings.values import Setting

        flags = {"home": self.manner.home, "zone": self.manner.zone}
        return {name: Setting(name, value, f"flag --{name}") for name, value in flags.items()}

    def _screen(self, *, zoned: bool) -> Screen:
        """Return the screen; the zone is only asked for where times are shown.

        It is a setting, and reading settings may run the commands that hand secrets over.
        """
        terminal = settings.read_terminal(settings.process_environment())
        return Screen(
            width=_width(),
            color=terminal.color and not self.manner.plain,
            zone=self.zone if zoned else settings.DEFAULT_ZONE,
            accessible=terminal.accessible,
        )


def frame_of(context: Context) -> Frame:
    """Return the frame of a command's run."""
    frame = context.obj
    assert isinstance(frame, Frame)
    return frame


def of_process(manner: Manner) -> Frame:
    """Return the frame of this process."""
    accessible = settings.read_terminal(settings.process_environment()).accessible
    return Frame(
        manner,
        Output(_data_stream(sys.stdout), json=manner.json),
        Talk(
            _stream(sys.stderr),
            quiet=manner.quiet,
            json=manner.json,
            width=_width(),
            accessible=accessible,
        ),
    )


def _width() -> int:
    declared_width = settings.read_terminal(settings.process_environment()).width
    return declared_width or get_terminal_size((80, 24)).columns


def _data_stream(stream: TextIO | None) -> TextIO:
    # Data is UTF-8 whatever the locale says; an escape of ours would be no JSON.
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8")
    return _stream(stream)


def _stream(stream: TextIO | None) -> TextIO:
    # A stream that was closed before we started is None; what cannot be spelled is escaped.
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream or StringIO()
