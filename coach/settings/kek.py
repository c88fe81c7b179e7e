"""Where the key of keys is: files of the home, or what the environment names."""

from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coach.model.machine.home import Home
from coach.model.machine.keys import KekWishes
from coach.model.machine.secrets import Secret
from coach.settings.secrets import KEK_PASSPHRASE
from coach.settings.sources import Sources

if TYPE_CHECKING:
    from coach.model.machine.keys import KekProvider

FOLDER, IDENTITY_FILE = "vault", "kek-identity.txt"


def read_kek(sources: Sources, home: Home, provider: str, aws_key: str) -> KekWishes:
    """Return who keeps the key of keys; the provider's name was checked.

    The passphrase is fetched when the key of keys is opened by it.
    """
    environment = sources.environment
    identity = environment.get("COACH_KEK_IDENTITY_FILE", "")
    return KekWishes(
        provider=cast("KekProvider", provider),
        folder=home.state / FOLDER,
        identity_file=Path(identity) if identity else home.config / IDENTITY_FILE,
        passphrase=partial(_passphrase, sources),
        credentials=environment.get("CREDENTIALS_DIRECTORY", ""),
        aws_key=aws_key,
        entry=_entry(home),
    )


def kek_of_home(wishes: KekWishes, before: Home, home: Home) -> KekWishes:
    """Return where the key of keys of another home is; a file that was named stays where it is."""
    usual, identity = before.config / IDENTITY_FILE, wishes.identity_file
    return replace(
        wishes,
        folder=home.state / FOLDER,
        identity_file=home.config / IDENTITY_FILE if identity == usual else identity,
        entry=_entry(home),
    )


def _entry(home: Home) -> str:
    return sha256(str(home.state).encode()).hexdigest()[:16]


def _passphrase(sources: Sources) -> Secret:
    return Secret(sources.secret(KEK_PASSPHRASE).value)
