"""`coach reflect`: one question to your Rational Future Self."""

from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import Last
from coach.views.reflections import reflection as views
from coach.views.reflections import usage as costs
from coach.views.table import Table, json_row, rows
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.cli.frame import Frame
    from coach.engine.api.reflection.reflect import ReflectionView
    from coach.views.reflections.reflection import PromptRow

HELP = "Ask your Rational Future Self, who knows what your trades show."
EXAMPLES = """\
\b
  coach reflect                            how things stand
  coach reflect why do I sell winners so early
  coach reflect --show-prompt              what a model would be asked
  coach reflect list                       what was asked before
  coach config set tone strict             or supportive

It speaks of how you decide, and never of what to trade.
"""
WIDEST = 100
USUALLY_LISTED = 20
NO_MODEL = "no language model is configured"
TRADE_CALL = "the question asks for a trade call, which coach refuses itself"
STEPS = {
    "habit": "coach why {name}",
    "absent": "coach why {name}",
    "unsure": "coach why {name}",
    "pattern": "coach plans questions",
    "rule": "coach rules breaches",
}
ShowPrompt = Annotated[
    bool, typer.Option("--show-prompt", help="Print what a model would be asked, and end.")
]


def unasked(context: typer.Context, *, show_prompt: ShowPrompt = False) -> None:
    """Say how things stand, where no question follows."""
    if context.invoked_subcommand is None:
        answer(context, "", show_prompt=show_prompt)


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


def reflection_answer(found: "ReflectionView", frame: "Frame") -> Answer:
    """Return an answer: a paragraph a sentence for a person, all of it for a program."""
    data: dict[str, Any] = json_row(views.reflection(found.kept))
    lines = tuple(paragraphs(data, min(frame.columns or WIDEST, WIDEST)))
    table = Table(views.SENTENCES, rows(data["sentences"]))
    hints = tuple(f"next: {step}" for step in next_steps(data))
    fallback = f"{found.trouble}; coach's own templates answer" if found.trouble else found.note
    warnings = (fallback,) if fallback else ()
    return Answer("reflect", data, table, lines=lines, warnings=warnings, hints=hints)


def next_steps(data: dict[str, Any]) -> "Iterator[str]":
    """Yield the command that shows more of the first thing that an answer states."""
    for one in data["sentences"]:
        kind, _, name = one["claim"].partition(".")
        if kind in STEPS:
            yield STEPS[kind].format(name=name)
            return


def paragraphs(data: dict[str, Any], columns: int) -> "Iterator[str]":
    """Yield the sentences on lines of their own; what is evidence is set in."""
    for one in data["sentences"]:
        indent = "  " if one["claim"] else ""
        yield from wrap(one["text"], columns, initial_indent=indent, subsequent_indent=indent)
