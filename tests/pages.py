"""The commands that stand in the pages, as somebody would type them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^( *)```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (\.venv/bin/coach .*)$", re.MULTILINE)
BEFORE = r"^|[|(&;] *|^\$ |^(?:[\d*/]+ +){5}|^(?:[A-Z_]+=\S+ )+"
TYPED = re.compile(rf"(?:{BEFORE})(?:\.venv/bin/)?coach(?: +(?=[a-z-])|$)(.*)")
INLINE = re.compile(r"`(?:[A-Z_]+=\S+ )*coach( [^`\n]*|)`")
ENDS = frozenset({"|", ">", "<", "&&", ";", ">>", "||", "2>"})


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A command of a page: its words behind `coach`, and the line that it stands in."""

    page: str
    words: tuple[str, ...]
    line: str


def pages() -> list[Path]:
    """Return the pages: README.md and all of docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def typed_lines() -> list[TypedLine]:
    """Return every command that stands in a block of code, in order."""
    return [found for page in pages() for found in _of_page(page)]


def _of_page(page: Path) -> Iterator[TypedLine]:
    text = page.read_text("utf-8")
    blocks = [block for _, block in FENCE.findall(text)]
    if page.name == "README.md":
        blocks.append("\n".join(INDENTED.findall(text)))
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            match = TYPED.search(line.strip())
            if match:
                name = str(page.relative_to(ROOT))
                yield TypedLine(name, tuple(words_of(match[1])), line.strip())


def words_of(rest: str) -> Iterator[str]:
    """Yield the words up to a pipe, a redirection or a remark."""
    for word in shlex.split(rest, comments=True):
        if word in ENDS:
            return
        yield word


def mentioned() -> list[TypedLine]:
    """Return every command that is named within a sentence: `coach import csv FILE`."""
    return [
        TypedLine(str(page.relative_to(ROOT)), tuple(rest.split()), f"coach{rest}")
        for page in pages()
        for rest in INLINE.findall(re.sub(FENCE, "", page.read_text("utf-8")))
    ]
