"""How to speak: the options that every command takes, wherever they stand on the line.

They are read once from the raw words, so that even a line that cannot be parsed is answered in the
manner it asked for. The same table declares them to Typer, which puts them into each help page.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from coach.values import dataclass

if TYPE_CHECKING:
    from typer._click import Command
    from typer.core import TyperOption


@dataclass(frozen=True, slots=True)
class SharedOption:
    """An option of every command. `shown`: on each help page, not only on the first one."""

    names: tuple[str, ...]
    help: str
    value: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """What the person asked of every answer."""

    json: bool = False
    quiet: bool = False
    plain: bool = False
    assume_yes: bool = False
    no_input: bool = False
    debug: bool = False
    home: str = ""
    zone: str = ""


SHARED = (
    SharedOption(("--json",), "One JSON object on stdout.", shown=True),
    SharedOption(("--quiet", "-q"), "No hints, warnings or progress.", shown=True),
    SharedOption(("--yes", "-y"), "Answer yes to every question."),
    SharedOption(("--no-input",), "Never ask."),
    SharedOption(("--no-color",), "No colour."),
    SharedOption(("--debug",), "Show the traceback of an unexpected error."),
    SharedOption(("--home",), "Keep everything in this folder.", value="FOLDER"),
    SharedOption(("--zone",), "Show this answer's times in another zone.", value="ZONE"),
)

OWN_ZONES = {"csv": "import", "add": "users"}
"""Commands, each with its group, whose `--zone` has another meaning."""


def read(words: Sequence[str]) -> Manner:
    """Read the shared options off a command line, up to `--`."""
    options = list(takewhile(lambda word: word != "--", words))
    short = {letter for word in options if _is_bundle(word) for letter in word[1:]}
    return Manner(
        json="--json" in options,
        quiet="--quiet" in options or "q" in short,
        plain="--no-color" in options,
        assume_yes="--yes" in options or "y" in short,
        no_input="--no-input" in options,
        debug="--debug" in options,
        home=_value(options, "--home"),
        zone=_value(_without_own(options), "--zone"),
    )


def _without_own(options: list[str]) -> list[str]:
    """Return the words up to a command that has a `--zone` of its own, of another meaning."""
    for place, word in enumerate(options):
        if OWN_ZONES.get(word) in options[:place]:
            return options[:place]
    return options


def _is_bundle(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and set(word[1:]) <= {"q", "y"}


def _value(options: Sequence[str], name: str) -> str:
    found = ""
    for place, word in enumerate(options):
        if word == name:
            found = options[place + 1] if place + 1 < len(options) else ""
        elif word.startswith(f"{name}="):
            found = word.removeprefix(f"{name}=")
    return found


def declare(command: "Command", *, everything: bool = False) -> None:
    """Add the shared options to a command and to all below it; `everything` shows them all."""
    from typer.core import TyperGroup

    own = {name for param in command.params for name in param.opts}
    command.params.extend(
        _option(shared, hidden=not (shared.shown or everything))
        for shared in SHARED
        if own.isdisjoint(shared.names)
    )
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            declare(below)


def _option(shared: SharedOption, *, hidden: bool) -> "TyperOption":
    from typer.core import TyperOption

    return TyperOption(
        param_decls=list(shared.names),
        is_flag=not shared.value,
        default=None if shared.value else False,
        metavar=shared.value or None,
        type=str if shared.value else None,
        help=shared.help,
        hidden=hidden,
        expose_value=False,
    )
