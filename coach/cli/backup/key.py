"""The key of backups: made, typed back, and found again when a backup is opened."""

from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.frame import Frame
from coach.cli.output_file import writing
from coach.cli.settings_file import document_of, keep_document
from coach.errors import Conflict, UsageError
from coach.files import write_private
from coach.settings import process_environment
from coach.settings.age_keys import find_age_keys, open_to_others
from coach.settings.checks import source_names

if TYPE_CHECKING:
    from coach.sops.age import AgeKeys

SETTING = "backup_recipients"


def new_key(frame: Frame, out: Path | None) -> str:
    """Make a key, have it kept, and add its public side to the settings; return that side.

    Without a file the key must be typed back at a terminal. Nothing is kept where it is not.
    """
    from coach.sops.age import new_identity

    if out is None and not frame.somebody_answers:
        raise UsageError(
            "coach backup key --out FILE writes it to a file",
            what="a new key is shown at a terminal, and there is none",
        )
    if out is not None and out.exists():
        raise Conflict(("file", str(out)), f"there is a file {str(out)!r} already")
    secret, recipient = new_identity()
    if out is not None:
        with writing(out):
            write_private(out, f"# public key: {recipient}\n{secret}\n".encode())
    else:
        _typed_back(frame, secret)
    document = document_of(frame)
    kept = document.get(SETTING, "")
    former = list(kept) if isinstance(kept, list) else list(source_names(str(kept)))
    document[SETTING] = ",".join([*former, recipient])
    keep_document(frame, document)
    return recipient


def age_keys(frame: Frame, key_file: str) -> "AgeKeys":
    """Return the keys at hand, else what a person types; those that others may read are told."""
    from coach.engine.api.backup import backups

    environment = process_environment()
    found = find_age_keys(environment, key_file)
    for file in open_to_others(environment, key_file):
        frame.talk.warning(f"{file} may be read by others: chmod 600 {file}")
    if not found.identities and frame.somebody_answers:
        return backups.keys_in(frame.typed_unseen("the age key that opens it"))
    return found


def _typed_back(frame: Frame, secret: str) -> None:
    frame.talk.instruct("the key of your backups, shown this once:", secret)
    if frame.typed("type it back, or paste it from where you keep it now").upper() != secret:
        raise UsageError(
            "run it again; no backup was sealed for that key", what="this is another key"
        )
