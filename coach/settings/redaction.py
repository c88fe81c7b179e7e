"""Passwords of URLs, hidden before anything is shown."""

import re

SECRET_IN_URL = re.compile(r"(://[^:\s]*:)[^\n]*(?=@)|((?:ssl)?password=)[^&\s]*")
"""A password ends at the last @ of its line: one that holds an @ must not show its tail."""


def redact(text: str) -> str:
    """Return `text` with the passwords of its URLs hidden."""
    return SECRET_IN_URL.sub(r"\1\2***", text)
