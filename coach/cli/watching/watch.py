"""`coach watch`: your own fills as they happen, and which of your rules they broke."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from coach.advice.readable import local
from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.show.screen import wrapped
from coach.cli.watching.hook import hook_words, is_there
from coach.cli.watching.status import show_status
from coach.cli.watching.warners import Warners
from coach.errors import UsageError
from coach.model.times import MINUTE_S, duration
from coach.views.table import json_row
from coach.views.watch.notices import watch_notice
from coach.wording.countdown import countdown
from coach.wording.json_text import compact

if TYPE_CHECKING:
    from datetime import datetime

    from coach.cli.frame import Frame
    from coach.engine.api.watch.notices import WatchNotice
    from coach.engine.api.watch.watch import WatchWishes

LEAST_S: Final = 5.0
NOT_TOLD: Final = frozenset({"tick"})

Accounts = Annotated[
    list[str] | None, typer.Option("--account", metavar="NAME", help="Only this one; repeat.")
]
Every = Annotated[
    str, typer.Option(metavar="SPAN", help="How often an account is asked that has no stream.")
]
Hook = Annotated[
    str | None, typer.Option(metavar="COMMAND", help="Run it at a breach, with JSON on its input.")
]
Notify = Annotated[
    list[str] | None,
    typer.Option("--notify", metavar="CHANNEL", help="Send breaches there, too; repeat."),
]
Once = Annotated[bool, typer.Option("--once", help="Read each account once, then end; for cron.")]
Status = Annotated[
    bool, typer.Option("--status", help="Only say what was just broken, and which pause runs.")
]
Span = Annotated[str | None, typer.Option("--for", metavar="SPAN", help="End after so long.")]


@dataclass(slots=True)
class Ending:
    """Whether watching is to end: after a time, or since a signal came."""

    until: float | None = None
    number: int = 0
    broken: int = field(default=0)
    unread: int = field(default=0)

    def now(self) -> bool:
        """Say whether it is to end now."""
        return bool(self.number) or (self.until is not None and monotonic() >= self.until)


def watch(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    accounts: Accounts = None,
    every: Every = "60s",
    hook: Hook = None,
    notify: Notify = None,
    once: Once = False,
    span: Span = None,
    status: Status = False,
) -> None:
    """Follow your own fills, and tell at once which of your rules one broke.

    \b
      coach watch
      coach watch --notify phone --hook 'notify-send coach'
      coach watch --once --json
      coach watch --status

    A line for each breach, with the time of a pause that a rule asks for. It reads, and can order
    nothing. A broker's stream tells when to read; others are asked. With --json each line is
    an object. Ctrl-C ends it. With --once it ends with 5 where what it read broke a rule, else
    with 3 where an account could not be read.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.watch.watch import WatchWishes
    from coach.model.machine.own_process import in_shared_process

    frame, ending = frame_of(context), Ending()
    if status:
        show_status(frame)
        return
    if span is not None:
        ending.until = monotonic() + _seconds(span, "--for", 0.0)
    wishes = WatchWishes(
        tuple(accounts or ()), _seconds(every, "--every", LEAST_S), once, _counts_down(frame)
    )
    words = () if hook is None else _words_of(frame, hook)
    in_shared_process(lambda: _watch(frame, wishes, (words, tuple(notify or ())), ending))
    code = _exit_code(ending, once=once)
    if code:
        raise typer.Exit(code)


def _exit_code(ending: Ending, *, once: bool) -> int:
    if ending.number:
        return exits.SIGNALLED + ending.number
    if once and ending.broken:
        return exits.FOUND_SOMETHING
    return exits.PARTIAL if once and ending.unread else exits.DONE


def _words_of(frame: "Frame", hook: str) -> tuple[str, ...]:
    words = hook_words(hook)
    if not is_there(words):
        frame.talk.warning(f"the hook cannot be run as things are: no program {words[0]!r}")
    return words


