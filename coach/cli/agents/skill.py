"""`coach skill`: a page that teaches an agent of another program to read coach, and only that.

The page ends with the hash of what stands above it, so that coach knows its own pages again.
"""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli.frame import frame_of
from coach.cli.output_file import writing
from coach.cli.show.answers import Answer
from coach.errors import Conflict, UnreadableFile
from coach.files import write_private

NAME: Final = "coach"
FILE: Final = "SKILL.md"
SEAL: Final = "<!-- written by coach skill, sha256 "
SEAL_END: Final = " -->\n"

Folder = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="Write it to DIR/coach/SKILL.md instead of stdout."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that coach did not write.")]


def skill(context: typer.Context, folder: Folder = None, force: Force = False) -> None:
    """Print a page by which agents of other programs read coach, or write it.

    \b
      coach skill
      coach skill -o DIR

    It names commands that only read, and says what an agent may make of their answers. A page that
    coach wrote before is replaced; any other file only with --force.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame, page = frame_of(context), sealed_page()
    if folder is None:
        frame.show(Answer("skill", {"name": NAME, "text": page}, text=page))
        return
    target = folder / NAME / FILE
    before = written_before(target)
    _refuse_foreign(target, before, force=force)
    if before != page:
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_private(target, page.encode())
    done = "as it was" if before == page else "written" if before is None else "replaced"
    data = {"name": NAME, "file": str(target), "done": done}
    frame.show(Answer("skill", dict(data), text=f"{target}: {done}"))


def sealed_page() -> str:
    """Return the skill with its seal."""
    return sealed(Path(__file__).with_name("skill.md").read_text("utf-8"))


def sealed(body: str) -> str:
    """Return a text and, below it, its hash."""
    return f"{body}\n{SEAL}{sha256(body.encode()).hexdigest()}{SEAL_END}"


def is_ours(text: str) -> bool:
    """Say whether coach wrote a page, whichever version of coach, and nobody changed it since."""
    body, seal, _ = text.rpartition(f"\n{SEAL}")
    return bool(seal) and sealed(body) == text


def written_before(target: Path) -> str | None:
    """Return the text of a file, None where there is none; bytes that are no text are escaped."""
    try:
        return target.read_text("utf-8", errors="backslashreplace")
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise UnreadableFile(str(target), trouble.strerror or str(trouble)) from trouble


def _refuse_foreign(target: Path, before: str | None, *, force: bool) -> None:
    if before is None or is_ours(before) or force:
        return
    raise Conflict(
        ("file", str(target)),
        f"{str(target)!r} was not written by coach skill, or was changed since",
        hint="choose another folder, or add --force to replace it",
    )
