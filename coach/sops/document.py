"""A file as text, with the places of its values: what is between them stays as it was written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NoReturn

from coach.errors import MalformedFile, TamperedSecrets

Kind = Literal["str", "int", "float", "bool", "bytes", "time", "comment"]
FormatName = Literal["dotenv", "yaml", "json"]
KeyPath = tuple[str, ...]
RawMetadata = Mapping[str, str | list[dict[str, str]]]
"""What a file says under `sops`; a list has one entry per recipient, null is an empty list."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value, as sops counts it: its text, its kind, and where its token stands in the body.

    `path` holds the names that lead to it, without the places in lists. The path of a comment is
    that of what it stands in; `other_paths` are further ones that it may have been sealed under.
    """

    path: KeyPath
    start: int
    end: int
    text: str = field(repr=False)
    kind: Kind
    other_paths: tuple[KeyPath, ...] = ()

    @property
    def name(self) -> str:
        """The path as people write it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that neither a plain nor a sealed file may hold; the line counts from one."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file writes its metadata; older versions of sops also show the lists that are empty."""

    indent: str
    shows_empty_lists: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file without its metadata (`body`), and the metadata; None where it has none."""

    label: str
    format: FormatName
    body: str = field(repr=False)
    leaves: tuple[Leaf, ...]
    metadata: RawMetadata | None
    layout: Layout
    faults: tuple[Fault, ...] = ()

    def with_tokens(self, tokens: Sequence[str]) -> str:
        """Return the body with one token in the place of each leaf, in their order."""
        parts, at = [], 0
        for leaf, token in zip(self.leaves, tokens, strict=True):
            parts += [self.body[at : leaf.start], token]
            at = leaf.end
        return "".join([*parts, self.body[at:]])


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a format can do: read a file, write one value, put the metadata behind a body."""

    read: Callable[[str, str], Document]
    write_value: Callable[[str, Kind], str]
    with_metadata: Callable[[str, RawMetadata, Layout], str]


def refuse_faults(document: Document) -> None:
    """Raise the first fault: of a sealed file as one of trust, of a plain one as a mistake."""
    faults = [*document.faults, *_ambiguous_names(document)]
    if not faults:
        return
    first = faults[0]
    if document.metadata is not None:
        what = f"line {first.line}: {first.reason}"
        raise TamperedSecrets(file=document.label, what=what)
    malformed(document.label, first.reason, first.line)


def _ambiguous_names(document: Document) -> Iterator[Fault]:
    """Yield names with a colon: what a value is bound to joins names by it, so they look nested."""
    for leaf in document.leaves:
        if any(":" in name for name in leaf.path):
            reason = f"{leaf.name!r} has a colon in its name, which sops takes for a nested one"
            yield Fault(line_at(document.body, leaf.start), reason)


def malformed(label: str, reason: str, line: int | None) -> NoReturn:
    """Raise the error for a file that a person wrote wrongly; it quotes no value."""
    hint = "correct the file; no value is repeated here, since it may be secret"
    raise MalformedFile(label, reason, hint, line=line) from None


def line_at(text: str, place: int) -> int:
    """Return the number of the line in which a place stands, from one."""
    return text.count("\n", 0, place) + 1


def float_text(value: float) -> str:
    """Return a number as sops writes it: the shortest digits that mean it, without an exponent."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").removesuffix(".") if "." in text else text
