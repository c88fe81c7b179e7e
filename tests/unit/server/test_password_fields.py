"""What is typed as a password is not shown, on the plain pages and in the client."""

import re
from pathlib import Path

SERVER = Path(__file__).parents[3] / "coach" / "server"
FIELD = re.compile(r'<input name="password"([^>]*)>')


def test_a_field_for_a_password_hides_it() -> None:
    pages = (SERVER / "doors" / "pages.py").read_text("utf-8")
    fields = FIELD.findall(pages)
    assert len(fields) == pages.count('name="password"') == 4
    assert all(' type="password"' in one for one in fields)
    dialog = (SERVER / "web" / "client" / "parts" / "dialog.js").read_text("utf-8")
    assert 'type=${asked.secret ? "password" : "text"}' in dialog
