"""Sealed files: who can open one, which values it holds, and whether it can be trusted.

No row holds a value.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from coach.sops.document import FormatName
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.sops.opening import OpenedFile

VERIFIED = (
    Column("file", "file"),
    Column("ok", "ok"),
    Column("format", "format"),
    Column("sealed", "sealed", "number"),
    Column("modified", "changed"),
    Column("reason", "reason"),
)


class SealedFileRow(TypedDict):
    """A sealed file. `plain` names the values that its rule leaves unsealed."""

    file: str
    format: FormatName
    sealed: int
    plain: list[str]
    recipients: list[str]
    modified: str
    version: str


class VerifiedFileRow(TypedDict):
    """Whether a sealed file can be opened and trusted, and if not, why; empty where it can."""

    file: str
    ok: bool
    reason: str
    format: str
    sealed: int
    plain: list[str]
    recipients: list[str]
    modified: str
    version: str


class SecretNameRow(TypedDict):
    """A value of a sealed file: its names from the outside in, its kind, whether it is sealed."""

    name: str
    kind: str
    sealed: bool


class NamesRow(TypedDict):
    """What a sealed file holds, without the values."""

    file: str
    format: FormatName
    values: list[SecretNameRow]


class EncryptedFileRow(TypedDict):
    """A file that was sealed; `text` is the sealed file where it was not written to one."""

    file: str | None
    format: FormatName
    recipients: list[str]
    text: str | None


class EditedFileRow(TypedDict):
    """A sealed file after an editor had it."""

    file: str
    changed: bool
    sealed: int
    plain: list[str]
    recipients: list[str]


def sealed_file(file: str, opened: "OpenedFile") -> SealedFileRow:
    """Return a sealed file."""
    values = opened.values()
    return {
        "file": file,
        "format": opened.document.format,
        "sealed": sum(sealed for _, sealed in values),
        "plain": [leaf.name for leaf, sealed in values if not sealed],
        "recipients": list(opened.metadata.recipients),
        "modified": opened.metadata.modified,
        "version": opened.metadata.version,
    }


def verified_file(file: str, opened: "OpenedFile") -> VerifiedFileRow:
    """Return a sealed file that was opened."""
    return {**sealed_file(file, opened), "ok": True, "reason": ""}


def refused_file(file: str, reason: str) -> VerifiedFileRow:
    """Return a file that could not be opened or trusted."""
    return {
        "file": file,
        "ok": False,
        "reason": reason,
        "format": "",
        "sealed": 0,
        "plain": [],
        "recipients": [],
        "modified": "",
        "version": "",
    }


def names(file: str, opened: "OpenedFile") -> NamesRow:
    """Return what a sealed file holds."""
    return {
        "file": file,
        "format": opened.document.format,
        "values": [
            {"name": leaf.name, "kind": leaf.kind, "sealed": sealed}
            for leaf, sealed in opened.values()
        ],
    }


def encrypted_file(
    file: str, form: FormatName, recipients: Sequence[str], text: str
) -> EncryptedFileRow:
    """Return a file that was sealed."""
    return {
        "file": file or None,
        "format": form,
        "recipients": list(recipients),
        "text": None if file else text,
    }


def edited_file(file: str, opened: "OpenedFile", *, changed: bool) -> EditedFileRow:
    """Return a sealed file after an editor had it."""
    row = sealed_file(file, opened)
    return {
        "file": file,
        "changed": changed,
        "sealed": row["sealed"],
        "plain": row["plain"],
        "recipients": row["recipients"],
    }
