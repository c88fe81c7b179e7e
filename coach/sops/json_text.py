"""JSON, with the place of each value."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from coach.model.machine.strict_json import DEEPEST
from coach.sops.document import (
    Document,
    Fault,
    KeyPath,
    Kind,
    Layout,
    Leaf,
    RawMetadata,
    float_text,
    line_at,
    malformed,
)
from coach.sops.metadata import EMPTY_IN_OLD_FILES

METADATA: Final = "sops"
TOO_DEEP: Final = f"nested more than {DEEPEST} deep (limit)"
NESTED_LIST: Final = "a list in a list, where sops protects no place"
SPACE: Final = re.compile(r"[ \t\r\n]*")
FIRST_INDENT: Final = re.compile(r"\{\r?\n(?P<indent>[ \t]+)\"")
DEFAULT_INDENT: Final = "\t"
DECODER: Final = json.JSONDecoder(parse_int=float)
"""sops reads every number as a float."""


@dataclass(slots=True)
class JsonPlaces:
    """What was found so far in a text that is known to be JSON."""

    text: str
    leaves: list[Leaf] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    members: list[tuple[str, int, int]] = field(default_factory=list)
    """The members of the outermost object: name, where it begins, where its value ends."""


def read(text: str, label: str) -> Document:
    """Read a file; MalformedFile where it is not an object in JSON."""
    value = _parsed(text, label)
    if not isinstance(value, dict):
        malformed(label, "the outermost value is not an object", None)
    found = JsonPlaces(text)
    _walk_object(found, _after_space(text, 0), ())
    names = [name for name, _, _ in found.members]
    shown = FIRST_INDENT.match(text.lstrip())
    indent = shown["indent"] if shown else DEFAULT_INDENT
    if METADATA not in names:
        return Document(
            label, "json", text, tuple(found.leaves), None, Layout(indent), tuple(found.faults)
        )
    raw = plain_metadata(value[METADATA], label)
    body, leaves = _without_metadata(found, names.index(METADATA))
    empty = any(not raw.get(name, "filled") for name in EMPTY_IN_OLD_FILES)
    faults = tuple(found.faults)
    return Document(label, "json", body, leaves, raw, Layout(indent, empty), faults)


def write_value(text: str, kind: Kind) -> str:
    """Return a value as JSON."""
    if kind in {"int", "float"}:
        return text
    return text.lower() if kind == "bool" else json.dumps(text, ensure_ascii=False)


def with_metadata(body: str, metadata: RawMetadata, layout: Layout) -> str:
    """Return a body with the metadata as its last member."""
    shown: dict[str, object] = {"kms": None, "gcp_kms": None, "azure_kv": None, "hc_vault": None}
    if not layout.shows_empty_lists:
        shown = {}
    for name, value in metadata.items():
        shown[name] = value
        if name == "mac" and layout.shows_empty_lists:
            shown["pgp"] = None
    if "mac_only_encrypted" in shown:
        shown["mac_only_encrypted"] = True
    lines = json.dumps(shown, indent=layout.indent, ensure_ascii=False).split("\n")
    block = f"\n{layout.indent}".join(lines)
    end = len(body[: body.rindex("}")].rstrip())
    return f'{body[:end]},\n{layout.indent}"{METADATA}": {block}{body[end:]}'


def plain_metadata(found: object, label: str) -> RawMetadata:
    """Return metadata of JSON or YAML in the form that all formats share."""
    if not isinstance(found, Mapping):
        malformed(label, "its sops entry is not a mapping", None)
    return {str(name): _plain(value) for name, value in found.items()}


def _plain(value: object) -> str | list[dict[str, str]]:
    if value is None or value in ({}, []):
        return []
    if isinstance(value, list):
        return [
            {str(name): str(text) for name, text in one.items()} if isinstance(one, dict) else {}
            for one in value
        ]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(text: str, label: str) -> object:
    def refuse(_: str) -> None:
        malformed(label, "a number that JSON does not have", None)

    try:
        value: object = json.loads(text, parse_constant=refuse, parse_int=str, parse_float=str)
    except json.JSONDecodeError as wrong:
        malformed(label, f"not JSON: {wrong.msg}", wrong.lineno)
    except RecursionError:
        malformed(label, TOO_DEEP, None)
    if not _is_unicode(text):
        malformed(label, "half of a pair of surrogates", None)
    return value


def _is_unicode(text: str) -> bool:
    try:
        json.dumps(json.loads(text, parse_int=str), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _walk_object(found: JsonPlaces, at: int, path: KeyPath) -> int:
    """Note the values of the object that begins at a place; return where it ends."""
    names = set[str]()
    at = _after_space(found.text, at + 1)
    if found.text[at] == "}":
        found.faults.append(Fault(line_at(found.text, at), f"{'.'.join(path)!r} is empty"))
        return at + 1
    while found.text[at] != "}":
        begin = at
        name, at = DECODER.raw_decode(found.text, at)
        if name in names:
            found.faults.append(Fault(line_at(found.text, begin), f"{name!r} stands twice"))
        names.add(name)
        at = _after_space(found.text, _after_space(found.text, at) + 1)
        is_metadata = not path and name == METADATA
        end = _end_of_value(found.text, at) if is_metadata else _walk(found, at, (*path, name))
        if not path:
            found.members.append((name, begin, end))
        at = _next(found.text, end)
    return at + 1


def _walk(found: JsonPlaces, at: int, path: KeyPath) -> int:
    if len(path) > DEEPEST:
        found.faults.append(Fault(line_at(found.text, at), TOO_DEEP))
        return _end_of_value(found.text, at)
    if found.text[at] == "{":
        return _walk_object(found, at, path)
    if found.text[at] == "[":
        return _walk_list(found, at, path)
    return _note_leaf(found, at, path)


def _walk_list(found: JsonPlaces, at: int, path: KeyPath) -> int:
    begin, at = at, _after_space(found.text, at + 1)
    if found.text[at] == "]":
        found.faults.append(Fault(line_at(found.text, begin), f"{'.'.join(path)!r} is empty"))
    while found.text[at] != "]":
        if found.text[at] == "[":
            found.faults.append(Fault(line_at(found.text, at), NESTED_LIST))
        at = _next(found.text, _walk(found, at, path))
    return at + 1


def _note_leaf(found: JsonPlaces, at: int, path: KeyPath) -> int:
    value, end = DECODER.raw_decode(found.text, at)
    name = ".".join(path)
    text, kind = _text_of(value)
    if value is None or value == "":
        reason = f"{name!r} is empty, and sops protects no empty value"
        found.faults.append(Fault(line_at(found.text, at), reason))
    elif kind == "float" and not _keeps_its_digits(found.text[at:end], text):
        reason = f"{name!r} is a number that sops would round; put it into quotes"
        found.faults.append(Fault(line_at(found.text, at), reason))
    found.leaves.append(Leaf(path, at, end, text, kind))
    return end


def _text_of(value: object) -> tuple[str, Kind]:
    if isinstance(value, bool):
        return str(value), "bool"
    if isinstance(value, float):
        return float_text(value), "float"
    return str(value or ""), "str"


def _keeps_its_digits(written: str, text: str) -> bool:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(written) == Decimal(text)
    except InvalidOperation:
        return False


def _without_metadata(found: JsonPlaces, place: int) -> tuple[str, tuple[Leaf, ...]]:
    """Return the text without the metadata, and the leaves where they stand then."""
    _, begin, end = found.members[place]
    if place:
        cut, resume = found.members[place - 1][2], end
    else:
        after = found.members[1:2]
        cut, resume = begin, after[0][1] if after else end
    body = found.text[:cut] + found.text[resume:]
    gone = resume - cut
    moved = (
        leaf
        if leaf.end <= cut
        else Leaf(leaf.path, leaf.start - gone, leaf.end - gone, leaf.text, leaf.kind)
        for leaf in found.leaves
    )
    return body, tuple(moved)


def _end_of_value(text: str, at: int) -> int:
    return DECODER.raw_decode(text, at)[1]


def _after_space(text: str, at: int) -> int:
    space = SPACE.match(text, at)
    return space.end() if space else at


def _next(text: str, at: int) -> int:
    """Return where the next member begins, or the closing bracket."""
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at
