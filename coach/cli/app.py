"""The root of the command line: words in, exit code out.

Every error ends here, once: ours by its class, Typer's as a usage error, an interruption by its
signal, anything else as one line with the traceback in the log.
"""

from collections.abc import Sequence
from errno import EDQUOT, ENOSPC
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from coach.cli import exits
from coach.cli.catalogue import Root
from coach.cli.frame import Frame, of_process
from coach.cli.lazy import LazyGroup
from coach.cli.manner import declare, read
from coach.cli.output_file import DENIALS
from coach.cli.signals import Terminated
from coach.errors import CoachError
from coach.settings import one_thread

if TYPE_CHECKING:
    from coach.cli.frame import OpenPanel, Serve

FULL = frozenset((ENOSPC, EDQUOT))
ROOM_HINT = "make room, then run the same command again"
DENIED_HINT = "make room or give the right to it, or choose another place: --home FOLDER"
BUG_HINT = "the traceback is in {log} under {name}; please report it"


def run(
    words: Sequence[str],
    root: type[LazyGroup] = Root,
    serve: "Serve | None" = None,
    open_panel: "OpenPanel | None" = None,
) -> int:
    """Run one command line of this process and return its exit code.

    `serve` and `open_panel` are the other faces.
    """
    one_thread()
    frame = of_process(read(words))
    frame.serve, frame.open_panel = serve, open_panel
    with frame.termination.listening():
        try:
            frame.termination.begin()
            code = _ended(frame, words, root)
            frame.termination.settled = True
        except KeyboardInterrupt:
            return _signalled(frame, exits.INTERRUPTED)
        except Terminated:
            return _signalled(frame, exits.TERMINATED)
        except BrokenPipeError:
            frame.termination.settled = True
            frame.output.give_up()
            return exits.DONE
        number = frame.termination.number
        return code if number is None else exits.SIGNALLED + number


def _ended(frame: Frame, words: Sequence[str], root: type[LazyGroup]) -> int:
    try:
        return dispatch(frame, words, root)
    except BrokenPipeError:
        raise
    except Exception as trouble:
        # What comes out after a signal was raised is what became of its exception on the way.
        if (signalled := frame.termination.raised) is not None:
            raise signalled from trouble
        return _refused(frame, trouble)


def _refused(frame: Frame, trouble: Exception) -> int:
    if isinstance(trouble, CoachError):
        frame.refuse(trouble)
        return exits.code_of(trouble)
    if isinstance(trouble, TyperException):
        frame.refuse_plainly("E_USAGE", *explained(trouble))
        return exits.USAGE
    if isinstance(trouble, typer.Abort):
        raise KeyboardInterrupt from trouble
    return _unexpected(frame, trouble)


def _signalled(frame: Frame, code: int) -> int:
    frame.termination.settled = True
    frame.refuse_plainly(*exits.SIGNALS[code])
    return code


def dispatch(frame: Frame, words: Sequence[str], root: type[LazyGroup]) -> int:
    """Parse the words and run what they name."""
    app = typer.Typer(
        cls=root,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(opening)
    group = typer.main.get_command(app)
    declare(group, everything=True)
    try:
        with group.make_context("coach", list(words), obj=frame) as context:
            group.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return exits.DONE


def opening(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
) -> None:
    """Your trading, read back to you: habits, their cost, and your own rules.

    Start with: coach demo, or coach import csv FILE. coach help explains.
    """
    if version:
        from coach.cli.commands.version import version as tell

        tell(context)
        raise typer.Exit
    if context.invoked_subcommand is None:
        from coach.cli.commands.health import welcome

        welcome(context)


def explained(misuse: TyperException) -> tuple[str, str]:
    """Return what Typer says about a line, in our voice: a message and a hint."""
    message, _, rest = misuse.format_message().strip().partition(". Did you mean ")
    message, _, options = message.partition(" (Possible options: ")
    context: typer.Context | None = getattr(misuse, "ctx", None)
    page = f"{context.command_path} --help" if context else "coach --help"
    message, _, choices = message.partition(" Choose from:")
    if meant := rest.rstrip("?") or options.rstrip(")"):
        return lowered(message), f"did you mean {meant}?"
    if choices:
        return lowered(message), f"one of {' '.join(choices.split())}"
    group = context.command if context else None
    if isinstance(group, TyperGroup) and message == "Missing command.":
        return "missing command", f"one of {', '.join(group.commands)}; see {page}"
    return lowered(message), page


def lowered(sentence: str) -> str:
    """Return a sentence as our messages are written: lower case, no full stop."""
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")


def _denied(frame: Frame, trouble: OSError) -> int:
    if trouble.filename is None:
        frame.output.give_up()
        hint = ROOM_HINT if trouble.errno in FULL else ""
        frame.refuse_plainly("E_FAILED", f"cannot write: {trouble.strerror}", hint)
        return exits.FAILED
    what = f"cannot use {str(trouble.filename)!r}: {trouble.strerror}"
    frame.refuse_plainly("E_FAILED", what, DENIED_HINT)
    return exits.FAILED


def _unexpected(frame: Frame, trouble: Exception) -> int:
    from coach.cli import crash
    from coach.wiring import clock

    if frame.debug:
        frame.talk.trace(crash.traceback_text(trouble))
    if isinstance(trouble, OSError) and trouble.errno in DENIALS:
        return _denied(frame, trouble)
    what = f"{type(trouble).__name__}: {trouble}".splitlines()[0]
    try:
        name, log = crash.record(frame.home.state, trouble, clock())
    except (OSError, CoachError) as unwritten:
        hint = f"the log cannot be written ({unwritten}); --debug shows the traceback"
    else:
        hint = BUG_HINT.format(log=log, name=name)
    frame.refuse_plainly("E_UNEXPECTED", what, hint)
    return exits.FAILED
