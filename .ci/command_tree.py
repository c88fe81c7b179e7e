"""Every command with its options and arguments, of which completions and man pages are made."""

from collections.abc import Iterator
from dataclasses import dataclass

import typer
from typer._click import Command
from typer.core import TyperArgument, TyperGroup, TyperOption

from coach.cli.app import opening
from coach.cli.catalogue import Root
from coach.cli.lazy import LazyGroup
from coach.cli.manner import declare

HELP = ("-h", "--help")


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option: its names, what it takes (empty: nothing), among which words, and what it is."""

    names: tuple[str, ...]
    takes: str
    choices: tuple[str, ...]
    about: str
    shared: bool


@dataclass(frozen=True, slots=True)
class ShownArgument:
    """An argument: how it is written, the words it takes where they are fixed, and what it is."""

    written: str
    choices: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class ShownCommand:
    """A command by the words that lead to it, with all that may follow."""

    path: tuple[str, ...]
    about: str
    text: str
    epilog: str
    options: tuple[ShownOption, ...]
    arguments: tuple[ShownArgument, ...]
    below: tuple["ShownCommand", ...]

    def walk(self) -> Iterator["ShownCommand"]:
        """Yield this command and all below it."""
        yield self
        for one in self.below:
            yield from one.walk()


def command_tree() -> ShownCommand:
    """Return the whole command line; every command is imported."""
    app = typer.Typer(cls=Root, add_completion=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(opening)
    root = typer.main.get_command(app)
    declare(root, everything=True)
    return shown(root, ())


def shown(command: Command, path: tuple[str, ...], line: str = "") -> ShownCommand:
    """Return a command and all below it; lazy ones have their line of the table."""
    text = (command.help or "").strip()
    below: list[ShownCommand] = []
    if isinstance(command, TyperGroup):
        for name, found in command.commands.items():
            if found.hidden:
                continue
            is_lazy = isinstance(command, LazyGroup)
            real = command.load(name) if is_lazy else found
            about = command.table[name].help if is_lazy else ""
            below.append(shown(real, (*path, name), about))
    return ShownCommand(
        path=path,
        about=line or text.split("\n\n", 1)[0].replace("\n", " "),
        text=text,
        epilog=(command.epilog or "").strip(),
        options=tuple(options_of(command)),
        arguments=tuple(arguments_of(command)),
        below=tuple(below),
    )


def options_of(command: Command) -> Iterator[ShownOption]:
    """Yield the options that a help page shows, and the shared ones that it leaves out."""
    for option in command.params:
        if not isinstance(option, TyperOption):
            continue
        shared = not option.expose_value
        if option.hidden and not shared:
            continue
        takes = "" if option.is_flag or option.count else metavar_of(option)
        names = (*option.opts, *option.secondary_opts)
        yield ShownOption(names, takes, choices_of(option), option.help or "", shared)
    yield ShownOption(HELP, "", (), "Show the help page and exit.", shared=True)


def arguments_of(command: Command) -> Iterator[ShownArgument]:
    """Yield the arguments in their order."""
    for argument in command.params:
        if isinstance(argument, TyperArgument) and not argument.hidden:
            name = metavar_of(argument)
            many = "..." if argument.nargs != 1 else ""
            written = f"{name}{many}" if argument.required else f"[{name}{many}]"
            yield ShownArgument(written, choices_of(argument), argument.help or "")


def metavar_of(param: TyperOption | TyperArgument) -> str:
    """Return what stands for the value."""
    if param.metavar:
        return param.metavar
    choices = choices_of(param)
    return "|".join(choices) if choices else (param.name or "value").upper()


def choices_of(param: TyperOption | TyperArgument) -> tuple[str, ...]:
    """Return the words that a value may be; nothing where it may be any."""
    return tuple(getattr(param.type, "choices", ()))
