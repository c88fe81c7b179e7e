"""dotenv as sops reads it: `NAME=value`, nothing trimmed, no quotes, `#` in the first column only.

A line break in a value is written as backslash and n; blank lines mean nothing.
"""

import re

from coach.sops.document import Document, Fault, Kind, Layout, Leaf, RawMetadata, malformed

PREFIX = "sops_"
ENTRY = re.compile(r"(?P<list>\w+?)__list_(?P<place>[0-9]{1,4})__map_(?P<field>\w+)")


def read(text: str, label: str) -> Document:
    """Read a file; MalformedFile for a line that is neither a value, a comment nor blank."""
    lines: list[str] = []
    leaves: list[Leaf] = []
    faults: list[Fault] = []
    stated: dict[str, str] = {}
    at = 0
    names = set[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        name, equals, value = line.partition("=")
        if line and not equals and not line.startswith("#"):
            malformed(label, "a line without an equals sign", number)
        if equals and not line.startswith("#"):
            faults += _faults(number, name, value, names)
            names.add(name)
            if name.startswith(PREFIX):
                stated[name.removeprefix(PREFIX)] = _unescaped(value)
                continue
        leaves += _leaves(line, at)
        lines.append(line)
        at += len(line) + 1
    metadata = _unflattened(stated) if stated else None
    body = "\n".join(lines)
    return Document(label, "dotenv", body, tuple(leaves), metadata, Layout(""), tuple(faults))


def write_value(text: str, _kind: Kind) -> str:
    """Return a value as it stands behind the equals sign."""
    return text.replace("\n", "\\n")


def with_metadata(body: str, metadata: RawMetadata, _layout: Layout) -> str:
    """Return a body with the metadata behind it, one line each, by name."""
    lines = []
    for name, value in metadata.items():
        if isinstance(value, str):
            lines.append(f"{PREFIX}{name}={write_value(value, 'str')}\n")
            continue
        for place, entry in enumerate(value):
            at = f"{PREFIX}{name}__list_{place}__map_"
            lines += [f"{at}{field}={write_value(text, 'str')}\n" for field, text in entry.items()]
    ended = body if not body or body.endswith("\n") else f"{body}\n"
    return ended + "".join(sorted(lines))


def _leaves(line: str, at: int) -> list[Leaf]:
    if line.startswith("#"):
        text = line[1:]
        return [Leaf((), at + 1, at + len(line), text, "comment")] if text else []
    name, equals, value = line.partition("=")
    if not equals:
        return []
    start = at + len(name) + 1
    return [Leaf((name,), start, start + len(value), _unescaped(value), "str")]


def _faults(number: int, name: str, value: str, names: set[str]) -> list[Fault]:
    faults = []
    if not name:
        faults.append(Fault(number, "a value without a name"))
    if name in names:
        faults.append(Fault(number, f"{name!r} stands twice"))
    if not value and not name.startswith(PREFIX):
        faults.append(Fault(number, f"{name!r} is empty, and sops protects no empty value"))
    if "\r" in value or "\0" in value:
        faults.append(Fault(number, f"{name!r} holds a carriage return or a NUL"))
    return faults


def _unescaped(value: str) -> str:
    return value.replace("\\n", "\n")


def _unflattened(stated: dict[str, str]) -> RawMetadata:
    raw: dict[str, str | list[dict[str, str]]] = {}
    entries: dict[tuple[str, int], dict[str, str]] = {}
    for name, value in stated.items():
        if entry := ENTRY.fullmatch(name):
            entries.setdefault((entry["list"], int(entry["place"])), {})[entry["field"]] = value
        else:
            raw[name] = value
    for (name, _), fields in sorted(entries.items()):
        listed = raw.setdefault(name, [])
        if isinstance(listed, list):
            listed.append(fields)
    return raw
