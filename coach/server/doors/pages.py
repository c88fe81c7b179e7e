"""Pages of plain HTML for signing in and for an account, which work without the client.

No page has a script but that of the set-up, which moves the link's secret from the address into the
form; whoever has no scripts types it there.
"""

from collections.abc import Iterable, Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING

from coach.model.people.access import CONFIRMED_FOR
from coach.server.web.page import plain_page

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from coach.model.people.access import ApiToken, UserSession

PROVIDER = Template("""\
<p><a href="/sign-in/provider">Sign in through $host</a></p>
""")
CONFIRM_PROVIDER = Template("""\
<p><a href="/account/confirm/provider">Sign in through $host once more</a></p>
""")
SIGN_IN = """\
<form method="post" action="/sign-in">
<p><label>Name <input name="name" autocomplete="username" required autofocus></label></p>
<p><label>Password
<input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label>Code, if you have set up a device
<input name="code" autocomplete="one-time-code" inputmode="numeric"></label></p>
<p><button>Sign in</button></p>
</form>
"""
SET_UP = Template("""\
<p>This makes the first account of this coach. Without another name it is $user, with everything
that was imported at the terminal.</p>
<form method="post" action="/set-up">
<p><label>Code of the link
<input name="token" id="token" autocomplete="off" required></label></p>
<p><label>Name <input name="name" autocomplete="username" placeholder="$user"></label></p>
<p><label>Password, of 12 characters or more
<input name="password" type="password" autocomplete="new-password" required></label></p>
<p><button>Make the account</button></p>
</form>
<script src="/set-up.js"></script>
""")
SET_UP_SCRIPT = """\
"use strict";
const field = document.getElementById("token");
const found = /^#token=([\\w-]+)$/.exec(location.hash);
if (field && found) {
  field.value = found[1];
  history.replaceState(null, "", location.pathname);
}
"""
CONFIRM = """\
<form method="post" action="/account/confirm">
<p><label>Password
<input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label>Code, if you have set up a device
<input name="code" autocomplete="one-time-code" inputmode="numeric"></label></p>
<p><button>Confirm</button></p>
</form>
"""
ACCOUNT = Template("""\
<p>You are signed in as $user. <a href="/">Go to coach</a></p>
<form method="post" action="/sign-out"><p><button>Sign out</button></p></form>
<h2>Prove once more that it is you</h2>
<p>What follows takes a password that was given within $minutes minutes.</p>
$confirm
<h2>Password</h2>
<form method="post" action="/account/password">
<p><label>New password, of 12 characters or more
<input name="password" type="password" autocomplete="new-password" required></label></p>
<p><button>Change it, and end all other sessions</button></p>
</form>
<h2>A device with codes</h2>
$device
$brokers<h2>Sessions</h2>
<ul>
$sessions
</ul>
<form method="post" action="/account/end-others">
<p><button>End all other sessions</button></p></form>
<h2>Tokens for programs</h2>
<ul>
$tokens
</ul>
<form method="post" action="/account/tokens">
<p><label>What it is for <input name="label" required></label></p>
<p><label>What it may ask <select name="scope"><option>read<option>import<option>admin</select>
</label></p>
<p><button>Make a token</button></p>
</form>
""")
NO_DEVICE = """\
<form method="post" action="/account/totp">
<p><button>Set up a device</button></p></form>
"""
DEVICE = """\
<form method="post" action="/account/recovery-codes">
<p><button>Make new recovery codes</button></p></form>
<form method="post" action="/account/totp/remove">
<p><button>Ask for no code any more</button></p></form>
"""
NEW_DEVICE = Template("""\
<p>Add this to the device, then type the code that it shows:</p>
<p><code>$secret</code></p>
<p><a href="$uri">Open it in an app on this machine</a></p>
<form method="post" action="/account/totp/confirm">
<p><label>Code <input name="code" autocomplete="one-time-code" inputmode="numeric" required></label>
</p>
<p><button>Confirm</button></p>
</form>
""")
HOME = '<p><a href="/">Go to coach</a></p>\n'
CONNECT = """\
<h2>Brokers</h2>
<p><a href="/connect/coinbase">Allow coach to read Coinbase</a></p>
"""
BACK = '<p><a href="/account">Your account</a></p>\n'


