"""`coach reflect`: one question to your Rational Future Self."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.reflect.chat import chat
from coach.cli.reflect.shown import reflection_answer
from coach.cli.show.answers import Answer
from coach.cli.show.pages import Last
from coach.views.reflections import reflection as views
from coach.views.reflections import usage as costs
from coach.views.table import Table, json_row, rows
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from coach.views.reflections.reflection import PromptRow

HELP = "Ask your Rational Future Self, who knows what your trades show."
EXAMPLES = """\
\b
  coach reflect                            a chat; Ctrl-D ends it
  coach reflect < question.txt             one question from a file or a pipe
  coach reflect why do I sell winners so early
  coach reflect --show-prompt              what a model would be asked
  coach reflect list                       what was asked before
  coach config set tone strict             or supportive

It speaks of how you decide, and never of what to trade.
"""
USUALLY_LISTED = 20
LARGEST_QUESTION = 10_000
"""Characters that are read; the engine takes fewer, and says so."""
NO_MODEL = "no language model is configured"
TRADE_CALL = "the question asks for a trade call, which coach refuses itself"
ShowPrompt = Annotated[
    bool, typer.Option("--show-prompt", help="Print what a model would be asked, and end.")
]


def unasked(context: typer.Context, *, show_prompt: ShowPrompt = False) -> None:
    """Talk at a terminal, answer what stdin asks, else say how things stand."""
    if context.invoked_subcommand is not None:
        return
    frame = frame_of(context)
    if frame.somebody_answers and frame.output.as_a_table and not show_prompt:
        chat(frame)
    else:
        answer(context, piped_question(), show_prompt=show_prompt)


def piped_question() -> str:
    """Return what stdin holds where it is a pipe or a file, empty at a terminal."""
    if not sys.stdin or sys.stdin.isatty():
        return ""
    return sys.stdin.read(LARGEST_QUESTION)


app = sub_app(HELP, alone=unasked, otherwise="ask", epilog=EXAMPLES)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", help="In your words.")],
    *,
    show_prompt: ShowPrompt = False,
) -> None:
    """Ask a question; ask may be left out."""
    assert context.parent is not None
    shown = show_prompt or context.parent.params["show_prompt"]
    answer(context, " ".join(question), show_prompt=shown)


@app.command("list")
def listed(context: typer.Context, last: Last = None) -> None:
    """List what was asked and answered, oldest first.

    The newest twenty are shown, or --last N.
    """
    from coach.engine.api.reflection import reflect as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.newest(session, last or USUALLY_LISTED)
    values = rows([views.reflection(one) for one in found])
    table = Table(views.REFLECTIONS, values, "no reflections yet")
    frame.show(Answer("reflect list", list(values), table))


@app.command("usage")
def usage(
    context: typer.Context,
    days: Annotated[int, typer.Option(metavar="N", help="How far to look back.")] = 30,
) -> None:
    """Show what a language model cost, by day."""
    from coach.engine.api.reflection import usage as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.usage(session, days)
    data: dict[str, Any] = json_row(costs.usage(found))
    table = Table(costs.MODEL_DAYS, rows(data["days"]), "no model was asked")
    below = f"today: {limit(found.today.spent)} of {limit(found.today.cap)} tokens"
    frame.show(Answer("reflect usage", data, table, below=(below,)))


def answer(context: typer.Context, question: str, *, show_prompt: bool) -> None:
    """Answer a question, or show what a model would be asked."""
    from coach.engine.api.reflection import reflect as api

    frame = frame_of(context)
    with frame.session() as session:
        if show_prompt:
            shown = prompt_answer(views.prompt(api.prompt_of(session, question)))
        else:
            shown = reflection_answer(api.reflect(session, question), frame)
    frame.show(shown)


def prompt_answer(asked: "PromptRow") -> Answer:
    """Return what is sent to the byte, or the messages where nobody is asked."""
    messages = f"{asked['system']}\n\n{asked['user']}\n"
    text = f"POST {asked['url']}\n\n{asked['body']}\n" if asked["sent"] else messages
    why = TRADE_CALL if asked["url"] else NO_MODEL
    hints = () if asked["sent"] else (f"nothing is sent: {why}",)
    return Answer("reflect --show-prompt", json_row(asked), text=text, hints=hints)
