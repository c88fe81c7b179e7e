"""`coach secrets`: files of secrets in the format of sops, sealed for age recipients."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.input_file import STDIN, label_of, small_text
from coach.cli.lazy import sub_app
from coach.cli.secrets.answers import edited, encrypted, listed, rotated, verified
from coach.cli.secrets.editing import edit_stored
from coach.cli.show.answers import Answer
from coach.errors import Missing, UnreadableFile, UsageError
from coach.settings import process_environment
from coach.settings.age_keys import find_age_keys, open_to_others

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.sops.age import AgeKeys

app = sub_app("Files of secrets, sealed for age recipients.")
SealedFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A file that sops or coach sealed.")
]
KeyFile = Annotated[
    str, typer.Option(metavar="FILE", help="Your age key; otherwise where sops looks for it.")
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="dotenv, yaml or json, where its name does not say.",
    ),
]
Recipients = Annotated[
    list[str] | None,
    typer.Option("--age", metavar="RECIPIENT", help="Who can open it; may be repeated."),
]


@app.command()
def encrypt(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The plain file, or - for stdin.")],
    age: Recipients = None,
    out: Annotated[str, typer.Option(metavar="FILE", help="Write to a new file.")] = "",
    in_place: Annotated[
        bool, typer.Option("--in-place", "-i", help="Replace the plain file.")
    ] = False,
    format_name: Format = "",
) -> None:
    """Seal a file for age recipients.

    They are those of --age, else those of the next .sops.yaml. The sealed file goes to stdout, to
    --out, or with --in-place where the plain one was.
    """
    from coach.files import replace_file
    from coach.sops.formats import read_document
    from coach.sops.sealing import seal_new
    from coach.sops.store import write_new
    from coach.wiring import clock

    frame = frame_of(context)
    if in_place and (out or file == str(STDIN)):
        raise UsageError("leave --in-place out", what="--in-place replaces FILE, and no other")
    plain = plain_text(file)
    target = out or ("" if file == str(STDIN) else file)
    document = read_document(plain, Path(target or label_of(Path(file))).name, format_name)
    wanted = recipients(age, target)
    text = seal_new(document, wanted, clock()).text
    if in_place:
        replace_file(Path(file).resolve(), plain.encode(), text.encode())
    elif out:
        write_new(Path(out), text)
    written = file if in_place else out
    frame.show(encrypted(written, document, wanted, text))


@app.command()
def decrypt(
    context: typer.Context,
    file: SealedFile,
    key_file: KeyFile = "",
    format_name: Format = "",
) -> None:
    """Open a file and print it. It is not written anywhere; with --json only its names are shown.

    Every value and the MAC of all of them are checked first.
    """
    from coach.sops.store import open_stored

    stored = open_stored(file, age_keys(key_file), format_name)
    answer = listed(file, stored.opened, warnings=warnings(key_file))
    frame_of(context).show(answer)


@app.command()
def edit(
    context: typer.Context, file: SealedFile, key_file: KeyFile = "", format_name: Format = ""
) -> None:
    """Open a file in your editor and seal it again.

    The editor works on a folder in memory; where there is none, coach refuses. What you do not
    change keeps its bytes.
    """
    from coach.sops.store import open_stored

    frame = frame_of(context)
    stored = open_stored(file, age_keys(key_file), format_name)
    sealed = edit_stored(frame, stored)
    opened = sealed.opened if sealed else stored.opened
    frame.show(edited(file, opened, warnings(key_file), changed=sealed is not None))


@app.command()
def verify(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Sealed files.")],
    key_file: KeyFile = "",
    format_name: Format = "",
) -> None:
    """Check that nothing in sealed files was changed.

    Exit code 5 says that one does not open, or cannot be trusted.
    """
    answer, all_good = verified(files, age_keys(key_file), format_name, warnings(key_file))
    frame_of(context).show(answer)
    if not all_good:
        raise typer.Exit(exits.FOUND_SOMETHING)


@app.command("rotate-recipients")
def rotate_recipients(
    context: typer.Context,
    file: SealedFile,
    age: Recipients = None,
    key_file: KeyFile = "",
    format_name: Format = "",
) -> None:
    """Seal a file anew, for these recipients only.

    They are those of --age, else those of the next .sops.yaml. Every value gets a new key. Who
    could open it before keeps what they saw: change those secrets themselves as well.
    """
    from coach.sops.sealing import seal_for_others
    from coach.sops.store import open_stored
    from coach.wiring import clock

    frame = frame_of(context)
    keys = age_keys(key_file)
    stored = open_stored(file, keys, format_name)
    wanted = recipients(age, file)
    notes = warnings(key_file)
    if not set(wanted) & set(keys.recipients):
        note = "none of your age keys opens the file from now on; the recipients alone can"
        notes = (*notes, note)
        if not frame.sure(f"{note}. Go on?"):
            frame.show(Answer("secrets rotate-recipients", None, text="nothing was changed"))
            return
    sealed = seal_for_others(stored.opened, wanted, clock())
    stored.replace(sealed.text)
    gone = len(set(stored.opened.metadata.recipients) - set(wanted))
    frame.show(rotated(file, sealed.opened, notes, gone))


def age_keys(key_file: str) -> "AgeKeys":
    """Return the age keys at hand."""
    return find_age_keys(process_environment(), key_file)


def warnings(key_file: str) -> tuple[str, ...]:
    """Return what is to be said of key files that others may read."""
    return tuple(
        f"{name} is a secret key that others may read; chmod 600 {name}"
        for name in open_to_others(process_environment(), key_file)
    )


def recipients(given: "Sequence[str] | None", target: str) -> tuple[str, ...]:
    """Return who shall open a file; Missing where nobody is named."""
    from coach.sops.age import check_recipients
    from coach.sops.creation_rules import recipients_for

    found = check_recipients(given, "--age") if given else ()
    if not found and target:
        found = recipients_for(Path(target))
    if not found:
        raise Missing("a sealed file", "recipient", remedy="name_recipients")
    return found


def plain_text(file: str) -> str:
    """Return the text of a plain file, or of stdin."""
    try:
        return small_text(file)
    except (OSError, UnicodeDecodeError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UnreadableFile(label_of(Path(file)), reason) from None
