"""Commands that are imported when they are called, and not before.

The group holds a stand-in per command, made from the table: help pages and typo suggestions read
those. Only the chosen command's module is imported.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer._click import Command, Context
from typer.core import TyperCommand, TyperGroup

from coach.cli.frame import frame_of
from coach.cli.manner import declare
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (`module:name`) and its line on the help page."""

    place: str
    help: str


class RenamingGroup(TyperGroup):
    """A group whose commands also answer to the names that they had before, and say so."""

    former: ClassVar[Mapping[str, str]] = {}
    otherwise: ClassVar[str] = ""
    """The command that takes a line whose first word names none."""

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that was named."""
        if args and (now := self.former.get(args[0])) is not None:
            path = ctx.command_path
            frame_of(ctx).renamed(f"{path} {args[0]}", f"{path} {now}")
            args = [now, *args[1:]]
        if self.otherwise and args and args[0] not in self.commands:
            args = [self.otherwise, *args]
        return super().resolve_command(ctx, args)


class LazyGroup(RenamingGroup):
    """A group over a table of entries."""

    table: ClassVar[Mapping[str, Entry]] = {}

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 -- Typer's own signature
        super().__init__(**attributes)
        for name, entry in self.table.items():
            self.commands[name] = TyperCommand(name, short_help=entry.help)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Import the command that was named; the stand-ins make the suggestions for a typo."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name else None, rest

    def load(self, name: str) -> Command:
        """Import one command and give it the options that all commands share."""
        module, _, attribute = self.table[name].place.partition(":")
        command = as_command(name, getattr(import_module(module), attribute))
        declare(command)
        return command


def as_command(name: str, found: typer.Typer | Callable[..., None]) -> Command:
    """Return a group of commands as it is, a function as a command of that name."""
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = sub_app()
    single.command(name)(found)
    return typer.main.get_command(single)


def sub_app(
    help_text: str | None = None,
    *,
    alone: Callable[..., None] | None = None,
    former: Mapping[str, str] | None = None,
    otherwise: str = "",
    epilog: str = "",
) -> typer.Typer:
    """Return an app in our manner; with `help_text` it stays a group whatever it holds.

    `former` maps names that its commands had before to those that they have now. `otherwise` is the
    command that takes a line whose first word names none. `epilog` ends its help page.
    """
    app = typer.Typer(
        cls=type("Group", (RenamingGroup,), {"former": former or {}, "otherwise": otherwise}),
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if help_text is not None:
        app.callback(
            help=help_text, epilog=epilog or None, invoke_without_command=alone is not None
        )(alone or nothing)
    return app


def nothing() -> None:
    """Do nothing: the group's commands do it."""
