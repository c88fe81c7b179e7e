"""A pack as text of at most 80 columns and as Markdown; `page/` has it as HTML.

Each is a function of the pack alone. What came from outside (symbols, notes) is written so
that it can neither move the cursor nor mark itself up.
"""

import re
import textwrap

from coach.engine.digest.shape import Figure, Pack
from coach.engine.digest.words import FOOTNOTE, DigestLine, DigestTable, Form, Section, read

COLUMNS = 80
LONGEST_UNBROKEN = 30
HANGING = "  "
NO_BREAK = "\u00a0"
MARKS = re.compile(r"[\\`*\[\]<>|&]")


def text(pack: Pack) -> str:
    """Write the digest for a terminal or a letter."""
    page = read(pack, TEXT_FORM)
    parts = [wrapped(page.title, "")]
    parts += [text_section(section) for section in page.story]
    parts += [text_table(table) for table in page.tables()]
    parts += [text_section(section) for section in (*page.after_tables, *page.details)]
    return "\n\n".join([*parts, text_section(evidence_section(pack)), FOOTNOTE]) + "\n"


def markdown(pack: Pack) -> str:
    """Write the digest as Markdown."""
    page = read(pack, Form(_marked, _marked_figure))
    parts = [f"# {page.title}"]
    parts += [_markdown_section(section) for section in page.story]
    parts += [_markdown_table(table) for table in page.tables()]
    parts += [_markdown_section(section) for section in (*page.after_tables, *page.details)]
    evidence = tuple(
        DigestLine(f"[{record['id']}] {_marked(record['shown'])}") for record in pack["evidence"]
    )
    return "\n\n".join([*parts, _markdown_section(Section("Evidence", evidence)), FOOTNOTE]) + "\n"


def _plain(figure: Figure) -> str:
    return f"{unbroken(printable(figure['shown']))}{NO_BREAK}[{figure['evidence']}]"


def _marked_figure(figure: Figure) -> str:
    return f"{_marked(figure['shown'])} [{figure['evidence']}]"


def printable(words: str) -> str:
    """Return words from outside without what could move a cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def unbroken(words: str) -> str:
    """Return words that a line break does not part: all of them if few, else a number and its %."""
    if len(words) <= LONGEST_UNBROKEN:
        return words.replace(" ", NO_BREAK)
    return words.replace(" %", f"{NO_BREAK}%")


def _bare(figure: Figure) -> str:
    return unbroken(printable(figure["shown"]))


TEXT_FORM = Form(printable, _plain)
"""How text writes words from outside, and figures."""
PLAIN_FORM = Form(printable, _bare)
"""The same, for a page that has the evidence elsewhere."""


def _marked(words: str) -> str:
    return MARKS.sub(r"\\\g<0>", printable(words))


def wrapped(words: str, indent: str, columns: int = COLUMNS) -> str:
    """Fold a sentence to so many columns; what follows its first line hangs."""
    lines = textwrap.wrap(
        words,
        columns,
        initial_indent=indent,
        subsequent_indent=indent + HANGING,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(NO_BREAK, " ")


def text_section(section: Section, columns: int = COLUMNS) -> str:
    """Write a title and its lines."""
    lines = [wrapped(line.text, "    " if line.detail else "  ", columns) for line in section.lines]
    return "\n".join([section.title, *lines])


def text_table(table: DigestTable, columns: int = COLUMNS) -> str:
    """Write a title and a table, or sentences where it is too wide for one."""
    widths = [max(map(len, column)) for column in zip(*table.rows, strict=True)]
    if sum(widths) + 6 > columns:
        lines = [wrapped(table.as_line.format(*row), "  ", columns) for row in table.rows[1:]]
        return "\n".join([wrapped(table.title, "", columns), *lines])
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(("", *row), (0, *widths), strict=True))
        for row in table.rows
    ]
    written = "\n".join(line.rstrip() for line in lines).replace(NO_BREAK, " ")
    return f"{wrapped(table.title, '', columns)}\n{written}"


def evidence_section(pack: Pack) -> Section:
    """Return what the figures rest on, e1 first."""
    return Section(
        "Evidence",
        tuple(
            DigestLine(f"[{record['id']}] {printable(record['shown'])}")
            for record in pack["evidence"]
        ),
    )


def _markdown_section(section: Section) -> str:
    lines = [f"{'  ' if line.detail else ''}- {line.text}" for line in section.lines]
    return f"## {section.title}\n\n" + "\n".join(lines)


def _markdown_table(table: DigestTable) -> str:
    header, *rows = table.rows
    lines = [_markdown_row(header), "|---|---|---|", *map(_markdown_row, rows)]
    return f"## {table.title}\n\n" + "\n".join(lines)


def _markdown_row(cells: tuple[str, str, str]) -> str:
    return f"| {' | '.join(cells)} |"
