"""A page of the docs as lines of plain text, folded between words.

It knows the part of Markdown that the pages use: headings, paragraphs, lists, quotes, tables and
blocks of code. A line of code that is too long goes on below, further in; no word is cut.
"""

import re
from collections.abc import Iterator
from itertools import chain
from textwrap import wrap

INDENT = "  "
FENCE = "```"
HEADING = re.compile(r"(#{1,6}) +(.*)")
ITEM = re.compile(r"(\s*)([-*]|\d+[.)]) +(.*)")
CELLS = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"[\s|:-]+")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
STRONG = re.compile(r"\*\*(.+?)\*\*|(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])")
CODE = re.compile(r"`[^`]*`")
STAND_IN = "\ufffc"
"""Of a stretch of code while the marks around it are read."""
REMARK = re.compile(r"(.*\S)\s{2,}(# .*)")
NARROWEST_CELL = 28
GAP = 2


def section(page: str, heading: str) -> str:
    """Return a section of a page with its heading and all below it; ValueError where it is not."""
    lines = page.split("\n")
    level = 0
    found: list[str] = []
    in_code = False
    for line in lines:
        in_code ^= line.startswith(FENCE)
        match = None if in_code else HEADING.fullmatch(line)
        if found and match and len(match[1]) <= level:
            break
        if found or (match and match[2] == heading):
            level = level or len(match[1]) if match else level
            found.append(line)
    if not found:
        raise ValueError(f"no section {heading!r}")
    return "\n".join(found)


def title(page: str) -> str:
    """Return the first heading of a page."""
    return next(plain(match[2]) for line in page.split("\n") if (match := HEADING.fullmatch(line)))


def rendered(page: str, width: int, *, columns: bool = True) -> list[str]:
    """Return a page as plain lines of at most so many columns, where no word is longer.

    Without `columns` each row of a table stands in lines of its own.
    """
    lines: list[str] = []
    for block in _blocks(COMMENT.sub("", page)):
        if lines:
            lines.append("")
        lines += _lines(block, width, columns=columns)
    return lines


def _blocks(page: str) -> Iterator[list[str]]:
    """Yield headings, paragraphs, lists, tables and code, each with its lines."""
    block: list[str] = []
    in_code = False
    for line in page.split("\n"):
        fence = line.lstrip().startswith(FENCE)
        ends = not in_code and (not line.strip() or fence or bool(HEADING.fullmatch(line)))
        if ends and block:
            yield block
            block = []
        if line.strip() or in_code:
            block.append(line)
        if (fence and in_code) or (not in_code and HEADING.fullmatch(line)):
            yield block
            block = []
        in_code ^= fence
    if block:
        yield block


def _lines(block: list[str], width: int, *, columns: bool) -> list[str]:
    first = block[0].lstrip()
    if heading := HEADING.fullmatch(first):
        return _folded(plain(heading[2]), width, "", "")
    if first.startswith(FENCE):
        return list(chain.from_iterable(_code(line, width) for line in block[1:-1]))
    if first.startswith("|"):
        table = [_cells(line) for line in block if not RULE.fullmatch(line)]
        return _table(table, width, columns=columns)
    if first.startswith(">"):
        text = " ".join(line.lstrip("> ") for line in block)
        return _folded(plain(text), width, f"{INDENT}> ", f"{INDENT}> ")
    return list(chain.from_iterable(_item(text, width) for text in _items(block)))


def _code(line: str, width: int) -> list[str]:
    """Return a line of code; where it is too long its remark or its last words stand below it."""
    whole = f"{INDENT * 2}{line}".rstrip()
    if len(whole) <= width:
        return [whole]
    match = REMARK.fullmatch(whole)
    begin, remark = match.groups() if match else (whole, "")
    margin = " " * (len(begin) - len(begin.lstrip()) + len(INDENT))
    below = _folded(remark, width, margin, margin) if remark else []
    return [*_folded(begin, width, "", margin), *below]


def _items(block: list[str]) -> list[str]:
    """Return the items of a list, or the one paragraph, each on one line."""
    items: list[str] = []
    for line in block:
        if not items or ITEM.fullmatch(line):
            items.append(line)
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return items


def _item(text: str, width: int) -> list[str]:
    if item := ITEM.fullmatch(text):
        margin = f"{INDENT}{item[1]}"
        return _folded(
            plain(item[3]), width, f"{margin}{item[2]} ", margin + " " * (len(item[2]) + 1)
        )
    return _folded(plain(text.strip()), width, INDENT, INDENT)


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|").removesuffix("|")
    return [plain(cell.strip().replace("\\|", "|")) for cell in CELLS.split(inside)]


def _table(table: list[list[str]], width: int, *, columns: bool) -> list[str]:
    """Return a table in columns where its last column has room to fold, else row by row."""
    head, *rows = table
    widths = [max(len(row[place]) for row in table) for place in range(len(head) - 1)]
    room = width - len(INDENT) - sum(widths) - GAP * len(widths)
    last = max((len(word) for row in table for word in row[-1].split()), default=0)
    if room < max(NARROWEST_CELL, last) or not columns:
        return list(chain.from_iterable(_stacked(head, row, width) for row in rows))
    shown = table if any(head) else rows
    return list(chain.from_iterable(_aligned(row, widths, width) for row in shown))


def _aligned(row: list[str], widths: list[int], width: int) -> list[str]:
    cells = (f"{cell:<{wide + GAP}}" for cell, wide in zip(row, widths, strict=False))
    margin = INDENT + "".join(cells)
    return _folded(row[-1], width, margin, " " * len(margin))


def _stacked(head: list[str], row: list[str], width: int) -> Iterator[str]:
    """Yield a row as its first cell, and the others below it with what heads them."""
    yield from _folded(row[0], width, INDENT, INDENT * 3)
    named = len(head) > 2  # noqa: PLR2004 -- of two columns the second needs no name
    for name, cell in zip(head[1:], row[1:], strict=False):
        if cell:
            label = f"{name}: " if named and name else ""
            yield from _folded(f"{label}{cell}", width, INDENT * 3, INDENT * 4)


def _folded(text: str, width: int, first: str, other: str) -> list[str]:
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=other,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def plain(text: str) -> str:
    """Return a line without the marks of Markdown; what stands in backticks stays as it is."""
    spans = [span[1:-1] for span in CODE.findall(text)]
    linked = LINK.sub(_link, CODE.sub(STAND_IN, text))
    unmarked = STRONG.sub(lambda match: match[1] or match[2], linked)
    for span in spans:
        unmarked = unmarked.replace(STAND_IN, span, 1)
    return unmarked


def _link(match: re.Match[str]) -> str:
    text, target = match.groups()
    return f"{text} ({target})" if "://" in target else str(text)
