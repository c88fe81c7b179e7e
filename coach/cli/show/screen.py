"""The screen an answer is shown on, and lines that fit it."""

from coach.values import dataclass

INDENT = 2
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Screen:
    """How wide, whether in colour, in whose time, and whether it is read aloud."""

    width: int
    color: bool
    zone: str = "UTC"
    accessible: bool = False


def wrapped(line: str, width: int) -> list[str]:
    """Return a line folded between words; no word is cut, and what follows stands two further in.

    A number keeps its percent sign. A width of 0 or less is none.
    """
    if width <= INDENT or len(line) <= width:
        return [line]
    from textwrap import wrap

    margin = " " * (len(line) - len(line.lstrip()) + INDENT)
    lines = wrap(
        line.replace(" %", f"{NO_BREAK}%"),
        width,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [folded.replace(f"{NO_BREAK}%", " %") for folded in lines]


def without_columns(line: str) -> str:
    """Return a line whose parts stand apart by commas and not by room."""
    indent = line[: len(line) - len(line.lstrip())]
    parts = (part.strip() for part in line.strip().split("  "))
    return indent + ", ".join(filter(None, parts))
