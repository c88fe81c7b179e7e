"""Text on its way into a table by COPY: whatever a field holds, it stays one field of one row."""

ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def copy_text(value: str) -> str:
    """Return a value as COPY's text format takes it."""
    if value.isalnum() or ("\\" not in value and value.isprintable()):
        return value
    for letter, escaped in ESCAPES:
        value = value.replace(letter, escaped)
    return value


def copy_line(*fields: str) -> str:
    """Return a row of fields as COPY's text format takes it."""
    return "\t".join(map(copy_text, fields)) + "\n"
