"""The first run: a link by which whoever started the server makes the first account.

Its secret stands behind the `#` of the address, which browsers send to nobody. The link lies in a
file that its owner alone may read, and is never printed or logged. On a desktop a browser opens
another such file, which leads to it: what a browser is started with, every user of a machine sees.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from coach.engine.api.people import setup
from coach.files import write_private
from coach.model.machine.home import private_folder
from coach.model.machine.listening import SetUpOffer
from coach.server.log import note

if TYPE_CHECKING:
    from coach.model.machine.home import Home
    from coach.server.doors.doors import Doors

LINK, LEAD = "set-up-link", "set-up-link.html"
ORIGIN = "coach serve"
LEADING_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={url}">
<title>coach</title>
<p><a href="{url}">Set up coach</a></p>
"""


@contextmanager
def set_up_link(doors: "Doors", home: "Home", url: str) -> Iterator[SetUpOffer | None]:
    """Keep a link in a file while the server runs; None where there is an account already."""
    folder = private_folder(home.state)
    files = (folder / LINK, folder / LEAD)
    secret, is_first = None, False
    if not doors.accounts_exist():
        with doors.place(None, ORIGIN) as place:
            is_first = not setup.was_offered(place.connection)
            secret = setup.make_link(place)
    for file in files:
        file.unlink(missing_ok=True)
    if secret is None:
        yield None
        return
    link = f"{url}/set-up#token={secret.reveal()}"
    write_private(files[0], f"{link}\n".encode())
    write_private(files[1], LEADING_PAGE.format(url=escape(link)).encode())
    note("first account", link_in=str(files[0]))
    try:
        yield SetUpOffer(*files, is_first)
    finally:
        for file in files:
            file.unlink(missing_ok=True)
