"""Text that is safe to print: what a reader cannot see is written as its escape.

Files, brokers and the store hold text that others wrote. Control and escape characters can move the
cursor or set the terminal's title, marks of direction can turn a line round, and characters that
show as nothing make two names look alike. Whatever coach writes goes through here.
"""

HIGHEST_OF_ONE_BYTE = 0xFF
HIGHEST_OF_TWO = 0xFFFF


def visible(text: str) -> str:
    r"""Return a line with `\x1b`, `\u202e` or `\U000e0041` for what does not show on it."""
    if text.isprintable():
        return text
    return "".join(sign if _shows(sign) else escaped(sign) for sign in text)


def visible_lines(text: str) -> list[str]:
    """Return the lines of a text, which only a line feed ends, as they are safe to print."""
    return [visible(line) for line in text.split("\n")]


def escaped(sign: str) -> str:
    """Return a character's code as it is written in a string."""
    code = ord(sign)
    if code <= HIGHEST_OF_ONE_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= HIGHEST_OF_TWO else f"\\U{code:08x}"


def visible_json(text: str) -> str:
    """Return a line of JSON that is the same to a reader and safe to print."""
    if text.isprintable():
        return text
    return "".join(sign if _shows(sign) else _in_json(sign) for sign in text)


def _in_json(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _shows(sign: str) -> bool:
    """Tell whether a character shows, or is one of the blanks between words."""
    if sign.isprintable():
        return True
    from unicodedata import category

    return category(sign) == "Zs"
