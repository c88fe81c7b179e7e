"""A pack as text of at most 80 columns, as Markdown and as one self-contained HTML page.

Each is a function of the pack alone. What came from outside (symbols, notes) is written so
that it can neither move the cursor nor mark itself up.
"""

import html as markup
import re
import textwrap

from coach.engine.digest.shape import Figure, Pack
from coach.engine.digest.words import FOOTNOTE, DigestLine, Form, Page, Section, read

COLUMNS = 80
LONGEST_UNBROKEN = 30
HANGING = "  "
NO_BREAK = "\u00a0"
MARKS = re.compile(r"[\\`*\[\]<>|&]")

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
ul, ol { padding-left: 1.2rem; } li.detail { margin-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; margin: 1.6rem 0 .4rem; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid; }
.evidence { font-size: .85rem; overflow-wrap: anywhere; list-style: none; padding: 0; }
a { color: inherit; text-decoration: none; font-size: .8em; }
@media print {
  body { margin: 0; max-width: none; font-size: 10pt; }
  section, table, li { break-inside: avoid; }
}
"""


def text(pack: Pack) -> str:
    """Write the digest for a terminal or a letter."""
    page = read(pack, TEXT_FORM)
    parts = [wrapped(page.title, "")]
    parts += [text_section(section) for section in page.before_table]
    parts += [f"{page.table_title}\n{text_table(page)}"]
    parts += [text_section(section) for section in page.after_table]
    return "\n\n".join([*parts, text_section(evidence_section(pack)), FOOTNOTE]) + "\n"


def markdown(pack: Pack) -> str:
    """Write the digest as Markdown."""
    page = read(pack, Form(_marked, _marked_figure))
    header, *rows = page.table
    table = [_markdown_row(header), "|---|---|---|", *map(_markdown_row, rows)]
    parts = [f"# {page.title}"]
    parts += [_markdown_section(section) for section in page.before_table]
    parts += [f"## {page.table_title}\n\n" + "\n".join(table)]
    parts += [_markdown_section(section) for section in page.after_table]
    evidence = tuple(
        DigestLine(f"[{record['id']}] {_marked(record['shown'])}") for record in pack["evidence"]
    )
    return "\n\n".join([*parts, _markdown_section(Section("Evidence", evidence)), FOOTNOTE]) + "\n"


def html(pack: Pack) -> str:
    """Write the digest as one HTML page: no script, nothing from outside, fit for print."""
    page = read(pack, Form(_escaped, _linked))
    title = _escaped(f"Trading digest {pack['period']['title']['shown']}")
    evidence = "\n".join(
        f'<li id="{record["id"]}">[{record["id"]}] {_escaped(record["shown"])}</li>'
        for record in pack["evidence"]
    )
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style></head>",
            f"<body><main><h1>{page.title}</h1>",
            *map(_html_section, page.before_table),
            _html_table(page),
            *map(_html_section, page.after_table),
            f'<section><h2>Evidence</h2>\n<ul class="evidence">\n{evidence}\n</ul></section>',
            f"<p>{FOOTNOTE}</p>",
            "</main></body></html>",
            "",
        ]
    )


def _plain(figure: Figure) -> str:
    return f"{_unbroken(_printable(figure['shown']))}{NO_BREAK}[{figure['evidence']}]"


def _marked_figure(figure: Figure) -> str:
    return f"{_marked(figure['shown'])} [{figure['evidence']}]"


def _linked(figure: Figure) -> str:
    evidence = figure["evidence"]
    shown = _unbroken(_escaped(figure["shown"]))
    return f'{shown}{NO_BREAK}<a href="#{evidence}">[{evidence}]</a>'


def _printable(words: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def _unbroken(words: str) -> str:
    """Return words that a line break does not part: all of them if few, else a number and its %."""
    if len(words) <= LONGEST_UNBROKEN:
        return words.replace(" ", NO_BREAK)
    return words.replace(" %", f"{NO_BREAK}%")


TEXT_FORM = Form(_printable, _plain)
"""How text writes words from outside, and figures."""


def _marked(words: str) -> str:
    return MARKS.sub(r"\\\g<0>", _printable(words))


def _escaped(words: str) -> str:
    return markup.escape(_printable(words))


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


def text_table(page: Page, columns: int = COLUMNS) -> str:
    """Write what changed as a table, or in sentences where it is too wide for one."""
    widths = [max(map(len, column)) for column in zip(*page.table, strict=True)]
    if sum(widths) + 6 > columns:
        return "\n".join(
            wrapped(f"{measure}: {now}, the week before {before}", "  ", columns)
            for measure, now, before in page.table[1:]
        )
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(("", *row), (0, *widths), strict=True))
        for row in page.table
    ]
    return "\n".join(line.rstrip() for line in lines).replace(NO_BREAK, " ")


def evidence_section(pack: Pack) -> Section:
    """Return what the figures rest on, e1 first."""
    return Section(
        "Evidence",
        tuple(
            DigestLine(f"[{record['id']}] {_printable(record['shown'])}")
            for record in pack["evidence"]
        ),
    )


def _markdown_section(section: Section) -> str:
    lines = [f"{'  ' if line.detail else ''}- {line.text}" for line in section.lines]
    return f"## {section.title}\n\n" + "\n".join(lines)


def _markdown_row(cells: tuple[str, str, str]) -> str:
    return f"| {' | '.join(cells)} |"


def _html_section(section: Section) -> str:
    items = "\n".join(
        f'<li class="detail">{line.text}</li>' if line.detail else f"<li>{line.text}</li>"
        for line in section.lines
    )
    return f"<section><h2>{section.title}</h2>\n<ul>\n{items}\n</ul></section>"


def _html_table(page: Page) -> str:
    (_, now, before), *rows = page.table
    body = "\n".join(
        f'<tr><th scope="row">{measure}</th><td>{this}</td><td>{that}</td></tr>'
        for measure, this, that in rows
    )
    head = f'<tr><td></td><th scope="col">{now}</th><th scope="col">{before}</th></tr>'
    return f"<table><caption>{page.table_title}</caption>\n{head}\n{body}\n</table>"
