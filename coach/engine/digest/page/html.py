"""A digest as one HTML file: no script, nothing from outside, folded on a screen, open on paper.

Its policy allows the one style sheet that it brings, by its hash, and nothing else.
"""

import html as markup
from base64 import b64encode
from hashlib import sha256

from coach.engine.digest.page.chart import charts, svg
from coach.engine.digest.render import NO_BREAK, printable, unbroken
from coach.engine.digest.shape import Figure, Pack
from coach.engine.digest.words import FOOTNOTE, DigestTable, Form, Section, read

STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { background: Canvas; color: CanvasText; font: 1rem/1.5 system-ui, sans-serif;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
.first { border: 1px solid GrayText; border-radius: .5rem; padding: .2rem 1rem .6rem; }
ul { padding-left: 1.2rem; margin: .3rem 0; } li.detail { margin-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
.wide { overflow-x: auto; }
caption { text-align: left; font-weight: bold; margin: 1.4rem 0 .3rem; }
th, td { text-align: left; font-weight: normal; padding: .2rem .6rem .2rem 0;
  border-bottom: 1px solid GrayText; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
summary { cursor: pointer; font-weight: bold; margin: 1.2rem 0 .3rem; }
:focus-visible { outline: 3px solid #2f7fc4; outline-offset: 2px; }
.evidence { font-size: .85rem; overflow-wrap: anywhere; list-style: none; padding: 0; }
.evidence li:target { outline: 1px solid GrayText; }
a { color: inherit; font-size: .8em; }
@media print {
  :root { color-scheme: light; }
  body { margin: 0; max-width: none; font-size: 10pt; }
  .first { padding: 0; border: 0; }
  section, table, figure, li { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  a { text-decoration: none; }
}
"""
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
FIRST_SECTIONS = 2
"""The highlight and the cost stand together, before anything else."""


def html(pack: Pack) -> str:
    """Write the digest as one HTML page."""
    page = read(pack, Form(escaped, _linked))
    title = escaped(f"Trading digest {pack['period']['title']['shown']}")
    first, rest = page.story[:FIRST_SECTIONS], page.story[FIRST_SECTIONS:]
    drawn = [f"<figure>{svg(chart)}</figure>" for chart in charts(pack)]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style></head>",
            f"<body><main><h1>{page.title}</h1>",
            '<div class="first">',
            *map(_section, first),
            "</div>",
            *map(_section, rest),
            _table(page.changes),
            *drawn,
            *([] if page.days is None else [_days(page.days)]),
            *map(_section, page.after_tables),
            *(_folded(one.title, list_of(one)) for one in page.details),
            _folded("Evidence", _evidence(pack)),
            f"<p>{FOOTNOTE}</p>",
            "</main></body></html>",
            "",
        ]
    )


def escaped(words: str) -> str:
    """Return words from outside as text of a page."""
    return markup.escape(printable(words))


def _linked(figure: Figure) -> str:
    evidence = figure["evidence"]
    shown = unbroken(escaped(figure["shown"]))
    return f'{shown}{NO_BREAK}<a href="#{evidence}">[{evidence}]</a>'


def _evidence(pack: Pack) -> str:
    rows = "\n".join(
        f'<li id="{record["id"]}">[{record["id"]}] {escaped(record["shown"])}</li>'
        for record in pack["evidence"]
    )
    return f'<ul class="evidence">\n{rows}\n</ul>'


def _section(section: Section) -> str:
    return f"<section><h2>{section.title}</h2>\n{list_of(section)}</section>"


def _folded(title: str, inside: str, name: str = "") -> str:
    label = f' id="{name}"' if name else ""
    return f"<details><summary{label}>{title}</summary>\n{inside}</details>"


def list_of(section: Section) -> str:
    """Return the sentences of a section as a list."""
    items = "\n".join(
        f'<li class="detail">{line.text}</li>' if line.detail else f"<li>{line.text}</li>"
        for line in section.lines
    )
    return f"<ul>\n{items}\n</ul>"


def _days(days: DigestTable) -> str:
    rows = rows_of(days)
    return _folded(days.title, f'<table aria-labelledby="days">\n{rows}\n</table>', "days")


def _table(table: DigestTable) -> str:
    caption = f"<caption>{table.title}</caption>"
    return f'<div class="wide"><table>{caption}\n{rows_of(table)}\n</table></div>'


def rows_of(table: DigestTable) -> str:
    """Return the rows of a table, the first as its head."""
    (_, first, second), *rows = table.rows
    body = "\n".join(
        f'<tr><th scope="row">{label}</th> <td>{one}</td> <td>{other}</td></tr>'
        for label, one, other in rows
    )
    return f'<tr><td></td><th scope="col">{first}</th><th scope="col">{second}</th></tr>\n{body}'
