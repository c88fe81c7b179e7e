"""Settings that are secret, and how they are handed over.

NAME holds one itself, NAME_FILE the file that it stands in, NAME_COMMAND a command that prints it.
Two of them at once are an error: nobody could say which one counts. A command runs when its secret
is needed, and gets none of the secrets of coach.
"""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import Final

from coach.errors import ConfigError
from coach.model.machine.inputs import LARGEST_NOTE
from coach.model.market import VENDORS

VENDOR_KEYS: Final = {vendor: f"COACH_{vendor.upper()}_KEY" for vendor in VENDORS}
BROKER_KEYS: Final = {
    broker: f"COACH_{broker.upper()}_KEY" for broker in ("coinbase", "kraken", "binance")
}
KEK_PASSPHRASE: Final = "COACH_KEK_PASSPHRASE"  # noqa: S105 -- the name of a variable
MODEL_KEY: Final = "COACH_MODEL_KEY"
OIDC_CLIENT_SECRET: Final = "COACH_OIDC_CLIENT_SECRET"  # noqa: S105 -- the name of a variable
CLIENT_SECRETS: Final = {"coinbase": "COACH_COINBASE_CLIENT_SECRET"}
"""Of coach as an OAuth client of a broker."""
BUCKET_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SECRETS: Final = (
    "COACH_DATABASE_URL",
    "COACH_REDIS_URL",
    *BROKER_KEYS.values(),
    *VENDOR_KEYS.values(),
    *BUCKET_KEYS,
    KEK_PASSPHRASE,
    MODEL_KEY,
    OIDC_CLIENT_SECRET,
    *CLIENT_SECRETS.values(),
)
"""Every variable that holds a secret; each also takes _FILE and _COMMAND."""
AGE_KEY: Final = "SOPS_AGE_KEY"
OTHERS_MAY: Final = stat.S_IRWXO | stat.S_IWGRP
"""Rights to a file of a secret that nobody else should have; a group may read it."""


@dataclass(frozen=True, slots=True, repr=False)
class HandedSecret:
    """A secret, not fetched yet: who has it, and by which variable."""

    variable: str
    origin: str
    held: str
    environment: Mapping[str, str]

    def fetch(self) -> str:
        """Return the secret; ConfigError where it cannot be had or is empty."""
        if self.variable.endswith("_FILE"):
            found = read_secret_file(self.variable, Path(self.held).expanduser())
        elif self.variable.endswith("_COMMAND"):
            from coach.settings.commands import output_of

            found = output_of(self.variable, self.held, for_children(self.environment))
        else:
            return self.held.strip()
        if not found.strip():
            raise ConfigError(name=self.variable, what="what it names holds nothing")
        return found.strip()


def handed_over(variable: str, environment: Mapping[str, str]) -> HandedSecret | None:
    """Return a secret of the environment, in whichever of its three ways; ConfigError for two."""
    ways = [name for name in ways_of(variable) if environment.get(name)]
    if len(ways) > 1:
        what = f"{' and '.join(ways)} are all set" if len(ways) > 2 else f"{ways[1]} is set, too"  # noqa: PLR2004 -- two ways, or all three
        raise ConfigError("keep one of them", name=ways[0], what=what)
    if not ways:
        return None
    return HandedSecret(ways[0], f"env {ways[0]}", environment[ways[0]], environment)


def ways_of(variable: str) -> Iterator[str]:
    """Yield the variables that may hand a secret over."""
    yield from (variable, f"{variable}_FILE", f"{variable}_COMMAND")


def read_secret_file(variable: str, path: Path) -> str:
    """Return the text of a file that nobody else may read; ConfigError names the variable."""
    try:
        with path.open("rb") as file:
            others = stat.S_IMODE(fstat(file.fileno()).st_mode) & OTHERS_MAY
            data = file.read(LARGEST_NOTE + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise ConfigError(name=variable, what=f"{str(path)!r} cannot be read: {reason}") from None
    if others:
        what = f"{str(path)!r} is open to others than you ({_mode(path)})"
        raise ConfigError(f"chmod 600 {path}", name=variable, what=what)
    if len(data) > LARGEST_NOTE:
        what = f"{str(path)!r} is larger than {LARGEST_NOTE / 1e6:g} MB (limit)"
        raise ConfigError(name=variable, what=what)
    return text


def for_children(
    environment: Mapping[str, str], *, keep_bucket_keys: bool = True
) -> dict[str, str]:
    """Return the environment without the secrets of coach, for a program that coach starts.

    The text of a command that prints one may hold another, and stays here, too. A command that
    hands a secret over may itself need the keys of a cloud.
    """
    kept = set(BUCKET_KEYS) if keep_bucket_keys else set()
    secret = {AGE_KEY, *SECRETS} - kept
    commands = {f"{AGE_KEY}_CMD", *(f"{name}_COMMAND" for name in SECRETS)}
    return {name: value for name, value in environment.items() if name not in secret | commands}


def _mode(path: Path) -> str:
    return f"mode {stat.S_IMODE(path.stat().st_mode):04o}"
