"""The first page: what runs here, until there is a web client."""

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

from coach._version import VERSION

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>coach</title>
<h1>coach {version}</h1>
<p>Your trading, read back to you: habits, their cost, and your own rules. This is the server of
{user}. It has no pages of its own yet; what it knows, it says as JSON:</p>
<ul>
{links}
</ul>
{account}<p><a href="/openapi.json">/openapi.json</a> describes every route,
<a href="/readyz">/readyz</a> says whether all is well. In the terminal,
<code>coach help serve</code> tells how to ask for it.</p>
</html>
"""
ACCOUNT = '<p><a href="/account">Your account</a>: sign out, password, devices, tokens.</p>\n'


def first_page(user: str, paths: Sequence[str], *, signed_in: bool = False) -> HTMLResponse:
    """Return the page, with a link to each route that takes nothing."""
    links = "\n".join(f'<li><a href="{escape(path)}">{escape(path)}</a></li>' for path in paths)
    account = ACCOUNT if signed_in else ""
    return HTMLResponse(
        PAGE.format(version=VERSION, user=escape(user), links=links, account=account)
    )
