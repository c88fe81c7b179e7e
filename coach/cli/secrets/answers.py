"""How the answers of `coach secrets` look: no value is in any of them but the plain text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.cli.show.answers import Answer
from coach.errors import CoachError
from coach.views.secrets import sealed_files as views
from coach.views.table import Table, rows
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.sops.age import AgeKeys
    from coach.sops.document import Document
    from coach.sops.opening import OpenedFile

ONLY_NAMES = "values are never part of JSON; leave --json out to have them"


def encrypted(file: str, document: "Document", recipients: Sequence[str], text: str) -> Answer:
    """Return a file that was sealed: itself, or where it was written."""
    row = views.encrypted_file(file, document.format, recipients, text)
    people = counted(len(recipients), "recipient")
    said = f"{file} is sealed for {people}" if file else text
    return Answer("secrets encrypt", rows([row])[0], text=said)


def listed(file: str, opened: "OpenedFile", warnings: tuple[str, ...]) -> Answer:
    """Return the plain text of a file, as JSON only the names in it."""
    data = rows([views.names(file, opened)])[0]
    notes = (*warnings, ONLY_NAMES)
    return Answer("secrets decrypt", data, text=opened.plain_text(), warnings=notes)


def edited(file: str, opened: "OpenedFile", warnings: tuple[str, ...], *, changed: bool) -> Answer:
    """Return what became of a file in an editor."""
    row = views.edited_file(file, opened, changed=changed)
    said = f"{file} is sealed again" if changed else "nothing was changed"
    plain = tuple(f"{name} stands there unsealed" for name in row["plain"])
    return Answer("secrets edit", rows([row])[0], text=said, warnings=(*warnings, *plain))


def rotated(file: str, opened: "OpenedFile", warnings: tuple[str, ...], gone: int) -> Answer:
    """Return a file that is sealed for other recipients; `gone` could open it before."""
    row = views.sealed_file(file, opened)
    said = f"{file} is sealed for {counted(len(row['recipients']), 'recipient')}, under a new key"
    notes = warnings
    if gone:
        people = counted(gone, "former recipient")
        notes = (*warnings, f"{people} knew the values until now: change those secrets, too")
    return Answer("secrets rotate-recipients", rows([row])[0], text=said, warnings=notes)


def verified(
    files: Sequence[str], keys: "AgeKeys", wanted: str, warnings: tuple[str, ...]
) -> tuple[Answer, bool]:
    """Open files and return what was found, and whether all can be trusted."""
    from coach.sops.store import open_stored

    found: list[views.VerifiedFileRow] = []
    for file in files:
        try:
            opened = open_stored(file, keys, wanted).opened
            found.append(views.verified_file(file, opened))
        except CoachError as trouble:
            found.append(views.refused_file(file, str(trouble)))
    values = rows(found)
    table = Table(views.VERIFIED, values)
    good = all(row["ok"] for row in found)
    return Answer("secrets verify", list(values), table, warnings=warnings), good
