"""YAML of mappings, lists and single values, with the place of each value.

What is written is left as it stands; only values are replaced. What may mean two things (a number
with a leading zero, a date without quotes), and what sops would write anew in another way (anchors,
tags, braces), is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from coach.model.machine.strict_json import DEEPEST
from coach.sops.cipher import TOKEN
from coach.sops.document import (
    Document,
    Fault,
    KeyPath,
    Kind,
    Layout,
    Leaf,
    RawMetadata,
    float_text,
    malformed,
)
from coach.sops.json_text import METADATA, NESTED_LIST, plain_metadata
from coach.sops.metadata import EMPTY_IN_OLD_FILES, STAMP
from coach.sops.yaml_comments import NamedPlace, comments

if TYPE_CHECKING:
    from yaml import Node

DEFAULT_INDENT: Final = "    "
INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
LIKE_A_NUMBER: Final = re.compile(
    r"[-+.]?[0-9][0-9a-fA-FxobXOB_:.,+\-eETZ ]*|[-+]?\.(?:inf|nan)", re.IGNORECASE
)
EMPTY: Final = frozenset({"", "~", "null", "Null", "NULL"})
SWITCHES: Final = {
    word: word.capitalize() for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
UNREAD: Final = {
    "AnchorToken": "an anchor, which coach does not read",
    "AliasToken": "an alias, which coach does not read",
    "TagToken": "a tag, which coach does not read",
    "DirectiveToken": "a directive, which coach does not read",
    "DocumentEndToken": "the end of a document, after which nothing can be added",
}
LEVELS: Final = {
    **dict.fromkeys(("BlockMappingStartToken", "BlockSequenceStartToken"), 1),
    **dict.fromkeys(("FlowMappingStartToken", "FlowSequenceStartToken"), 1),
    **dict.fromkeys(("BlockEndToken", "FlowMappingEndToken", "FlowSequenceEndToken"), -1),
}
"""How much deeper a token leads."""
DEEPEST_SCANNED: Final = 4 * DEEPEST
"""Where reading ends: the library takes time by the square of the depth."""
LIKE_A_SWITCH: Final = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})
ESCAPES: Final = ((2, "x"), (4, "u"), (8, "U"))
"""How many digits an escape has, and the letter before them."""
PLAIN: Final = re.compile(r"[A-Za-z_/][\w./@+-]*", re.ASCII)


@dataclass(slots=True)
class YamlPlaces:
    """What was found so far."""

    text: str
    leaves: list[Leaf] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    entries: list[NamedPlace] = field(default_factory=list)
    scalars: list[tuple[int, int]] = field(default_factory=list)


def read(text: str, label: str) -> Document:
    """Read a file; MalformedFile where it is not one mapping in YAML."""
    found = YamlPlaces(text)
    pairs = _pairs(_composed(text, label, found), label)
    own = [pair for pair in pairs if pair[0].value == METADATA]
    begin, end = len(text), len(text)
    raw: RawMetadata | None = None
    layout = Layout(DEFAULT_INDENT)
    if own:
        key, value = own[0]
        begin, end = key.start_mark.index, value.end_mark.index
        found.faults += [_twice(pair[0]) for pair in own[1:]]
        raw = plain_metadata(_plain(value), label)
        empty = any(not raw.get(name, "filled") for name in EMPTY_IN_OLD_FILES)
        layout = Layout(" " * _indent(value), empty)
    _walk_mapping(found, [pair for pair in pairs if pair[0].value != METADATA], ())
    remarks, faults = comments(text, found.entries, found.scalars, (begin, end))
    leaves = sorted([*found.leaves, *remarks], key=lambda leaf: leaf.start)
    gone = end - begin
    moved = [leaf if leaf.start < begin else _earlier(leaf, gone) for leaf in leaves]
    body = text[:begin] + text[end:]
    return Document(label, "yaml", body, tuple(moved), raw, layout, (*found.faults, *faults))


def write_value(text: str, kind: Kind) -> str:
    """Return a value as YAML, in quotes unless it cannot be misread."""
    if kind in {"int", "float", "time", "comment"}:
        return text
    if kind == "bool":
        return text.lower()
    plain = PLAIN.fullmatch(text) and text.lower() not in LIKE_A_SWITCH
    return text if plain or TOKEN.fullmatch(text) else _quoted(text)


def with_metadata(body: str, metadata: RawMetadata, layout: Layout) -> str:
    """Return a body with the metadata behind it."""
    ended = body if not body or body.endswith("\n") else f"{body}\n"
    lines = "".join(f"{line}\n" for line in _metadata_lines(metadata, layout))
    return f"{ended}{METADATA}:\n{lines}"


def _metadata_lines(metadata: RawMetadata, layout: Layout) -> Iterator[str]:
    indent = layout.indent
    if layout.shows_empty_lists:
        yield from (
            f"{indent}{name}: []" for name in EMPTY_IN_OLD_FILES if name not in {"age", "pgp"}
        )
    for name, value in metadata.items():
        if not isinstance(value, str):
            yield f"{indent}{name}:"
            for entry in value:
                yield f"{indent * 2}- recipient: {entry['recipient']}"
                yield f"{indent * 2}  enc: |"
                yield from (f"{indent * 2}    {line}" for line in entry["enc"].splitlines())
            continue
        yield f"{indent}{name}: {_metadata_value(name, value)}"
        if name == "mac" and layout.shows_empty_lists:
            yield f"{indent}pgp: []"


def _metadata_value(name: str, value: str) -> str:
    if name == "lastmodified":
        return f'"{value}"'
    plain = re.fullmatch(r"[\w^][\w^()|$.+/-]*", value, re.ASCII) or TOKEN.fullmatch(value)
    return value if plain else _quoted(value)


def _composed(text: str, label: str, found: YamlPlaces) -> "Node | None":
    import yaml

    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            kind = type(token).__name__
            depth += LEVELS.get(kind, 0)
            if depth > DEEPEST_SCANNED:
                line = token.start_mark.line + 1
                malformed(label, f"nested more than {DEEPEST} deep (limit)", line)
            if what := UNREAD.get(kind):
                found.faults.append(Fault(token.start_mark.line + 1, what))
        node: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        malformed(label, f"not YAML: {wrong.problem or wrong.context}", mark and mark.line + 1)
    except (yaml.YAMLError, RecursionError):
        malformed(label, "not YAML: a character that it does not take, or too deep", None)
    return node


def _pairs(node: "Node | None", label: str) -> "list[tuple[Node, Node]]":
    import yaml

    if not isinstance(node, yaml.MappingNode):
        malformed(label, "the outermost value is not a mapping", None)
    pairs: list[tuple[Node, Node]] = node.value
    return pairs


def _walk_mapping(found: YamlPlaces, pairs: "list[tuple[Node, Node]]", path: KeyPath) -> None:
    import yaml

    names = set[str]()
    for key, value in pairs:
        name = key.value
        if not isinstance(key, yaml.ScalarNode) or not _is_text(key):
            found.faults.append(Fault(key.start_mark.line + 1, "a name that is not plain text"))
            continue
        if name in names:
            found.faults.append(_twice(key))
        names.add(name)
        found.scalars.append((key.start_mark.index, key.end_mark.index))
        found.entries.append(NamedPlace(key.start_mark.index, key.start_mark.column, path))
        _walk(found, value, (*path, name))


def _walk(found: YamlPlaces, node: "Node", path: KeyPath) -> None:
    import yaml

    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        _note_leaf(found, node, path)
    elif getattr(node, "flow_style", False):
        reason = f"{'.'.join(path)!r} is written in braces or brackets; write one entry a line"
        found.faults.append(Fault(line, reason))
    elif len(path) > DEEPEST:
        found.faults.append(Fault(line, f"nested more than {DEEPEST} deep (limit)"))
    elif isinstance(node, yaml.MappingNode):
        _walk_mapping(found, node.value, path)
    else:
        for item in node.value:
            if isinstance(item, yaml.SequenceNode):
                found.faults.append(Fault(item.start_mark.line + 1, NESTED_LIST))
            found.entries.append(NamedPlace(item.start_mark.index, node.start_mark.column, path))
            _walk(found, item, path)


def _note_leaf(found: YamlPlaces, node: "Node", path: KeyPath) -> None:
    start, end = node.start_mark.index, node.end_mark.index
    while end > start and found.text[end - 1] in " \t\r\n":
        end -= 1
    line, name = node.start_mark.line + 1, ".".join(path)
    found.scalars.append((start, end))
    kind = "str" if node.style else _kind_of(node.value)
    if kind is None:
        reason = f"{name!r} may be read as another number or as a date; put it into quotes"
        found.faults.append(Fault(line, reason))
    elif not node.value or (not node.style and node.value in EMPTY):
        reason = f"{name!r} is empty, and sops protects no empty value"
        found.faults.append(Fault(line, reason))
    else:
        found.leaves.append(Leaf(path, start, end, _canonical(node.value, kind), kind))


def _kind_of(text: str) -> Kind | None:
    """Return the kind of a value without quotes; None where readers of YAML differ."""
    if text in SWITCHES:
        return "bool"
    if INTEGER.fullmatch(text):
        return None if text == "-0" else "int"
    if FLOAT.fullmatch(text):
        return "float" if float_text(float(text)) == text else None
    if STAMP.fullmatch(text):
        return "time"
    return None if LIKE_A_NUMBER.fullmatch(text) else "str"


def _canonical(text: str, kind: Kind) -> str:
    return SWITCHES[text] if kind == "bool" else text


def _is_text(key: "Node") -> bool:
    return bool(key.style) or (
        bool(key.value) and _kind_of(key.value) == "str" and key.value not in EMPTY
    )


def _plain(node: "Node") -> object:
    """Return the metadata as text, lists and mappings."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return "" if not node.style and node.value in EMPTY else node.value


def _indent(node: "Node") -> int:
    return int(node.start_mark.column) or len(DEFAULT_INDENT)


def _twice(key: "Node") -> Fault:
    return Fault(key.start_mark.line + 1, f"{key.value!r} stands twice")


def _earlier(leaf: Leaf, by: int) -> Leaf:
    return replace(leaf, start=leaf.start - by, end=leaf.end - by)


def _quoted(text: str) -> str:
    """Return text in double quotes; what cannot be printed is escaped by its number."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in {'"', "\\"}:
        return f"\\{letter}"
    if letter == "\n":
        return "\\n"
    if letter.isprintable():
        return letter
    code = f"{ord(letter):x}"
    width, mark = next(one for one in ESCAPES if len(code) <= one[0])
    return f"\\{mark}{code.rjust(width, '0')}"
