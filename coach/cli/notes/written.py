"""The text of a note: typed with the command, read from stdin, or written in the user's editor."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coach import settings
from coach.cli.foreground import run_in_front
from coach.errors import CoachError, UsageError
from coach.model.machine.home import private_folder
from coach.model.machine.inputs import LARGEST_NOTE, read_small_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.cli.frame import Frame

STDIN = ("-",)
EDITOR_HINT = "set EDITOR to a program that edits a file, or type the text with the command"


def written_text(
    frame: "Frame", words: "Sequence[str]", how: str, title: str, before: str = ""
) -> str:
    """Return the text of a note; `how` says what to type where nobody can be asked for one.

    `title` says what the note is on, `before` is the text to begin with.
    """
    if tuple(words) == STDIN:
        return _text_of_stdin()
    if words:
        return " ".join(words)
    if not (frame.somebody_answers and frame.output.as_a_table):
        raise UsageError(how, what="which text?")
    editor = settings.read_editor(settings.process_environment())
    if editor:
        return _edited(editor, private_folder(frame.home.cache), before)
    return frame.typed(f"{title}:")


def _text_of_stdin() -> str:
    data = sys.stdin.buffer.read(LARGEST_NOTE + 1) if sys.stdin else b""
    if len(data) > LARGEST_NOTE:
        raise UsageError("write several notes", what=f"stdin is longer than {LARGEST_NOTE:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        what = f"stdin is not UTF-8: byte {trouble.start + 1} is invalid"
        raise UsageError("iconv -f ENCODING -t UTF-8 makes it so", what=what) from trouble


def _edited(editor: str, folder: Path, before: str) -> str:
    """Return what the user's editor leaves of a text; CoachError where it does not end well."""
    from coach.files import private_copy

    with private_copy(folder, "note-", ".txt") as copy:
        copy.write(f"{before}\n".encode() if before else b"")
        copy.flush()
        try:
            code = run_in_front([*shlex.split(editor), copy.name])
        except (OSError, ValueError) as trouble:
            what = f"the editor {editor!r} does not start: {trouble}"
            raise CoachError(EDITOR_HINT, what=what) from trouble
        if code:
            what = f"the editor {editor!r} ended with code {code}: nothing was kept"
            raise CoachError(EDITOR_HINT, what=what)
        try:
            return read_small_text(Path(copy.name))
        except (OSError, UnicodeDecodeError) as trouble:
            what = f"what the editor {editor!r} left cannot be read: {trouble}"
            raise CoachError(EDITOR_HINT, what=what) from trouble
