"""`coach completion`: a script for the shell that comes with coach; it runs no Python."""

from typing import Annotated, Literal

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.files import completion_script

Shell = Literal["bash", "zsh", "fish"]


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print a completion script for bash, zsh or fish.

    \b
      coach completion bash > ~/.local/share/bash-completion/completions/coach
      coach completion zsh > ~/.zfunc/_coach     (a folder of $fpath)
      coach completion fish > ~/.config/fish/completions/coach.fish

    The shell reads it when you first press the tabulator after coach, and starts no coach then.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    script = completion_script(shell).read_text("utf-8")
    frame_of(context).show(Answer("completion", {"shell": shell, "script": script}, text=script))