def _watch(
    frame: "Frame",
    wishes: "WatchWishes",
    told: tuple[tuple[str, ...], tuple[str, ...]],
    ending: Ending,
) -> None:
    from coach.engine.api.notify.warnings import warning_channels
    from coach.engine.api.watch import watch as api

    hook, names = told
    with frame.session() as session:
        warners = Warners(hook, warning_channels(session, names), frame.talk.error)
        told_of = api.watch(session, wishes, ending.now)
        with warners.at_work() as warn, _signals(ending), closing(told_of):
            try:
                for notice in told_of:
                    _show(frame, notice)
                    if notice.kind == "breach":
                        ending.broken += 1
                        warn(notice, line_of(notice))
                    elif notice.kind == "trouble":
                        ending.unread += 1
                        if wishes.once and not frame.output.terminal:
                            frame.talk.error(f"{notice.account} was not read: {notice.told}")
            finally:
                frame.talk.rewrite("")


def _show(frame: "Frame", notice: "WatchNotice") -> None:
    """Write a notice: an object, or a sentence; a second of a cooldown only on a terminal."""
    talk = frame.talk
    if notice.kind in NOT_TOLD:
        talk.rewrite(f"{clock_left(notice)} left of {notice.rule_id}")
        return
    talk.rewrite("")
    if frame.output.json:
        frame.output.lines([line_of(notice)])
    else:
        frame.output.lines(on_screen(notice, frame.zone, frame.columns))


def on_screen(notice: "WatchNotice", zone: str, columns: int | None) -> Iterator[str]:
    """Yield a notice as a person reads it, whole words within so many columns."""
    for sentence in sentences(notice, zone):
        yield from [sentence] if columns is None else wrapped(sentence, columns)


def line_of(notice: "WatchNotice") -> str:
    """Return a notice as a line of JSON."""
    return compact(json_row(watch_notice(notice)))


def sentences(notice: "WatchNotice", zone: str) -> Iterator[str]:
    """Yield a notice as a person reads it."""
    about = f"{notice.account}: " if notice.account else ""
    until = f" until {local(notice.until.isoformat(), zone)}" if notice.until else ""
    mark = "RULE BROKEN  " if notice.kind == "breach" else ""
    trade = f" (trade {notice.trade_id[:8]})" if notice.trade_id else ""
    yield f"{clock_time(notice.at, zone)}  {mark}{about}{notice.told}{until}{trade}"
    yield from (f'  you signed: "{text}"' for text in notice.commitments)


def clock_time(moment: "datetime", zone: str) -> str:
    """Return a time of day to the second, on the clock of a zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def clock_left(notice: "WatchNotice") -> str:
    """Return how long a cooldown still takes, as a clock counts down."""
    assert notice.until is not None
    return countdown(notice.until - notice.at)


def _counts_down(frame: "Frame") -> bool:
    return frame.talk.someone_looks_on and not frame.talk.accessible and frame.may_draw


def _seconds(text: str, option: str, least: float) -> float:
    minutes = duration(text, "minutes")
    found = None if minutes is None else minutes * MINUTE_S
    if found is None or found < least or not found:
        allowed = f"a span of at least {least:g} s" if least else "a span of time"
        raise UsageError(f"{option} 60s", what=f"{option} takes {allowed}, not {text!r}")
    return found


@contextmanager
def _signals(ending: Ending) -> Iterator[None]:
    """End watching at a clean moment when a signal comes, and at once when another one does.

    Both signals stay ours after the first: given back while watching ends, they would be asked for
    again. The second goes to whom they belonged.
    """
    numbers = signal.SIGINT, signal.SIGTERM
    before = [signal.getsignal(number) for number in numbers]

    def give_back() -> None:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

    def end(number: int, _frame: FrameType | None) -> None:
        if ending.number:
            give_back()
            signal.raise_signal(number)
        ending.number = number

    for number, handler in zip(numbers, before, strict=True):
        if handler is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        if not ending.number:
            give_back()
