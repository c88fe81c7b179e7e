"""Manual pages: coach(1), and one for each of its commands with all below it."""

import re
from collections.abc import Iterator, Sequence

from command_tree import ShownCommand, ShownOption

from coach._version import VERSION
from coach.cli.help.markdown import plain, section

DATE = "2026-11-30"
AS_IT_IS = "\b\n"
ROW = re.compile(r"^\| (.+?) \| (.+?) \|$", re.MULTILINE)
SHOWN_EVERYWHERE = ("--json", "--quiet")


def man_pages(tree: ShownCommand, command_line: str) -> dict[str, str]:
    """Return the text of each page by its file name; `command_line` is that page of the docs."""
    pages = {"coach.1": first_page(tree, command_line)}
    for command in tree.below:
        pages[f"coach-{command.path[0]}.1"] = page(command)
    return pages


def first_page(tree: ShownCommand, command_line: str) -> str:
    """Return coach(1): the commands, the options of each, exit codes, variables and files."""
    codes = ROW.findall(section(command_line, "Exit codes"))[1:]
    lines = [
        *head("coach", "your trading, read back to you"),
        ".SH SYNOPSIS",
        r".B coach",
        r"[\fIoptions\fR] \fIcommand\fR ...",
        ".SH DESCRIPTION",
        *described(tree.text),
        ".SH COMMANDS",
    ]
    for one in tree.below:
        name = f"coach\\-{escaped(one.path[0])}"
        lines += [".TP", f".BR {name} (1)", escaped(one.about)]
    lines += [".SH OPTIONS", "They may stand before or after the command."]
    lines += options(tree.options)
    lines += [".SH EXIT STATUS"]
    for code, meaning in codes:
        lines += [".TP", f".B {escaped(plain(code))}", escaped(plain(meaning))]
    lines += [
        ".SH ENVIRONMENT",
        *(".TP", ".B COACH_HOME", "Where everything is kept, in place of the folders of XDG."),
        *(".TP", ".B NO_COLOR", "No colour."),
        *(".TP", ".B ACCESSIBLE", "For a screen reader: one fact a line, no bars, no redrawing."),
        ".PP",
        r"All settings and their variables: \fBcoach help environment\fR.",
        ".SH SEE ALSO",
        r"\fBcoach help\fR lists the topics that are explained without a network.",
    ]
    return "\n".join(lines) + "\n"


def page(command: ShownCommand) -> str:
    """Return the page of a command, with a section for each below it."""
    name = f"coach-{command.path[0]}"
    lines = [*head(name, lowered(command.about)), ".SH SYNOPSIS", *synopsis(command)]
    for one in command.below:
        lines += [".br", *synopsis(one)]
    lines += [".SH DESCRIPTION", *described(command.text or command.about)]
    lines += [*described(command.epilog)] if command.epilog else []
    lines += details(command)
    if command.below:
        lines += [".SH COMMANDS"]
        for one in command.below:
            lines += [f'.SS "{escaped(" ".join(("coach", *one.path)))}"', *described(one.text)]
            lines += [*described(one.epilog)] if one.epilog else []
            lines += details(one, heading="")
    lines += [".SH SEE ALSO", ".BR coach (1)"]
    return "\n".join(lines) + "\n"


def head(name: str, about: str) -> list[str]:
    """Return the lines that every page begins with."""
    title = f'.TH {escaped(name.upper())} 1 "{DATE}" "coach {VERSION}" "User Commands"'
    return [title, ".SH NAME", f"{escaped(name)} \\- {escaped(about)}"]


def synopsis(command: ShownCommand) -> list[str]:
    """Return how a command is written."""
    words = escaped(" ".join(("coach", *command.path)))
    rest = [r"[\fIoptions\fR]"]
    rest += [r"\fIcommand\fR"] if command.below else []
    rest += [f"\\fI{escaped(one.written)}\\fR" for one in command.arguments]
    return [f".B {words}", " ".join(rest)]


def details(command: ShownCommand, heading: str = ".SH OPTIONS") -> list[str]:
    """Return the arguments and options of a command, without those of every command."""
    own = [one for one in command.options if not one.shared]
    lines: list[str] = []
    for one in command.arguments:
        lines += [".TP", f".I {escaped(one.written)}", escaped(one.about or "See above.")]
    found = [*lines, *options(own)]
    if heading and found:
        return [heading, *found]
    return found


def options(found: Sequence[ShownOption]) -> Iterator[str]:
    """Yield the entry of each option."""
    for one in found:
        names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in one.names)
        takes = f" \\fI{escaped(one.takes)}\\fR" if one.takes else ""
        yield from (".TP", f"{names}{takes}", escaped(one.about or "See above."))


def described(text: str) -> Iterator[str]:
    """Yield paragraphs; one that begins with a backspace is kept as it is."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith(AS_IT_IS):
            rows = paragraph.removeprefix(AS_IT_IS).split("\n")
            yield from (".nf", *(line(escaped(row.rstrip())) for row in rows), ".fi")
        else:
            yield from (line(escaped(row.strip())) for row in paragraph.split("\n") if row.strip())


def line(text: str) -> str:
    """Return a line that roff takes for no request of its own."""
    return f"\\&{text}" if text.startswith((".", "'")) else text


def escaped(text: str) -> str:
    """Return a text as roff prints it: backslashes, and hyphens that can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")


def lowered(sentence: str) -> str:
    """Return a sentence as a line of a list: small letter, no full stop."""
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")
