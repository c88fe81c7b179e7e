"""A key that a broker shows as two texts: a public half that is sent, and a secret that signs.

They are taken on two lines, in this order, or as JSON with `key` and `secret`.
"""

import json
from contextlib import suppress

LONGEST_KEY = 200
SHORTEST_KEY = 20
NAME_LENGTH = 12
"""How much of the public half names a key."""
LINES = 2
KEY_NAMES = ("key", "apiKey", "api_key")
SECRET_NAMES = ("secret", "privateKey", "private_key", "secretKey", "api_secret")


def halves(text: str) -> tuple[str, str]:
    """Return both halves, empty where the text holds no two."""
    text = text.removeprefix("\ufeff").strip()
    if text.startswith("{"):
        document: object = None
        with suppress(ValueError, RecursionError):
            document = json.loads(text)
        fields = document if isinstance(document, dict) else {}
        return _first(fields, KEY_NAMES), _first(fields, SECRET_NAMES)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0], lines[1]) if len(lines) == LINES else ("", "")


def is_half(text: str) -> bool:
    """Say whether a text can be half of a key: it goes into a header as it is."""
    plain = text.isascii() and text.isprintable() and not set(text) & set(" \"'")
    return plain and SHORTEST_KEY <= len(text) <= LONGEST_KEY


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str:
    values = (fields.get(name) for name in names)
    return next((value for value in values if isinstance(value, str)), "").strip()
