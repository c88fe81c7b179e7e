"""The three formats, and which of them a file is in."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from coach.errors import Invalid
from coach.sops import dotenv, json_text, yaml_text
from coach.sops.document import Document, FileFormat, FormatName

FORMATS: Final[Mapping[FormatName, FileFormat]] = {
    "dotenv": FileFormat(dotenv.read, dotenv.write_value, dotenv.with_metadata),
    "yaml": FileFormat(yaml_text.read, yaml_text.write_value, yaml_text.with_metadata),
    "json": FileFormat(json_text.read, json_text.write_value, json_text.with_metadata),
}
ENDINGS: Final[Mapping[str, FormatName]] = {
    ".env": "dotenv",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
}
ASSIGNMENT: Final = re.compile(r"(?:#.*\n|\n)*[^\s=:#]+=", re.ASCII)


def read_document(text: str, label: str, wanted: str = "") -> Document:
    """Read a file in the format that was asked for, else in that of its name, else of its text."""
    name = format_named(wanted) if wanted else format_of(text, label)
    return FORMATS[name].read(text.removeprefix("\ufeff"), label)


def format_named(wanted: str) -> FormatName:
    """Return a format by its name; Invalid for another name."""
    for name in FORMATS:
        if name == wanted:
            return name
    raise Invalid("file_format", f"not {wanted!r}", f"one of {', '.join(FORMATS)}")


def format_of(text: str, label: str) -> FormatName:
    """Return the format that a name ends in (also before `.example`), else the likeliest."""
    path = PurePath(label)
    endings = [ending.lower() for ending in (path.name, *path.suffixes)]
    known = [ENDINGS[ending] for ending in endings if ending in ENDINGS]
    if known:
        return known[-1]
    if text.lstrip().startswith("{"):
        return "json"
    return "dotenv" if ASSIGNMENT.match(text) else "yaml"