def page(title: str, body: str, complaint: str = "", status: int = 200) -> "HTMLResponse":
    """Return a page, with what was wrong above it."""
    told = f'<p role="alert"><strong>{escape(complaint)}</strong></p>\n' if complaint else ""
    return plain_page(title, f"<h1>{escape(title)}</h1>\n{told}{body}", "door", status)


def sign_in_page(complaint: str = "", status: int = 200, provider: str = "") -> "HTMLResponse":
    """Return the page to sign in on; `provider` is the host of one, empty for none."""
    return page("Sign in", SIGN_IN + _link(PROVIDER, provider), complaint, status)


def set_up_page(user: str, complaint: str = "", status: int = 200) -> "HTMLResponse":
    """Return the page on which the first account is made."""
    return page("Set up", SET_UP.substitute(user=escape(user)), complaint, status)


def confirmation_page(complaint: str, status: int, provider: str = "") -> "HTMLResponse":
    """Return the page on which whoever has signed in proves it once more."""
    return page("Is it you?", CONFIRM + _link(CONFIRM_PROVIDER, provider) + BACK, complaint, status)


def account_page(
    user: str,
    sessions: Sequence["UserSession"],
    tokens: Iterable["ApiToken"],
    *,
    has_device: bool,
    provider: str = "",
    has_broker_page: bool = False,
) -> "HTMLResponse":
    """Return what a user may see and change; `provider` is the host of one that knows them.

    `has_broker_page` says that coach is registered at a broker, which may be allowed there.
    """
    body = ACCOUNT.substitute(
        user=escape(user),
        minutes=int(CONFIRMED_FOR.total_seconds() // 60),
        confirm=CONFIRM + _link(CONFIRM_PROVIDER, provider),
        brokers=CONNECT if has_broker_page else "",
        device=DEVICE if has_device else NO_DEVICE,
        sessions="\n".join(map(_session_item, sessions)),
        tokens="\n".join(_token_item(one) for one in tokens if one.revoked_at is None),
    )
    return page("Your account", body)


def shown_once(title: str, lines: Sequence[str]) -> "HTMLResponse":
    """Return what is shown this once."""
    items = "\n".join(f"<li><code>{escape(line)}</code></li>" for line in lines)
    note = "<p>Keep this now: it is not shown again.</p>\n"
    return page(title, f"{note}<ul>\n{items}\n</ul>\n{BACK}")


def new_device_page(secret: str, uri: str) -> "HTMLResponse":
    """Return the secret of a new second factor, and the form for its first code."""
    return page("A device", NEW_DEVICE.substitute(secret=escape(secret), uri=escape(uri)) + BACK)


def complaint_page(complaint: str, status: int) -> "HTMLResponse":
    """Return what was wrong."""
    return page("Your account", BACK, complaint, status)


def connected_page() -> "HTMLResponse":
    """Return that a broker was connected; what it sent stands in no address any more."""
    told = "<p>The account is connected. coach reads it with the next sync.</p>\n"
    return page("Connected", told + HOME)


def not_connected_page(complaint: str, status: int) -> "HTMLResponse":
    """Return why a broker was not connected."""
    return page("Not connected", HOME, complaint, status)


def _link(link: Template, provider: str) -> str:
    return link.substitute(host=escape(provider)) if provider else ""


def _session_item(one: "UserSession") -> str:
    since = one.created_at.strftime("%Y-%m-%d %H:%M UTC")
    return (
        f'<li><form method="post" action="/account/sessions/{escape(one.id)}">'
        f"{escape(one.origin or 'unknown')}, since {since} <button>End</button></form></li>"
    )


def _token_item(one: "ApiToken") -> str:
    return (
        f'<li><form method="post" action="/account/tokens/{escape(one.id)}">'
        f"{escape(one.label)} ({one.scope}) <button>Revoke</button></form></li>"
    )
