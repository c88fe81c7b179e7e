"""Comments of a YAML file: sops seals them too, under the names of what they stand in."""

from collections.abc import Sequence
from typing import NamedTuple

from coach.sops.document import Fault, KeyPath, Leaf, line_at


class NamedPlace(NamedTuple):
    """A name of a mapping or an item of a list: its place, its column, and what it stands in."""

    start: int
    column: int
    path: KeyPath


def comments(
    text: str,
    entries: Sequence[NamedPlace],
    scalars: Sequence[tuple[int, int]],
    metadata: tuple[int, int],
) -> tuple[list[Leaf], list[Fault]]:
    """Return the comments on lines of their own, and those behind something, which are refused.

    `scalars` are the places of names and values, in which a # is text.
    """
    found: list[Leaf] = []
    faults: list[Fault] = []
    for place in _places(text, [*scalars, metadata]):
        line_start = text.rfind("\n", 0, place) + 1
        line_end = text.find("\n", place)
        end = len(text) if line_end < 0 else line_end
        if text[line_start:place].strip():
            reason = "a comment behind something else; give it a line of its own"
            faults.append(Fault(line_at(text, place), reason))
        elif text[place + 1 : end].rstrip("\r"):
            own, others = _paths(entries, place, place - line_start)
            body = text[place + 1 : end]
            found.append(Leaf(own, place + 1, end, body, "comment", others))
    return found, faults


def _places(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return where comments begin: the first # of a line that stands in nothing else."""
    places: list[int] = []
    ordered = sorted(spans)
    at = text.find("#")
    while at >= 0:
        inside = next((end for start, end in ordered if start <= at < end), 0)
        if inside:
            at = text.find("#", inside)
        elif at and text[at - 1] not in " \t\r\n":
            at = text.find("#", at + 1)
        else:
            places.append(at)
            line_end = text.find("\n", at)
            at = text.find("#", line_end) if line_end >= 0 else -1
    return places


def _paths(
    entries: Sequence[NamedPlace], place: int, column: int
) -> tuple[KeyPath, tuple[KeyPath, ...]]:
    """Return what a comment stands in by its column, and everything else that is near it."""
    before = [entry for entry in entries if entry.start < place]
    after = [entry for entry in entries if entry.start > place]
    near = [*after[:1], *reversed(before)]
    own = next((entry.path for entry in near if entry.column == column), ())
    paths = [entry.path for entry in (*after[:1], *before[-1:])]
    others = {path[:length] for path in paths for length in range(len(path) + 1)}
    return own, tuple(sorted(others - {own}))
