"""What a shell knows and a timer would not: the environment that cron and systemd leave out.

A line that a timer runs carries what is no secret. A secret must stand where coach finds it without
the shell, so it is named and carried nowhere.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from coach.settings.keys import KEYS
from coach.settings.secrets import BUCKET_KEYS, SECRETS
from coach.settings.secrets_file import VARIABLE

FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
FILES = ("SOPS_AGE_KEY_FILE", "COACH_KEK_IDENTITY_FILE", VARIABLE)


def carried_variables(environment: Mapping[str, str], *, home_named: bool) -> dict[str, str]:
    """Return what the line of a timer has to set; where it names the home, no folders."""
    plain = [key.variable for key in KEYS if key.variable not in SECRETS]
    files = [f"{name}_FILE" for name in SECRETS]
    names = ([] if home_named else FOLDERS, plain, FILES, files)
    return {name: environment[name] for group in names for name in group if environment.get(name)}


def lost_secrets(environment: Mapping[str, str], *, with_bucket: bool) -> list[str]:
    """Return the variables that hold a secret, or print one, and that no line may carry."""
    return [name for name in _secret_names(with_bucket=with_bucket) if environment.get(name)]


def _secret_names(*, with_bucket: bool) -> Iterator[str]:
    for name in SECRETS:
        if with_bucket or name not in BUCKET_KEYS:
            yield from (name, f"{name}_COMMAND")


def folder_of_units(environment: Mapping[str, str]) -> Path:
    """Return where the user's own units of systemd lie."""
    named = Path(environment.get("XDG_CONFIG_HOME", ""))
    config = named if named.is_absolute() else Path("~/.config").expanduser()
    return config / "systemd" / "user"
