"""`coach help`: the page of a command, a topic, a habit, a kind of rule or a term."""

from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from coach import settings
from coach.cli.frame import Frame, frame_of
from coach.cli.help import pages
from coach.cli.help.topics import GROUPS, TOPICS
from coach.cli.lazy import LazyGroup
from coach.cli.show.answers import Answer
from coach.cli.show.pager import shown_in_pages
from coach.cli.show.screen import wrapped
from coach.errors import NotFound
from coach.views.table import Column, Table, rows
from coach.wording.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typer._click import Command, Context

WIDTH = 80
NEAREST = 3
LIKE_ENOUGH = 0.6
PAGES = (
    ("Habits", "biases"),
    ("Kinds of rules", "rules"),
    ("Exports, and each format by its name", "statements"),
)
COLUMNS = (Column("topic", "topic"), Column("group"), Column("about", "what it explains"))


def help_(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="TOPIC", help="A topic, or a command.")
    ] = None,
) -> None:
    """Explain a topic, or show the page of a command; without one list the topics.

    \b
      coach help
      coach help exit codes
      coach help rules add
      coach help revenge
      coach help E_AUTH
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if not words:
        show(frame, topics_answer())
        return
    name = " ".join(words)
    lines: list[str] = []
    command = page_of_command(context.find_root(), words)
    page = pages.find(name)
    if command is None and page is None:
        raise NotFound(_nearest(name, context), kind="topic", name=name)
    width = min(frame.columns or WIDTH, WIDTH)
    if command is not None:
        lines += command.split("\n")
    if page is not None:
        lines += ["", ""] * bool(lines) + page.lines(width, columns=not frame.accessible)
    title = f"coach {name}" if page is None else page.title
    text = "\n".join(lines)
    show(frame, Answer("help", {"topic": name, "title": title, "text": text}, text=text))


def show(frame: Frame, answer: Answer) -> None:
    """Show an answer; on a terminal, a long one in the user's pager."""
    environment = settings.process_environment()
    if frame.output.as_a_table and frame.somebody_answers and not frame.accessible:
        text = answer.text if answer.text is not None else "\n".join(answer.lines)
        height = get_terminal_size((WIDTH, 24)).lines
        lines = [visible(line) for line in text.split("\n")]
        if shown_in_pages(lines, height, environment):
            return
    frame.show(answer)


def page_of_command(root: "Context", words: "Sequence[str]") -> str | None:
    """Return the help page of the command that the words lead to, None where they lead nowhere."""
    context = root
    for word in words:
        command = _below(context.command, word)
        if command is None:
            return None
        context = type(root)(command, info_name=word, parent=context)
    return context.get_help()


def _below(command: "Command", word: str) -> "Command | None":
    if isinstance(command, LazyGroup):
        name = command.former.get(word, word)
        return command.load(name) if name in command.table else None
    found: Command | None = getattr(command, "commands", {}).get(word)
    return found


def topics_answer() -> Answer:
    """Return the list of topics."""
    listed = rows(
        [
            {"topic": name, "group": group, "about": topic.about}
            for group, topics in GROUPS.items()
            for name, topic in topics.items()
        ]
    )
    return Answer("help", [*listed], Table(COLUMNS, listed), lines=tuple(_listed()))


def _listed() -> "Iterator[str]":
    yield "coach help TOPIC explains, coach help COMMAND shows how a command is called."
    wide = max(map(len, TOPICS))
    for group, topics in GROUPS.items():
        yield from ("", group)
        for name, topic in topics.items():
            yield f"  {name:<{wide}}  {topic.about}"
    for title, room in PAGES:
        yield from ("", title)
        yield from wrapped(f"  {', '.join(pages.pages_of(room))}", WIDTH)
    yield from ("", "And every word of the glossary: coach help FIFO; every code of an error:")
    yield "coach help E_AUTH. Start with coach demo."


def _nearest(name: str, context: "Context") -> str:
    """Return what to type instead: the words most like an unknown one, and those that hold it."""
    from difflib import get_close_matches

    root = context.find_root().command
    known = list(dict.fromkeys((*pages.every_name(), *getattr(root, "commands", {}))))
    wanted = pages.same_word(name)
    by_word = {pages.same_word(word): word for word in reversed(known)}
    near = [by_word[word] for word in get_close_matches(wanted, by_word, NEAREST, LIKE_ENOUGH)]
    near += [word for key, word in by_word.items() if wanted in key and word not in near]
    if not near:
        return "coach help lists the topics"
    return f"did you mean {', '.join(near[:NEAREST])}? coach help lists the topics"
