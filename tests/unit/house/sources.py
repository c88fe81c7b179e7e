"""The sources of the house, each read and parsed once for all the rules of a process.

The collector of garbage would search the trees again and again: they stay to the end anyway.
"""

import ast
import gc
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
COACH = ROOT / "coach"


@cache
def modules(room: Path = COACH) -> tuple[Path, ...]:
    """Return the modules in a folder, in order."""
    return tuple(sorted(room.rglob("*.py")))


def place(source: Path) -> str:
    """Return where a file stands in the house."""
    return source.relative_to(ROOT).as_posix()


@cache
def text_of(source: Path) -> str:
    """Return what stands in a file."""
    return source.read_text()


@cache
def parsed(source: Path) -> ast.Module:
    """Return a file's tree."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text_of(source))
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@cache
def nodes(source: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file's tree, as `ast.walk` finds them."""
    return tuple(ast.walk(parsed(source)))
