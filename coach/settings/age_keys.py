"""The age keys at hand, where sops looks for them too.

A file that is named for one call is all there is; else SOPS_AGE_KEY, SOPS_AGE_KEY_FILE,
SOPS_AGE_KEY_CMD and the key file of sops in the user's folder count together.
"""

import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import NoAgeKey
from coach.model.machine.inputs import read_small_text
from coach.settings.commands import output_of
from coach.settings.secrets import AGE_KEY, for_children

if TYPE_CHECKING:
    from coach.sops.age import AgeKeys

USUAL = Path("sops", "age", "keys.txt")


def find_age_keys(environment: Mapping[str, str], named: str = "") -> "AgeKeys":
    """Return every key at hand; NoAgeKey for a source that was named and cannot be read."""
    from coach.sops.age import AgeKeys, read_age_keys

    found = AgeKeys()
    for source, text in _texts(environment, named):
        found += read_age_keys(text, source)
    return found


def open_to_others(environment: Mapping[str, str], named: str = "") -> tuple[str, ...]:
    """Return the key files that others may read."""
    files = [Path(named).expanduser()] if named else _files(environment)
    return tuple(str(file) for file in files if file.exists() and _others_may_read(file))


def _texts(environment: Mapping[str, str], named: str) -> Iterator[tuple[str, str]]:
    if named:
        yield named, _read(Path(named).expanduser())
        return
    if text := environment.get(AGE_KEY, ""):
        yield AGE_KEY, text
    if command := environment.get(f"{AGE_KEY}_CMD", ""):
        yield f"{AGE_KEY}_CMD", output_of(f"{AGE_KEY}_CMD", command, for_children(environment))
    for file in _files(environment):
        yield str(file), _read(file)


def _files(environment: Mapping[str, str]) -> list[Path]:
    """Return the file that a variable names, and the usual one where it is there."""
    variable = environment.get(f"{AGE_KEY}_FILE", "")
    usual = [folder / USUAL for folder in _config_folders(environment)]
    named = [Path(variable).expanduser()] if variable else []
    return named + [file for file in usual if file.is_file() and file not in named]


def _config_folders(environment: Mapping[str, str]) -> Iterator[Path]:
    if folder := environment.get("XDG_CONFIG_HOME"):
        yield Path(folder)
    elif home := environment.get("HOME"):
        yield Path(home) / ".config"
        if sys.platform == "darwin":
            yield Path(home) / "Library" / "Application Support"


def _read(file: Path) -> str:
    try:
        return read_small_text(file)
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        what = f"the age key file cannot be read: {reason}"
        raise NoAgeKey(remedy="name_age_key", file=str(file), reason=what) from None


def _others_may_read(file: Path) -> bool:
    return bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
