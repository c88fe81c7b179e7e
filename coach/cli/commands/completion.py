"""`coach completion`: a script for the shell, made from the command table; it runs no Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, assert_never

import typer
from typer._click import Command
from typer.core import TyperGroup, TyperOption

from coach.cli.frame import frame_of
from coach.cli.lazy import LazyGroup
from coach.cli.show.answers import Answer

Shell = Literal["bash", "zsh", "fish"]

BASH = """\
# bash completion for coach; put into ~/.bashrc: eval "$(coach completion bash)"
_coach() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" path="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${{COMP_WORDS[i]}} == -* ]] || path+=" ${{COMP_WORDS[i]}}"
    done
    case "$path" in
{cases}
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}}
complete -o filenames -F _coach coach
"""
ZSH = """\
#compdef coach
# zsh completion for coach; put into ~/.zshrc: eval "$(coach completion zsh)"
_coach() {{
    local path="" i
    for ((i = 2; i < CURRENT; i++)); do
        [[ $words[i] == -* ]] || path+=" $words[i]"
    done
    case "$path" in
{cases}
        *) _files ;;
    esac
}}
compdef _coach coach
"""
FISH = """\
# fish completion for coach; put into ~/.config/fish/completions/coach.fish
function __coach_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l path (string match -v -- '-*' $words)
    test "$path" = "$argv"
end
{cases}
"""


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print a completion script for bash, zsh or fish."""
    script = script_for(shell, context.find_root().command)
    frame_of(context).show(Answer("completion", {"shell": shell, "script": script}, text=script))


@dataclass(frozen=True, slots=True)
class CommandPlace:
    """A spot on the command line: the words that lead there, and those that may follow."""

    path: tuple[str, ...]
    commands: tuple[str, ...]
    options: tuple[str, ...]


def script_for(shell: Shell, root: Command) -> str:
    """Return the script; every command and option stands in it as text."""
    places = list(walk(root, ()))
    match shell:
        case "bash":
            return BASH.format(cases="\n".join(_bash(place) for place in places))
        case "zsh":
            return ZSH.format(cases="\n".join(_zsh(place) for place in places))
        case "fish":
            return FISH.format(cases="\n".join(_fish(place) for place in places))
        case _:
            assert_never(shell)


def walk(command: Command, path: tuple[str, ...]) -> Iterator[CommandPlace]:
    """Yield this command and all below it; lazy ones are imported."""
    below = command.commands if isinstance(command, TyperGroup) else {}
    options = (
        name
        for option in command.params
        if isinstance(option, TyperOption) and not option.hidden
        for name in (*option.opts, *option.secondary_opts)
    )
    yield CommandPlace(path, tuple(below), (*options, "--help"))
    for name, found in below.items():
        real = command.load(name) if isinstance(command, LazyGroup) else found
        yield from walk(real, (*path, name))


def _spelled(place: CommandPlace) -> tuple[str, str]:
    return "".join(f" {word}" for word in place.path), " ".join((*place.commands, *place.options))


def _bash(place: CommandPlace) -> str:
    path, words = _spelled(place)
    files = "" if place.commands else ' $(compgen -f -- "$word")'
    return f'        "{path}") COMPREPLY=($(compgen -W "{words}" -- "$word"){files}) ;;'


def _zsh(place: CommandPlace) -> str:
    path, words = _spelled(place)
    files = "" if place.commands else "; _files"
    return f'        "{path}") compadd -- {words}{files} ;;'


def _fish(place: CommandPlace) -> str:
    at = f"complete -c coach -n '__coach_at {' '.join(place.path)}'"
    words = f"{at} -f -a '{' '.join(place.commands)}'" if place.commands else ""
    options = [f"{at} -l {name.removeprefix('--')}" for name in place.options if name[:2] == "--"]
    return "\n".join(filter(None, (words, *options)))
