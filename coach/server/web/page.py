"""The page that loads the client, and the digest as a page that works without a script."""

from html import escape
from string import Template
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from coach.engine.api.digests import FOOTNOTE
from coach.server.web.files import client_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.digests import DigestTable, DigestView, Section

SHELL = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Your trading, read back to you.">
<title>coach</title>
<link rel="icon" href="$icon" type="image/svg+xml">
<script src="$boot"></script>
$styles
$preloads
<script type="module" src="$main"></script>
</head>
<body>
<div id="app"><p class="boot" role="status">Opening coach</p></div>
<noscript><main class="plain"><h1>coach</h1>
<p>The screens need scripts, which come from this server alone. Without them there are
<a href="/digest">the digest of your week</a> and <a href="/account">your account</a>; in a terminal
<code>coach tui</code> has the same screens.</p></main></noscript>
</body>
</html>
""")
PLAIN = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>$title · coach</title>
<link rel="icon" href="$icon" type="image/svg+xml">
$styles
</head>
<body>
<main class="plain $kind">
$body
</main>
</body>
</html>
""")
STYLES = ("style/base.css", "style/shell.css", "style/parts.css", "style/screens.css")
PLAIN_STYLES = ("style/base.css", "style/plain.css")
FIRST = ("core", "stream", "parts")


def shell_page() -> HTMLResponse:
    """Return the page of every screen."""
    files = client_files()
    modules = [*files.modules_of(*FIRST), *VENDORED, "screens/week.js"]
    preloads = (f'<link rel="modulepreload" href="{files.address(one)}">' for one in modules)
    return HTMLResponse(
        SHELL.substitute(
            icon=files.address("icon.svg"),
            boot=files.address("boot.js"),
            main=files.address("main.js"),
            styles=_styles(STYLES),
            preloads="\n".join(preloads),
        ),
        headers={"Cache-Control": "no-cache"},
    )


VENDORED = tuple(
    f"vendor/{name}.js" for name in ("preact", "hooks", "signals-core", "signals", "htm")
)


def plain_page(title: str, body: str, kind: str = "", status: int = 200) -> HTMLResponse:
    """Return a page that works without a script."""
    files = client_files()
    content = PLAIN.substitute(
        title=escape(title),
        icon=files.address("icon.svg"),
        styles=_styles(PLAIN_STYLES),
        kind=kind,
        body=body,
    )
    return HTMLResponse(content, status)


def _styles(names: "Sequence[str]") -> str:
    files = client_files()
    return "\n".join(f'<link rel="stylesheet" href="{files.address(name)}">' for name in names)


def digest_page(found: "DigestView") -> HTMLResponse:
    """Return a week's digest as a page to print."""
    page = found.words()
    body = "\n".join(
        [
            f"<h1>{escape(page.title)}</h1>",
            *map(_section, page.story),
            *map(_table, page.tables()),
            *map(_section, (*page.after_tables, *page.details)),
            f'<p class="foot">{escape(FOOTNOTE)} sha256 <code>{found.sha256}</code></p>',
            '<p class="links"><a href="/">coach</a></p>',
        ]
    )
    return plain_page(page.title, body, "digest")


def _table(table: "DigestTable") -> str:
    head, *rows = table.rows
    lines = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(now)}</td><td>{escape(before)}</td>'
        for name, now, before in rows
    )
    return "\n".join(
        [
            f"<h2>{escape(table.title)}</h2>",
            f'<table><thead><tr><td></td><th scope="col">{escape(head[1])}</th>',
            f'<th scope="col">{escape(head[2])}</th></tr></thead><tbody>{lines}</tbody></table>',
        ]
    )


def _section(section: "Section") -> str:
    lines = "\n".join(
        f'<li class="detail">{escape(one.text)}</li>' if one.detail else f"<li>{escape(one.text)}"
        for one in section.lines
    )
    return f"<section><h2>{escape(section.title)}</h2>\n<ul>\n{lines}\n</ul></section>"
