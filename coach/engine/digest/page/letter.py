"""A digest for a mail: its page without folds and scripts, and its first lines for a phone.

Readers of mail show no SVG and fold nothing; the charts come as a picture that the mail carries,
and the list of evidence stays with the other forms.
"""

from coach.engine.digest.page.html import escaped, list_of, rows_of
from coach.engine.digest.render import printable
from coach.engine.digest.shape import Figure, Pack
from coach.engine.digest.words import FOOTNOTE, DigestTable, Form, Section, read

STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 640px; margin: 0 auto; padding: 8px; }
h1 { font-size: 19px; } h2 { font-size: 16px; margin: 18px 0 4px; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: bold; }
th, td { text-align: left; font-weight: normal; padding: 2px 12px 2px 0; }
img { max-width: 100%; }
"""
FIRST = 2
"""Of the sections: the highlight and the cost."""


def letter_html(pack: Pack, picture: str) -> str:
    """Write the HTML part of a mail; `picture` is the content id of its charts, or empty."""
    page = read(pack, Form(escaped, _cited))
    charts = f'<p><img src="cid:{picture}" alt="Charts of the days below"></p>' if picture else ""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escaped(pack['period']['title']['shown'])}</title>",
            f"<style>{STYLE}</style></head>",
            f"<body><h1>{page.title}</h1>",
            *map(_section, page.story),
            _table(page.changes),
            charts,
            *([] if page.days is None else [_table(page.days)]),
            *map(_section, (*page.after_tables, *page.details)),
            f"<p>{FOOTNOTE}</p>",
            "</body></html>",
            "",
        ]
    )


def summary(pack: Pack) -> str:
    """Write the highlight and the cost in plain sentences, one a line."""
    page = read(pack, Form(printable, _shown))
    lines = (line.text for section in page.story[:FIRST] for line in section.lines)
    return "\n".join(dict.fromkeys(lines))


def _cited(figure: Figure) -> str:
    return f"{escaped(figure['shown'])} [{figure['evidence']}]"


def _shown(figure: Figure) -> str:
    return printable(figure["shown"])


def _section(section: Section) -> str:
    return f"<h2>{section.title}</h2>\n{list_of(section)}"


def _table(table: DigestTable) -> str:
    return f"<table><caption>{table.title}</caption>\n{rows_of(table)}\n</table>"
