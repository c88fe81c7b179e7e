"""A sealed file in an editor: plain in a folder in memory, sealed again where it lies."""

import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

from coach.cli.foreground import run_in_front
from coach.errors import CoachError, Conflict, Refused, UsageError
from coach.settings import process_environment, read_secrets_editor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.cli.frame import Frame
    from coach.sops.sealing import SealedText
    from coach.sops.store import StoredFile

EDITORS: Final = ("sensible-editor", "nano", "vim", "vi")
"""What is tried where no variable names an editor."""
VIM: Final = frozenset({"vim", "nvim", "vim.basic", "vim.tiny", "vim.nox", "vim.gtk3", "gvim"})
LEAVES_NOTHING: Final = ("-n", "-i", "NONE", "--cmd", "set noundofile nobackup nowritebackup")
"""Vim keeps copies of what it edits in the home, unless it is told not to."""


def edit_stored(frame: "Frame", stored: "StoredFile") -> "SealedText | None":
    """Let a person change a file; return it as it was sealed again, None where nothing changed."""
    from coach.sops.sealing import seal_changed
    from coach.wiring import clock

    plain = stored.opened.plain_text()
    with _place_for(stored.path.name, plain) as copy:
        while True:
            _run_editor(copy)
            edited = _read_back(copy)
            if edited == plain:
                return None
            try:
                sealed = seal_changed(stored.opened, _checked(edited), clock())
            except CoachError as mistake:
                if not _wants_another_try(frame, mistake):
                    raise
                continue
            _keep(stored, sealed.text)
            return sealed


def _read_back(copy: Path) -> str:
    try:
        return copy.read_bytes().decode(errors="surrogateescape")
    except FileNotFoundError:
        raise Refused(what="the editor removed it, and nothing was changed") from None


def _checked(text: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UsageError("save it as UTF-8", what="what was edited is not UTF-8")
    return text


def _keep(stored: "StoredFile", text: str) -> None:
    """Put the text in the place of the file; where that changed meanwhile, beside it."""
    try:
        stored.replace(text)
    except Conflict as meanwhile:
        beside = stored.put_beside(text)
        hint = f"your version is sealed in {beside}"
        raise Conflict(("file", stored.path.name), str(meanwhile), hint=hint) from None


def _wants_another_try(frame: "Frame", mistake: CoachError) -> bool:
    if not frame.somebody_answers:
        return False
    frame.talk.error(str(mistake))
    return frame.asked("nothing was changed; edit it again?", "[Y/n]") not in {"n", "no"}


@contextmanager
def _place_for(name: str, plain: str) -> "Iterator[Path]":
    from coach.sops.memory import folder_in_memory, memory_folders

    roofs = memory_folders(read_secrets_editor(process_environment()).runtime)
    if not roofs:
        hint = "edit it in a pipe: coach secrets decrypt FILE | ... | coach secrets encrypt -"
        what = "there is no folder in memory, and plain secrets are never written to a disk"
        raise Refused(hint, what=what)
    with folder_in_memory(roofs[0]) as folder:
        copy = folder / name
        handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(plain.encode())
        yield copy


def _run_editor(copy: Path) -> None:
    """Run the editor on the copy."""
    command = _command(read_secrets_editor(process_environment()).command)
    try:
        code = run_in_front([*command, str(copy)])
    except OSError as trouble:
        what = f"the editor {command[0]!r} does not start: {trouble.strerror}"
        raise UsageError("set EDITOR to the editor you want", what=what) from None
    if code:
        what = f"the editor ended with exit code {code}, and nothing was changed"
        raise Refused(what=what)


def _command(wanted: str) -> list[str]:
    try:
        command = shlex.split(wanted)
    except ValueError:
        raise UsageError("mind the quotes in EDITOR", what="EDITOR is not a command") from None
    if not command:
        command = [found for name in EDITORS if (found := which(name))][:1]
    if not command:
        raise UsageError("set EDITOR to the editor you want", what="there is no editor")
    found = which(command[0])
    is_vim = found is not None and Path(found).resolve().name in VIM
    return [*command, *LEAVES_NOTHING] if is_vim else command
